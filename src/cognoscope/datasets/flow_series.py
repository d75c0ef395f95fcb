"""What the readers of reference series of emergency visits give."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class FlowSeries:
    """One site's visits, where it is, and what was known beside them.

    daily: gapless, index of days, column arrivals (and admissions where known); float, NaN = not known; a zero is as it
        was transmitted. hourly: index of hours, column arrivals, or None.
    incidence: `indicator`, `week_start`, `published_on`, `per_100000`, or None. weather: `date`, `temperature_min`,
        `temperature_max` in degrees Celsius, as observed, or None.
    """

    name: str
    daily: pd.DataFrame
    country: str
    subdivision: str | None = None
    alsace_moselle: bool = False
    school_zone: str | None = None
    hourly: pd.DataFrame | None = None
    incidence: pd.DataFrame | None = None
    weather: pd.DataFrame | None = None
