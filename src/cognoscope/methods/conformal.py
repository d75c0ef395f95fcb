"""Conformal prediction intervals for a stream of forecasts, adapted as the outcomes come in.

Each past forecast leaves a signed score, its error in units of the spread the model itself announced. A new interval is
made of the empirical quantiles of the latest scores, so its coverage rests on what happened and not on the model's own
idea of its spread: split conformal prediction with normalised scores (Lei et al. 2018, 10.1080/01621459.2017.1307116),
with recent scores weighing more because the stream drifts (Barber et al. 2023, doi:10.1214/23-AOS2276). The level aimed
at is then moved by adaptive conformal inference: after a miss it widens, after a hit it narrows a little, so that the
long-run share of hits is the nominal one whatever the drift (Gibbs & Candes 2021, arXiv:2106.00170, eq. 2).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

Array = NDArray[np.float64]

_WIDEST = 0.999
_NARROWEST = 0.02


@dataclass(frozen=True)
class Settings:
    """How much of the past counts.

    window: number of latest scores kept.
    half_life: a score this many steps old weighs half as much as the latest one.
    rate: step of the adaptive level (gamma in Gibbs & Candes); 0 switches adaptation off.
    prior: weight, in scores, of the standard normal distribution added to the empirical one; it keeps the quantiles
        finite while scores are few and hardly counts afterwards.
    """

    window: int = 365
    half_life: float = 180.0
    rate: float = 0.01
    prior: float = 10.0


@dataclass(frozen=True)
class Band:
    """Signed score quantiles between which `level` of the outcomes are expected."""

    level: float
    low: float
    high: float


def bands(scores: Array, levels: tuple[float, ...], settings: Settings | None = None) -> tuple[Band, ...]:
    """Bands for the next forecast, given the signed scores of the past ones in the order of time.

    Args:
        scores: (n,) signed normalised errors, latest last; NaN where no outcome is known. May be empty.
        levels: nominal coverages in (0, 1).
        settings: see `Settings`.

    Returns:
        One band a level, in the order of `levels`; a higher level always contains a lower one.

    Raises:
        ValueError: a level is not between 0 and 1.
    """
    if any(not 0 < level < 1 for level in levels):
        raise ValueError(f"levels lie between 0 and 1: {levels}")
    settings = settings or Settings()
    known = scores[np.isfinite(scores)]
    reached = needed_levels(known, settings)
    aims = _nested({level: adapted_level(reached, level, settings.rate) for level in levels})
    latest = known[-settings.window :]
    return tuple(Band(level, *_quantiles(latest, aims[level], settings)) for level in levels)


def needed_levels(scores: Array, settings: Settings) -> Array:
    """For each score, the least level whose band, made of the scores before it, would have covered it.

    Args:
        scores: (n,) signed normalised errors without NaN, in the order of time.
        settings: see `Settings`.

    Returns:
        (n,) levels in [0, 1].
    """
    count = len(scores)
    age = np.arange(count)[:, None] - np.arange(count)[None, :]
    weights = np.where((age > 0) & (age <= settings.window), 0.5 ** (age / settings.half_life), 0.0)
    below = (weights * (scores[None, :] < scores[:, None])).sum(axis=1)
    total = weights.sum(axis=1)
    rank = (below + settings.prior * norm.cdf(scores)) / (total + settings.prior)
    return np.asarray(np.abs(2.0 * rank - 1.0), dtype=np.float64)


def adapted_level(needed: Array, level: float, rate: float) -> float:
    """Level to aim at next so that the share of hits so far is drawn towards `level`.

    Args:
        needed: (n,) see `needed_levels`.
        level: nominal coverage.
        rate: step of the adaptation.
    """
    aim = level
    for value in needed:
        missed = float(value > aim)
        aim = min(max(aim + rate * (missed - (1.0 - level)), _NARROWEST), _WIDEST)
    return aim


def _nested(aims: dict[float, float]) -> dict[float, float]:
    """Adapted levels made non-decreasing in the nominal level."""
    widest = 0.0
    ordered = {}
    for level in sorted(aims):
        widest = max(widest, aims[level])
        ordered[level] = widest
    return ordered


def _quantiles(scores: Array, level: float, settings: Settings) -> tuple[float, float]:
    """The two quantiles that leave (1 - level) / 2 on either side, of the scores mixed with the normal prior."""
    normal = norm.ppf((np.arange(200) + 0.5) / 200)
    values = np.concatenate([scores, normal])
    age = np.arange(len(scores))[::-1]
    weights = np.concatenate([0.5 ** (age / settings.half_life), np.full(200, settings.prior / 200)])
    order = np.argsort(values, kind="stable")
    cumulated = np.cumsum(weights[order])
    position = (cumulated - weights[order] / 2) / cumulated[-1]
    low, high = np.interp([(1 - level) / 2, (1 + level) / 2], position, values[order])
    return float(low), float(high)
