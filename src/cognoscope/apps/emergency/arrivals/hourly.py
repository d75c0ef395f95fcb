"""Hours from days: each day's forecast is shared out by the site's own learned profile of that kind of day.

The share of an hour in a day is estimated for each kind of day (Monday to Sunday, public holidays counted as Sundays)
from the past year, recent weeks weighing more, and drawn towards the profile of all days where a kind was seen seldom
(a Dirichlet prior). The 23rd or 25th hour of the days the clocks change is shared out by its real length. Hours add up
to the day's forecast exactly.

An interval carries both uncertainties: how many come that day, and at which hour they come. With D the day's total and
p the share, Var = p^2 Var(D) + f p (1 - p) E(D); f is the measured dispersion of past hours around their share (1 for
independent arrivals). The law is the negative binomial with that mean and variance (the Poisson where the variance is
not above the mean). A count being whole, no interval has exactly the level asked for: the central one is taken, less
the end whose removal brings it closer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import nbinom, norm, poisson

Array = NDArray[np.float64]

DAYS_NEEDED = 56
HALF_LIFE_DAYS = 120.0
PRIOR_VISITS = 400.0
SUNDAY = 6
SMALLEST_MEAN = 1e-6


@dataclass(frozen=True)
class HourProfile:
    """Learned shares.

    shares: (7, 24), a row for each kind of day (Monday 0 to Sunday 6), adding up to 1.
    dispersion: variance of an hour's count given the day's total, relative to independent arrivals; at least 1.
    days: how many complete days it was learned from.
    """

    shares: Array
    dispersion: float
    days: int


def learn_profile(hourly: pd.DataFrame, measure: str, days_off: set[date]) -> HourProfile | None:
    """Learn the shares of the hours.

    hourly: date, hour and the measure's counts, NaN = not known. days_off: public holidays.

    Returns:
        The profile, or None with fewer than 56 complete days of 24 hours and some visits.
    """
    wide = hourly.pivot(index="date", columns="hour", values=measure).reindex(columns=range(24)).dropna()
    wide = wide[wide.sum(axis=1) > 0]
    if len(wide) < DAYS_NEEDED:
        return None
    counts = wide.to_numpy(dtype=np.float64)
    age = np.asarray((wide.index[-1] - wide.index).days, dtype=np.float64)
    weights = 0.5 ** (age / HALF_LIFE_DAYS)
    kinds = np.array([day_kind(stamp.date(), days_off) for stamp in wide.index])
    every = weights @ counts + 1e-3
    every = every / every.sum()
    shares = np.empty((7, 24))
    for kind in range(7):
        seen = weights[kinds == kind] @ counts[kinds == kind]
        shares[kind] = (seen + PRIOR_VISITS * every) / (seen.sum() + PRIOR_VISITS)
    totals = counts.sum(axis=1, keepdims=True)
    share = shares[kinds]
    squares = (counts - totals * share) ** 2 / (totals * share * (1 - share))
    # A day's 24 deviations add up to zero, so 23 of them are free.
    dispersion = float(np.average(squares.mean(axis=1), weights=weights)) * 24 / 23
    return HourProfile(shares, max(1.0, dispersion), len(wide))


def day_kind(day: date, days_off: set[date]) -> int:
    """Monday 0 to Sunday 6; a public holiday is a Sunday."""
    return SUNDAY if day in days_off else day.weekday()


def hour_means(profile: HourProfile, kind: int, total: float, lengths: Mapping[int, int]) -> dict[int, float]:
    """A day's total shared out over its hours.

    kind: see `day_kind`. total: the day's expected count. lengths: wall-clock hour -> how many real hours it lasts (0,
    1 or 2).

    Returns:
        Hour -> expected count for the hours that exist; they add up to `total`.
    """
    parts = {hour: profile.shares[kind, hour] * length for hour, length in lengths.items() if length}
    whole = sum(parts.values())
    return {hour: float(total * part / whole) for hour, part in parts.items()}


def hour_intervals(
    profile: HourProfile, mean: float, total: float, total_sd: float, levels: Sequence[float]
) -> list[tuple[float, float, float]]:
    """Prediction intervals of one hour's count.

    mean: the hour's expected count. total, total_sd: expected count of the day and its standard deviation.

    Returns:
        (level, low, high) for each level, in whole counts; higher levels contain lower ones.
    """
    if mean < SMALLEST_MEAN:
        return [(level, 0.0, 0.0) for level in levels]
    share = min(mean / total, 1.0)
    variance = (share * total_sd) ** 2 + profile.dispersion * mean * (1 - share)
    if variance > mean * 1.001:
        size = mean**2 / (variance - mean)
        law = nbinom(size, size / (size + mean))
    else:
        law = poisson(mean)
    found: list[tuple[float, float, float]] = []
    low = high = float(law.median())
    for level in sorted(levels):
        closest_low, closest_high = _closest(law, level)
        low, high = min(low, closest_low), max(high, closest_high)
        found.append((level, low, high))
    return found


def _closest(law: Any, level: float) -> tuple[float, float]:
    """The central interval of a law of whole numbers, or that less one end, whichever is nearer to the level."""
    low, high = float(law.ppf((1 - level) / 2)), float(law.ppf((1 + level) / 2))
    tried = [(low, high), (low + 1, high), (low, high - 1)]
    kept = [(a, b) for a, b in tried if a <= b]
    return min(kept, key=lambda ends: abs(float(law.cdf(ends[1]) - law.cdf(ends[0] - 1)) - level))


def spread(level: float, low: float, high: float) -> float:
    """Standard deviation of a normal law whose central interval of that level is as wide."""
    return float((high - low) / (2 * norm.ppf((1 + level) / 2)))
