"""Fits the process of drivers to a site's history and reads forecasts from it, from one or many origins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.apps.emergency.arrivals.cleaning import believable
from cognoscope.apps.emergency.arrivals.components import covariances, priors
from cognoscope.apps.emergency.arrivals.incidence import LONGEST_HORIZON, known_incidence
from cognoscope.apps.emergency.arrivals.weather import Warmth, warmth
from cognoscope.core.errors import InvalidInput
from cognoscope.methods.additive import Fitted, Slope, fit
from cognoscope.methods.averaging import dynamic_weights, log_scores

Array = NDArray[np.float64]

LONGEST_HISTORY = 1200
"""Days of history used; older ones were seen to add nothing and cost time."""

SHORTEST_HISTORY = 60
"""Known days without which nothing is forecast."""

BURN_IN = 49
"""First days of a fit whose forecasts say nothing yet of later errors."""

_LEVEL_DAYS = 56
_SMALLEST = 0.5


@dataclass(frozen=True)
class Variant:
    """The process under one strength of its drivers.

    strengths: driver -> factor on its prior variance. process: the posterior. warmth_effect: effect of one standard
    deviation of warmth, None without weather.
    """

    strengths: dict[str, float]
    process: Fitted
    warmth_effect: Slope | None


@dataclass(frozen=True)
class SiteFit:
    """The processes fitted to a site; their forecasts are averaged by how well each has lately done.

    days: (n,) successive days, the last seven being after the last origin. logs: (n,) log visits, NaN = not known.
    drivers: driver -> (n, n) prior covariance. variants: what is averaged. warmth: the weather's part, None without.
    """

    days: pd.DatetimeIndex
    logs: Array
    drivers: dict[str, Array]
    variants: tuple[Variant, ...]
    warmth: Warmth | None

    def ahead(self, horizon: int) -> tuple[Array, Array, Array]:
        """What was forecast of each day `horizon` days before it.

        Returns:
            Centre (n,) and spread (n,) of the log visits, NaN for the first days, and the variants' weights (n, m).
        """
        read = [self._variant_ahead(variant, horizon) for variant in self.variants]
        means, variances = (np.column_stack(part) for part in zip(*read, strict=True))
        scores = log_scores(self.logs[:, None], means, variances)
        known = dynamic_weights(scores, priors()["averaging"]["half_life"])
        weights = np.vstack([np.full((horizon, len(self.variants)), 1 / len(self.variants)), known[:-horizon]])
        centre = (weights * means).sum(axis=1)
        variance = (weights * (variances + (means - centre[:, None]) ** 2)).sum(axis=1)
        return centre, np.sqrt(variance), weights

    def _variant_ahead(self, variant: Variant, horizon: int) -> tuple[Array, Array]:
        if self.warmth is None or variant.warmth_effect is None:
            return variant.process.ahead(horizon)
        surprise = self.warmth.surprise(horizon)
        return variant.process.ahead_not_yet_measured(horizon, variant.warmth_effect, surprise)

    def evidence(self) -> float:
        """Log probability of the history, averaged over the variants, less a constant of the history."""
        return sum(variant.process.log_evidence() for variant in self.variants) / len(self.variants)

    def effects(self, weights: Array, step: int, origin: int) -> dict[str, float]:
        """Effect of each driver on the log visits of a later step, as forecast from `origin`; `level` holds the offset.

        Args:
            weights: (m,) of the variants.
            step: index of the day forecast.
            origin: index of the last origin.
        """
        totals = dict.fromkeys(self.drivers, 0.0)
        for weight, variant in zip(weights, self.variants, strict=True):
            totals["level"] += float(weight) * variant.process.offset
            found = variant.process.components(self.drivers, origin, step)
            for name, effect in found.items():
                totals[name] += float(weight) * variant.strengths.get(name, 1.0) * effect
        return totals


def fit_site(
    history: pd.Series,
    calendar: Calendar,
    incidence: pd.DataFrame | None,
    weather: pd.DataFrame | None,
    first_origin: date,
    last_origin: date,
) -> SiteFit:
    """Fit to the days up to `last_origin`; forecasts from any origin since `first_origin` may be read from the result.

    Args:
        history: visits a day, index of days; later days than `last_origin` are not looked at.
        calendar: the site's calendar.
        incidence: see `incidence.known_incidence`.
        weather: see `weather.warmth`.
        first_origin: first origin that will be read.
        last_origin: last origin that will be read.

    Raises:
        InvalidInput: fewer than 60 days are known at `first_origin`.
    """
    past = history[history.index <= pd.Timestamp(last_origin)].sort_index().asfreq("D")
    clean = believable(past)[pd.Timestamp(first_origin) - pd.Timedelta(days=LONGEST_HISTORY - 1) :].dropna()
    if (clean.index <= pd.Timestamp(first_origin)).sum() < SHORTEST_HISTORY:
        raise InvalidInput(
            f"Fewer than {SHORTEST_HISTORY} days are known up to {first_origin}; nothing can be forecast from them."
        )
    days = pd.date_range(clean.index[0], last_origin + timedelta(days=LONGEST_HORIZON))
    counts = clean.reindex(days)
    warm = warmth(days, weather, first_origin, last_origin)
    epidemic = known_incidence(days, incidence, first_origin)
    drivers = covariances(days, calendar, epidemic, None if warm is None else warm.anomaly)
    logs = np.log(np.maximum(counts.to_numpy(dtype=np.float64), _SMALLEST))
    # What chance is expected to do to a day must be known at every origin too, the farthest one included.
    level = counts.rolling(_LEVEL_DAYS, min_periods=1).mean().shift(LONGEST_HORIZON)
    usual = level.ffill().bfill().to_numpy(dtype=np.float64)
    noise = priors()["noise"]["extra"] + priors()["noise"]["poisson"] / np.maximum(usual, _SMALLEST)
    variants = tuple(_variant(strengths, drivers, logs, noise, warm) for strengths in _strengths())
    return SiteFit(days, logs, drivers, variants, warm)


def _strengths() -> list[dict[str, float]]:
    """The variants: the level, then the season, held stiffer and looser than the prior says."""
    factor = priors()["averaging"]["factor"]
    return [{driver: strength} for driver in ("level", "season") for strength in (1 / factor, factor)]


def _variant(
    strengths: dict[str, float], drivers: Mapping[str, Array], logs: Array, noise: Array, warm: Warmth | None
) -> Variant:
    total = np.zeros((len(logs), len(logs)))
    for name, covariance in drivers.items():
        total += strengths.get(name, 1.0) * covariance
    process = fit(total, logs, noise, float(np.nanmean(logs[:BURN_IN])))
    effect = None if warm is None else process.slope(warm.anomaly, priors()["weather"]["warmth"])
    return Variant(strengths, process, effect)
