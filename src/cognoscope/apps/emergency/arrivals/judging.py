"""Judges the backtest of one series beside the naive forecast, the eight-week mean and the floor that chance sets."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cognoscope.apps.emergency.arrivals.backtest import backtest
from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.apps.emergency.arrivals.judged_series import JudgedSeries
from cognoscope.apps.emergency.arrivals.presumed_calendar import presumed_calendar
from cognoscope.methods import accuracy
from cognoscope.methods.baselines import eight_weeks, last_week
from cognoscope.methods.bootstrap import block_sums

Array = NDArray[np.float64]

HORIZONS = (1, 2, 3, 4, 5)
LEVELS = (0.5, 0.8, 0.95)
JUDGED_DAYS = 365
KNOWN_DAYS_NEEDED = 112
"""Days of history before the first forecast, as many as the application asks before it stops abstaining."""

_FEWEST_JUDGED = 28


@dataclass(frozen=True)
class Judged:
    """A series' figures, and the weekly sums from which their intervals are resampled.

    row: figures by name, as printed. weekly: name -> (weeks,) sums over the days of each week, latest last: `count`
    (days known), `visited` (days with a visit), `total` (visits), `naive` (relative errors) and `naive_count`, and for
    each horizon `model_h1` (relative errors), `absolute_h1`, `hit_h1` (days within the 80 % interval). forecasts: how
    many.
    """

    name: str
    row: dict[str, Any]
    weekly: dict[str, Array]
    forecasts: int


def first_judged_day(history: pd.Series) -> date | None:
    """First of the last 365 days with enough history before its farthest forecast; None if too few days are left."""
    known = history.notna().cumsum()
    enough = known.index[known >= KNOWN_DAYS_NEEDED]
    if enough.empty:
        return None
    first = max(enough[0] + timedelta(days=max(HORIZONS)), history.index[-1] - timedelta(days=JUDGED_DAYS - 1))
    judged = history[history.index >= first]
    return first.date() if judged.count() >= _FEWEST_JUDGED else None


def judge(series: JudgedSeries, first: date) -> Judged:
    """Forecast every day from `first` on and compare.

    Raises:
        InvalidInput: the history before `first` is too short.
    """
    history = series.history
    calendar = series.calendar or presumed_calendar(history, first - timedelta(days=max(HORIZONS)))
    last = history.index[-1].date()
    found = backtest(history, calendar, series.incidence, series.weather, first, last, HORIZONS, LEVELS)
    actual = history[history.index >= pd.Timestamp(first)].to_numpy(dtype=np.float64)
    naive = _since(last_week(history), first)
    mean = float(np.nanmean(actual))
    floor = accuracy.poisson_floor(mean)
    row: dict[str, Any] = {
        "series": series.name,
        "calendar": _place(calendar, given=series.calendar is not None),
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        "days": int(np.isfinite(actual).sum()),
        "days_left_out": int(np.isnan(actual).sum()),
        "mean": round(mean, 2),
        "floor": floor,
        "naive7": accuracy.mape(actual, naive),
    }
    weekly = {
        "count": block_sums(np.isfinite(actual).astype(np.float64), 7),
        "visited": block_sums((actual > 0).astype(np.float64), 7),
        "total": block_sums(actual, 7),
        "naive": block_sums(_relative(actual, naive), 7),
        "naive_count": block_sums(np.isfinite(_relative(actual, naive)).astype(np.float64), 7),
    }
    for horizon in HORIZONS:
        forecast = found[found["horizon"] == horizon]
        week8 = _since(eight_weeks(history, horizon), first)
        _compare(row, weekly, actual, forecast, week8, horizon)
    row["better_than_wk8"] = all(row[f"mape_h{horizon}"] < row[f"wk8_h{horizon}"] for horizon in HORIZONS)
    return Judged(series.name, row, weekly, row["days"] * len(HORIZONS))


def _compare(
    row: dict[str, Any], weekly: dict[str, Array], actual: Array, forecast: pd.DataFrame, week8: Array, horizon: int
) -> None:
    expected = forecast["expected"].to_numpy(dtype=np.float64)
    row[f"mape_h{horizon}"] = accuracy.mape(actual, expected)
    row[f"mae_h{horizon}"] = accuracy.mae(actual, expected)
    row[f"wape_h{horizon}"] = accuracy.wape(actual, expected)
    row[f"wk8_h{horizon}"] = accuracy.mape(actual, week8)
    for name, error in (("gap_closed", row[f"mape_h{horizon}"]), ("gap_closed_wk8", row[f"wk8_h{horizon}"])):
        row[f"{name}_h{horizon}"] = accuracy.gap_closed(error, row["naive7"], row["floor"])
    for level in LEVELS:
        percent = f"{100 * level:.0f}"
        low, high = (forecast[f"{side}_{percent}"].to_numpy(dtype=np.float64) for side in ("low", "high"))
        row[f"coverage{percent}_h{horizon}"] = accuracy.coverage(actual, low, high)
        if level == 0.8:
            hit = np.where(np.isfinite(actual), (actual >= low) & (actual <= high), math.nan)
            weekly[f"hit_h{horizon}"] = block_sums(hit, 7)
    weekly[f"model_h{horizon}"] = block_sums(_relative(actual, expected), 7)
    weekly[f"absolute_h{horizon}"] = block_sums(np.abs(expected - actual), 7)


def _relative(actual: Array, forecast: Array) -> Array:
    """Absolute errors in percent of the actual values, NaN where unknown or where nobody came."""
    positive = np.where(actual > 0, actual, math.nan)
    return np.asarray(100 * np.abs(forecast - actual) / positive, dtype=np.float64)


def _since(values: pd.Series, first: date) -> Array:
    return values[values.index >= pd.Timestamp(first)].to_numpy(dtype=np.float64)


def _place(calendar: Calendar, given: bool) -> str:
    words = [calendar.country or "no public holidays", calendar.subdivision]
    words.append("Alsace-Moselle" if calendar.alsace_moselle else None)
    words.append(f"school zone {calendar.school_zone}" if calendar.school_zone else None)
    words.append(None if given else "(presumed from the counts)")
    return " ".join(word for word in words if word)
