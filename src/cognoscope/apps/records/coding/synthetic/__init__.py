"""Invented stays on which the coding check is trained (some seeds) and judged (others). Nobody's data."""
