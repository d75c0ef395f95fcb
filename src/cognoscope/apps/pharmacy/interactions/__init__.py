"""Interactions, duplicates and misfits of a prescription, and the one alert that matters."""

from cognoscope.apps.pharmacy.interactions.app import APPLICATION

__all__ = ["APPLICATION"]
