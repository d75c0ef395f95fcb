"""How the weights of records.coding were fitted."""
