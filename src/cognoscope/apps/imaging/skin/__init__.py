"""Melanoma on dermoscopic images."""

from cognoscope.apps.imaging.skin.app import APPLICATION

__all__ = ["APPLICATION"]
