"""Mammography: marks, a score from 1 to 10 with its published reliability, density."""

from cognoscope.apps.imaging.mammography.app import APPLICATION

__all__ = ["APPLICATION"]
