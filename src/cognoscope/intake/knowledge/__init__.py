"""Terminologies and tables of reference that a hospital loads from their publishers: kept by edition, never shipped."""
