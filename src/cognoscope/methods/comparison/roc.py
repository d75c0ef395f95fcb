"""ROC curves of one or two readers of the same cases: areas, intervals and the test of their difference.

Areas and covariances are those of DeLong, DeLong and Clarke-Pearson (1988, 10.2307/2531595) through midranks (Sun and
Xu 2014, 10.1109/LSP.2014.2337313); several cases of one patient are allowed for as by Obuchowski (1997,
10.2307/2533958), which is the same thing where each patient has one case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import norm, rankdata

from cognoscope.methods.comparison.estimate import Difference, Estimate

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """An ROC curve: each point is a threshold from which on a score is called positive, from none to all."""

    thresholds: tuple[float, ...]
    false_positives: tuple[float, ...]
    true_positives: tuple[float, ...]


def curve(scores: Array, truth: NDArray[np.bool_]) -> Curve:
    """The points of the ROC curve, one a distinct score, beginning with (0, 0) at an infinite threshold.

    Args:
        scores: (n,) higher for positives.
        truth: (n,) with at least one of each.

    Raises:
        ValueError: all cases are of one truth.
    """
    positives, negatives = int(truth.sum()), int((~truth).sum())
    if not positives or not negatives:
        raise ValueError("an ROC curve needs cases with and cases without the finding")
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    hits = np.cumsum(truth[order])[ends]
    return Curve(
        (float("inf"), *(float(score) for score in scores[order][ends])),
        (0.0, *(float(share) for share in (ends + 1 - hits) / negatives)),
        (0.0, *(float(share) for share in hits / positives)),
    )


def paired_auc(
    first: Array, second: Array, truth: NDArray[np.bool_], groups: Sequence[Any] | NDArray[Any]
) -> tuple[Estimate, Estimate, Difference]:
    """Areas under both curves with 95 % intervals (on the logit scale), and their paired difference.

    Args:
        first, second: (n,) scores of the same cases.
        truth: (n,) with at least one of each.
        groups: (n,) the patient of each case.

    Raises:
        ValueError: all cases are of one truth.
    """
    if truth.all() or not truth.any():
        raise ValueError("an area under the curve needs cases with and cases without the finding")
    parts = [_components(scores, truth) for scores in (first, second)]
    areas = np.array([part[truth].mean() for part in parts])
    covariance = _covariance(np.stack(parts), areas, truth, np.unique(np.asarray(groups), return_inverse=True)[1])
    patients = len(set(map(str, groups)))
    found = [_area(float(area), covariance[k, k], patients) for k, area in enumerate(areas)]
    gap = float(areas[0] - areas[1])
    variance = float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    if np.isnan(variance):
        return found[0], found[1], Difference(gap, None, None, None)
    spread = max(variance, 0.0) ** 0.5
    if spread < 1e-12:
        return found[0], found[1], Difference(gap, gap, gap, 1.0 if abs(gap) < 1e-12 else 0.0)
    reach = float(norm.ppf(0.975)) * spread
    p = float(2 * norm.sf(abs(gap) / spread))
    return found[0], found[1], Difference(gap, max(gap - reach, -1.0), min(gap + reach, 1.0), p)


def _components(scores: Array, truth: NDArray[np.bool_]) -> Array:
    """(n,) of each positive the share of negatives below it, of each negative the share of positives above it."""
    positives, negatives = int(truth.sum()), int((~truth).sum())
    ranks = rankdata(scores)
    parts = np.empty(len(scores))
    parts[truth] = (ranks[truth] - rankdata(scores[truth])) / negatives
    parts[~truth] = 1 - (ranks[~truth] - rankdata(scores[~truth])) / positives
    return parts


def _covariance(parts: Array, areas: Array, truth: NDArray[np.bool_], index: NDArray[np.int64]) -> Array:
    """(2, 2) covariance of the areas, patients being independent (Obuchowski 1997, equation 3).

    It is not known (all nan) where the cases with the finding, or those without, are of a single patient.
    """
    sums = []
    for side in (truth, ~truth):
        counts = np.bincount(index[side], minlength=index.max() + 1)
        totals = np.stack([np.bincount(index[side], part[side], minlength=index.max() + 1) for part in parts])
        sums.append((totals - areas[:, None] * counts, int((counts > 0).sum()), int(side.sum())))
    (sick, with_sick, positives), (well, with_well, negatives) = sums
    if min(with_sick, with_well) < 2:
        return np.full((len(parts), len(parts)), np.nan)
    patients = int(index.max()) + 1
    one = with_sick / (with_sick - 1) / positives**2 * (sick @ sick.T)
    two = with_well / (with_well - 1) / negatives**2 * (well @ well.T)
    mixed = patients / (patients - 1) / (positives * negatives) * (sick @ well.T)
    return np.asarray(one + two + mixed + mixed.T, dtype=np.float64)


def _area(area: float, variance: float, patients: int) -> Estimate:
    if np.isnan(variance):
        return Estimate(area, None, None)
    if area in (0.0, 1.0):
        # Nothing was misplaced: the rule of three, as for an event never seen.
        reach = min(1.0, 3 / patients)
        return Estimate(area, max(area - reach, 0.0), min(area + reach, 1.0))
    reach = float(norm.ppf(0.975)) * float(np.sqrt(max(variance, 0.0))) / (area * (1 - area))
    low, high = expit(logit(area) - reach), expit(logit(area) + reach)
    return Estimate(area, float(low), float(high))
