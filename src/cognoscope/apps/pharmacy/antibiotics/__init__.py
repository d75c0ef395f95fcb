"""Antibiotic options for an infection, from the hospital's own ecology and rules that are rows of tables."""

from cognoscope.apps.pharmacy.antibiotics.app import APPLICATION

__all__ = ["APPLICATION"]
