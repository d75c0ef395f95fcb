"""Figures of a model on images with a known truth, with 95 % intervals by patient or group."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from cognoscope.methods.comparison.estimate import Estimate, by_group

Array = NDArray[np.float64]
Truth = NDArray[np.bool_]
BINS = 10


def auc(scores: Array, truth: Truth) -> float:
    """Area under the ROC curve by ranks (Mann and Whitney 1947), ties counted half; NaN where only one truth occurs."""
    positives = int(truth.sum())
    negatives = len(truth) - positives
    if not positives or not negatives:
        return float("nan")
    return float((rankdata(scores)[truth].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def auc_by_group(scores: Array, truth: Truth, groups: Sequence[Any] | NDArray[Any], seed: int) -> Estimate:
    """`auc` with its interval."""
    return by_group(lambda index: auc(scores[index], truth[index]), groups, seed)


def calibration_error(chances: Array, truth: Truth, bins: int = BINS) -> float:
    """Expected calibration error: distance of the mean probability from the share that came true, averaged over bins.

    Bins of equal count: those of equal width of Naeini, Cooper and Hauskrecht (2015) may hold three images.
    """
    if not len(chances):
        return float("nan")
    order = np.argsort(chances, kind="stable")
    parts = np.array_split(order, min(bins, len(order)))
    return float(sum(abs(chances[part].mean() - truth[part].mean()) * len(part) for part in parts) / len(order))


def error_by_group(chances: Array, truth: Truth, groups: Sequence[Any] | NDArray[Any], seed: int) -> Estimate:
    """`calibration_error` with its interval."""
    return by_group(lambda index: calibration_error(chances[index], truth[index]), groups, seed)


def specificity_at(scores: Array, truth: Truth, sensitivity: float) -> float:
    """Highest specificity of a threshold that reaches a sensitivity on these images; NaN of only one truth."""
    positives, negatives = scores[truth], scores[~truth]
    if not len(positives) or not len(negatives):
        return float("nan")
    needed = int(np.ceil(sensitivity * len(positives) - 1e-9))
    threshold = np.sort(positives)[len(positives) - needed]
    return float((negatives < threshold).mean())


def specificity_by_group(
    scores: Array, truth: Truth, sensitivity: float, groups: Sequence[Any] | NDArray[Any], seed: int
) -> Estimate:
    """`specificity_at` with its interval."""
    return by_group(lambda index: specificity_at(scores[index], truth[index], sensitivity), groups, seed)


def share_by_group(hits: Truth, groups: Sequence[Any] | NDArray[Any], seed: int) -> Estimate:
    """A share with its interval; NaN of nothing."""
    return by_group(lambda index: float(hits[index].mean()) if len(index) else float("nan"), groups, seed)


def mean_by_group(values: Array, groups: Sequence[Any] | NDArray[Any], seed: int) -> Estimate:
    """A mean with its interval; NaN of nothing."""
    return by_group(lambda index: float(values[index].mean()) if len(index) else float("nan"), groups, seed)


def dice(first: Truth, second: Truth) -> float:
    """Overlap of two masks: 1 where both are empty."""
    total = int(first.sum()) + int(second.sum())
    return 2 * float((first & second).sum()) / total if total else 1.0
