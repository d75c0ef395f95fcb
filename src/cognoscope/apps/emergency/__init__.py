"""Emergency department."""
