"""How other systems see us."""
