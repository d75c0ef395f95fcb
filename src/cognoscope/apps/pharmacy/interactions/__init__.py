"""Interactions, duplicates and misfits of a prescription, and the one alert that matters."""
