"""Results of other systems: their algorithms become applications, reviewed and watched like the others."""
