"""Local days of 23 and 25 hours: which wall-clock hours a time zone skips and which it lives twice."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd


def local_date(instant: datetime, zone: str) -> date:
    """The calendar day of an instant, at the hospital."""
    return instant.astimezone(ZoneInfo(zone)).date()


def hour_lengths(first: date, last: date, zone: str) -> pd.Series:
    """How many real hours each wall-clock hour lasts, from the first day to the last, both included.

    Returns:
        Series indexed by naive local hour start: 1, or 0 for an hour skipped in spring, or 2 for one lived twice
        in autumn. 24 rows a day.
    """
    hours = pd.date_range(first, pd.Timestamp(last) + pd.Timedelta(hours=23), freq="h")
    certain = hours.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    possible = hours.tz_localize(zone, ambiguous=np.ones(len(hours), dtype=bool), nonexistent="NaT")
    skipped, uncertain = np.asarray(possible.isna()), np.asarray(certain.isna())
    return pd.Series(np.where(skipped, 0, np.where(uncertain, 2, 1)), index=hours)


def hours_of(day: date, zone: str) -> list[int]:
    """The wall-clock hours that exist on a day: 24 of them, or 23 on the day the clocks go forward."""
    lengths = hour_lengths(day, day, zone)
    return [stamp.hour for stamp in lengths.index[lengths > 0]]
