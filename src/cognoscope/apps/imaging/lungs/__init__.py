"""Extent of lesions in the lungs on CT."""

from cognoscope.apps.imaging.lungs.app import APPLICATION

__all__ = ["APPLICATION"]
