"""Declarations of adverse drug reactions."""

from cognoscope.apps.pharmacy.reactions.app import APPLICATION

__all__ = ["APPLICATION"]
