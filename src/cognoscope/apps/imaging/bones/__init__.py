"""Fractures on radiographs of limbs."""

from cognoscope.apps.imaging.bones.app import APPLICATION

__all__ = ["APPLICATION"]
