"""Declarations of adverse drug reactions."""
