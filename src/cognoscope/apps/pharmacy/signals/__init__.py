"""Signals of pharmacovigilance in a database of spontaneous reports."""

from cognoscope.apps.pharmacy.signals.app import APPLICATION

__all__ = ["APPLICATION"]
