"""Diabetic retinopathy on photographs of the fundus."""

from cognoscope.apps.imaging.retina.app import APPLICATION

__all__ = ["APPLICATION"]
