"""Conformal prediction intervals for a stream of forecasts, adapted as the outcomes come in.

Each past forecast leaves a signed score, its error in units of the spread the model itself announced. A new interval is
made of the empirical quantiles of the latest scores, so its coverage rests on what happened and not on the model's own
idea of its spread: split conformal prediction with normalised scores (Lei et al. 2018, 10.1080/01621459.2017.1307116),
with recent scores weighing more because the stream drifts (Barber et al. 2023, doi:10.1214/23-AOS2276). The level aimed
at is then moved by adaptive conformal inference: after a miss it widens, after a hit it narrows a little, so that the
long-run share of hits is the nominal one whatever the drift (Gibbs & Candes 2021, arXiv:2106.00170, eq. 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

Array = NDArray[np.float64]

_WIDEST = 0.999
_NARROWEST = 0.02
_NORMAL = norm.ppf((np.arange(200) + 0.5) / 200)


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
    return bands_at(scores, [len(scores)], levels, settings)[0]


def bands_at(
    scores: Array, positions: Sequence[int], levels: tuple[float, ...], settings: Settings | None = None
) -> list[tuple[Band, ...]]:
    """For each position p, the bands that `scores[:p]` give; see `bands`."""
    if any(not 0 < level < 1 for level in levels):
        raise ValueError(f"levels lie between 0 and 1: {levels}")
    settings = settings or Settings()
    finite = np.isfinite(scores)
    known = scores[finite]
    known_before = np.concatenate([[0], np.cumsum(finite)])
    reached = needed_levels(known, settings)
    aims = np.column_stack([adapted_levels(reached, level, settings.rate) for level in levels])
    aims[:, np.argsort(levels)] = np.maximum.accumulate(aims[:, np.argsort(levels)], axis=1)
    found = []
    for position in positions:
        count = int(known_before[position])
        lows, highs = _quantiles(known[max(0, count - settings.window) : count], aims[count], settings)
        found.append(tuple(Band(*each) for each in zip(levels, lows, highs, strict=True)))
    return found


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


def adapted_levels(needed: Array, level: float, rate: float) -> Array:
    """Level to aim at before each score, and after the last, so that the share of hits is drawn towards `level`.

    Args:
        needed: (n,) see `needed_levels`.
        level: nominal coverage.
        rate: step of the adaptation.

    Returns:
        (n + 1,) levels; the i-th depends on the first i scores.
    """
    aims = np.empty(len(needed) + 1)
    aims[0] = level
    for step, value in enumerate(needed):
        missed = float(value > aims[step])
        aims[step + 1] = min(max(aims[step] + rate * (missed - (1.0 - level)), _NARROWEST), _WIDEST)
    return aims


def _quantiles(scores: Array, levels: Array, settings: Settings) -> tuple[list[float], list[float]]:
    """The quantiles that leave (1 - level) / 2 on either side, of the scores mixed with the normal prior."""
    values = np.concatenate([scores, _NORMAL])
    age = np.arange(len(scores))[::-1]
    weights = np.concatenate([0.5 ** (age / settings.half_life), np.full(len(_NORMAL), settings.prior / len(_NORMAL))])
    order = np.argsort(values, kind="stable")
    cumulated = np.cumsum(weights[order])
    position = (cumulated - weights[order] / 2) / cumulated[-1]
    lows = np.interp((1 - levels) / 2, position, values[order])
    highs = np.interp((1 + levels) / 2, position, values[order])
    return lows.tolist(), highs.tolist()
