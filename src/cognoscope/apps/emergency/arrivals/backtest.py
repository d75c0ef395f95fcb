"""Forecasts a site's past as it would have been forecast then: rolling origin, every day, every horizon."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.apps.emergency.arrivals.fitting import BURN_IN, fit_site
from cognoscope.methods.conformal import bands_at

REFIT_DAYS = 28
"""Origins read from one fit: a fit holds the history that its first origin would use, and each origin reads from it
only what was known at its own time."""


def backtest(
    history: pd.Series,
    calendar: Calendar,
    incidence: pd.DataFrame | None,
    weather: pd.DataFrame | None,
    first_day: date,
    last_day: date,
    horizons: tuple[int, ...],
    levels: tuple[float, ...],
) -> pd.DataFrame:
    """What would have been forecast of each day from `first_day` to `last_day`, at each horizon.

    Args:
        history, calendar, incidence, weather: see `model.forecast_daily`.
        first_day: first day forecast. last_day: last one.
        horizons: days ahead, within 1 to 7.
        levels: nominal coverages.

    Returns:
        Columns day, horizon, expected, and low_<level>, high_<level> for each level in percent; a day whose origin lies
        too early for a fit raises as `fit_site` does.
    """
    first_origin = first_day - timedelta(days=max(horizons))
    last_origin = last_day - timedelta(days=min(horizons))
    rows = []
    start = first_origin
    with threadpool_limits(1):
        while start <= last_origin:
            stop = min(start + timedelta(days=REFIT_DAYS - 1), last_origin)
            found = _read(history, calendar, incidence, weather, start, stop, horizons, levels)
            rows.append(found[(found["day"] >= pd.Timestamp(first_day)) & (found["day"] <= pd.Timestamp(last_day))])
            start = stop + timedelta(days=1)
    return pd.concat(rows, ignore_index=True).sort_values(["horizon", "day"], ignore_index=True)


def _read(
    history: pd.Series,
    calendar: Calendar,
    incidence: pd.DataFrame | None,
    weather: pd.DataFrame | None,
    first_origin: date,
    last_origin: date,
    horizons: tuple[int, ...],
    levels: tuple[float, ...],
) -> pd.DataFrame:
    fitted = fit_site(history, calendar, incidence, weather, first_origin, last_origin)
    first = (first_origin - fitted.days[0].date()).days
    origins = np.arange(first, first + (last_origin - first_origin).days + 1)
    frames = []
    for horizon in horizons:
        centre, spread, _ = fitted.ahead(horizon)
        scores = (fitted.logs - centre) / spread
        steps = origins + horizon
        found = bands_at(scores[BURN_IN:], (origins + 1 - BURN_IN).tolist(), levels)
        columns: dict[str, object] = {
            "day": fitted.days[steps],
            "horizon": horizon,
            "expected": np.exp(centre[steps] - spread[steps] ** 2 / 2),
        }
        for index, level in enumerate(levels):
            lows = np.array([each[index].low for each in found])
            highs = np.array([each[index].high for each in found])
            columns[f"low_{level:.0%}"[:-1]] = np.exp(centre[steps] + lows * spread[steps])
            columns[f"high_{level:.0%}"[:-1]] = np.exp(centre[steps] + highs * spread[steps])
        frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)
