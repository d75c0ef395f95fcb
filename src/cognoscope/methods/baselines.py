"""What a forecast of a daily series must beat: last week's same day, and the eight-week mean of the same weekday."""

import numpy as np
import pandas as pd


def last_week(counts: pd.Series) -> pd.Series:
    """The count seven days before, the naive forecast for every horizon up to seven days."""
    return counts.shift(7)


def eight_weeks(counts: pd.Series, horizon: int) -> pd.Series:
    """Mean of the last eight same weekdays, moved half-way to the recent level.

    The level is the mean of the last 14 known days over that of the last 56, as known `horizon` days before.

    Args:
        counts: one value a day without gap, NaN = not known.
        horizon: days ahead, 1 to 7.

    Raises:
        ValueError: the horizon is out of range.
    """
    if not 1 <= horizon <= 7:
        raise ValueError(f"the eight-week mean looks 1 to 7 days ahead, not {horizon}")
    weeks = np.column_stack([counts.shift(7 * week).to_numpy() for week in range(1, 9)])
    known = np.isfinite(weeks)
    with np.errstate(invalid="ignore"):
        mean = np.where(known, weeks, 0.0).sum(axis=1) / known.sum(axis=1)
    level = counts.rolling(14, min_periods=7).mean() / counts.rolling(56, min_periods=28).mean()
    return pd.Series(mean, index=counts.index) * (1 + level.shift(horizon)) / 2
