"""Emergency arrivals, one to seven days ahead."""

from cognoscope.apps.emergency.arrivals.app import APPLICATION

__all__ = ["APPLICATION"]
