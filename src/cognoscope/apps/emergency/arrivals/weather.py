"""How warm or cold a day is for its season, and what today's warmth says of the days to come."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cognoscope.apps.emergency.arrivals.calendar import year_phase
from cognoscope.apps.emergency.arrivals.incidence import LONGEST_HORIZON

Array = NDArray[np.float64]

_DAYS_NEEDED = 300


@dataclass(frozen=True)
class Warmth:
    """Temperature's departure from the season.

    anomaly: (n,) in standard deviations, zero where nothing was measured; after the last origin, what is expected.
    persistence: (8,) share of an anomaly left after 0 to 7 days.
    """

    anomaly: Array
    persistence: Array

    def surprise(self, horizon: int) -> Array:
        """The anomaly less what was expected of it `horizon` days before, (n,), zero for the first days."""
        found = np.zeros_like(self.anomaly)
        found[horizon:] = self.anomaly[horizon:] - self.persistence[horizon] * self.anomaly[:-horizon]
        return found


def warmth(
    days: pd.DatetimeIndex, weather: pd.DataFrame | None, first_origin: date, last_origin: date
) -> Warmth | None:
    """The departures on the days, or None when fewer than 300 days were measured up to `first_origin`.

    The season's normal temperature (two harmonics of the year) and the persistence are estimated on the days up to
    `first_origin`; nothing measured after `last_origin` is looked at. Rain and snow were tried and did not help.

    Args:
        days: (n,) successive days, reaching past `last_origin`.
        weather: one row a day with `date`, `temperature_min`, `temperature_max`, or None.
        first_origin: first day from which a forecast is made.
        last_origin: last such day.
    """
    if weather is None or weather.empty:
        return None
    rows = weather.set_index(pd.DatetimeIndex(pd.to_datetime(weather["date"])))
    measured = rows[["temperature_min", "temperature_max"]].astype("float64").mean(axis=1, skipna=False)
    measured = measured[~measured.index.duplicated(keep="last")].reindex(days)
    measured[days > pd.Timestamp(last_origin)] = np.nan
    values = measured.to_numpy(dtype=np.float64)
    learned = np.isfinite(values) & np.asarray(days <= pd.Timestamp(first_origin))
    if learned.sum() < _DAYS_NEEDED:
        return None
    angle = 2 * np.pi * year_phase(days)
    harmonics = np.column_stack(
        [np.ones(len(days)), np.sin(angle), np.cos(angle), np.sin(2 * angle), np.cos(2 * angle)]
    )
    normal = harmonics @ np.linalg.lstsq(harmonics[learned], values[learned], rcond=None)[0]
    departure = values - normal
    spread = float(np.std(departure[learned]))
    anomaly = np.nan_to_num(departure / max(spread, 0.1))
    past = anomaly[: int(np.flatnonzero(learned)[-1]) + 1]
    persistence = np.array([1.0, *(_share_left(past, lag) for lag in range(1, LONGEST_HORIZON + 1))])
    last = (last_origin - days[0].date()).days
    anomaly[last + 1 :] = (persistence[1:] * anomaly[last])[: len(days) - last - 1]
    return Warmth(anomaly, persistence)


def _share_left(anomaly: Array, lag: int) -> float:
    """Regression of the anomaly on itself `lag` days before, within 0 and 1."""
    before, after = anomaly[:-lag], anomaly[lag:]
    together, alone = float(np.sum(before * after)), float(np.sum(before * before))
    return min(max(together / max(alone, 1e-9), 0.0), 1.0)
