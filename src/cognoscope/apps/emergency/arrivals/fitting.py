"""Fits the process of drivers to a site's history and reads forecasts from it, from one or many origins."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.apps.emergency.arrivals.cleaning import believable
from cognoscope.apps.emergency.arrivals.components import covariances, priors
from cognoscope.apps.emergency.arrivals.incidence import LONGEST_HORIZON
from cognoscope.core.errors import InvalidInput
from cognoscope.methods.additive import Fitted, fit

Array = NDArray[np.float64]

LONGEST_HISTORY = 1500
"""Days of history used; older ones say little of today and cost time."""

SHORTEST_HISTORY = 60
"""Known days without which nothing is forecast."""

BURN_IN = 56
"""First days of a fit whose forecasts say nothing yet of later errors."""

_LEVEL_DAYS = 56
_SMALLEST = 0.5


@dataclass(frozen=True)
class SiteFit:
    """The process fitted to a site.

    days: (n,) successive days, the last seven being after the last origin. logs: (n,) log visits, NaN = not known.
    drivers: driver -> (n, n) prior covariance. process: the posterior.
    """

    days: pd.DatetimeIndex
    logs: Array
    drivers: dict[str, Array]
    process: Fitted

    def ahead(self, horizon: int) -> tuple[Array, Array]:
        """Centre and spread of each day's log visits as forecast `horizon` days before it, (n,) each."""
        mean, variance = self.process.ahead(horizon)
        return mean, np.sqrt(variance)


def fit_site(
    history: pd.Series,
    calendar: Calendar,
    incidence: pd.DataFrame | None,
    first_origin: date,
    last_origin: date,
) -> SiteFit:
    """Fit to the days up to `last_origin`; forecasts from any origin since `first_origin` may be read from the result.

    Args:
        history: visits a day, index of days; later days than `last_origin` are not looked at.
        calendar: the site's calendar.
        incidence: see `incidence.known_incidence`.
        first_origin: first origin that will be read.
        last_origin: last origin that will be read.

    Raises:
        InvalidInput: fewer than 60 days are known at `first_origin`.
    """
    until = pd.Timestamp(last_origin)
    past = history[history.index <= until].sort_index().asfreq("D")
    start = pd.Timestamp(first_origin) - pd.Timedelta(days=LONGEST_HISTORY - 1)
    clean = believable(past)[start:]
    first = clean.first_valid_index()
    if first is None or clean[: pd.Timestamp(first_origin)].count() < SHORTEST_HISTORY:
        raise InvalidInput(
            f"Fewer than {SHORTEST_HISTORY} days are known up to {first_origin}; nothing can be forecast from them."
        )
    days = pd.date_range(pd.Timestamp(first), last_origin + timedelta(days=LONGEST_HORIZON))
    counts = clean.reindex(days)
    logs = np.log(np.maximum(counts.to_numpy(dtype=np.float64), _SMALLEST))
    drivers = covariances(days, calendar, incidence, first_origin)
    prior = priors()["noise"]
    usual = counts.rolling(_LEVEL_DAYS, min_periods=1).mean().shift(1).ffill().bfill().to_numpy(dtype=np.float64)
    noise = prior["extra"] + prior["poisson"] / np.maximum(usual, _SMALLEST)
    offset = float(np.nanmean(logs[:_LEVEL_DAYS]))
    total = np.sum(list(drivers.values()), axis=0)
    return SiteFit(days, logs, drivers, fit(total, logs, noise, offset))
