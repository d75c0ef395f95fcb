"""Fetal head circumference on the standard plane."""

from cognoscope.apps.imaging.fetalhead.app import APPLICATION

__all__ = ["APPLICATION"]
