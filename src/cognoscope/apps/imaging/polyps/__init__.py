"""Polyps on colonoscopy images."""

from cognoscope.apps.imaging.polyps.app import APPLICATION

__all__ = ["APPLICATION"]
