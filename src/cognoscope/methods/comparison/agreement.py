"""How far two readers say the same: grades, measurements, outlines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cognoscope.methods.comparison.estimate import Estimate, by_group

Array = NDArray[np.float64]
Weights = Literal["none", "linear", "quadratic"]


@dataclass(frozen=True)
class BlandAltman:
    """Differences first minus second of measurements of the same cases, in their unit (Bland and Altman 1986).

    Attributes:
        bias: the mean difference.
        low, high: limits between which 95 % of differences are expected (mean -/+ 1.96 standard deviations).
        means, differences: the points of the plot.
        concordance: Lin's coefficient (1989, 10.2307/2532051): 1 where both always give the same figure.
    """

    bias: Estimate
    low: Estimate
    high: Estimate
    concordance: Estimate
    means: tuple[float, ...]
    differences: tuple[float, ...]


def weighted_kappa(
    first: Sequence[int] | NDArray[np.int64],
    second: Sequence[int] | NDArray[np.int64],
    levels: int,
    groups: Sequence[Any] | NDArray[Any],
    seed: int,
    weights: Weights = "quadratic",
) -> Estimate:
    """Cohen's kappa of two gradings 0 .. levels - 1 (Cohen 1968, 10.1037/h0026256); NaN where all have one grade."""
    one, two = np.asarray(first, np.int64), np.asarray(second, np.int64)
    grid = np.abs(np.arange(levels)[:, None] - np.arange(levels)[None, :]).astype(np.float64)
    cost = {"none": (grid > 0).astype(np.float64), "linear": grid, "quadratic": grid**2}[weights]

    def kappa(index: NDArray[np.int64]) -> float:
        table = np.bincount(one[index] * levels + two[index], minlength=levels * levels).reshape(levels, levels)
        expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / max(len(index), 1)
        chance = float((cost * expected).sum())
        return 1 - float((cost * table).sum()) / chance if chance > 0 else float("nan")

    return by_group(kappa, groups, seed)


def bland_altman(first: Array, second: Array, groups: Sequence[Any] | NDArray[Any], seed: int) -> BlandAltman:
    """Bias, limits of agreement and concordance of two measurements of the same cases, drawn again by patient.

    Args:
        first, second: (n,) in the same unit, n >= 2.
    """
    gaps = first - second

    def spread(index: NDArray[np.int64]) -> float:
        return float(gaps[index].std(ddof=1)) if len(index) > 1 else float("nan")

    def concordance(index: NDArray[np.int64]) -> float:
        one, two = first[index], second[index]
        both = float(one.var() + two.var() + (one.mean() - two.mean()) ** 2)
        return float(2 * np.mean((one - one.mean()) * (two - two.mean())) / both) if both > 0 else float("nan")

    return BlandAltman(
        by_group(lambda index: float(gaps[index].mean()), groups, seed),
        by_group(lambda index: float(gaps[index].mean()) - 1.96 * spread(index), groups, seed),
        by_group(lambda index: float(gaps[index].mean()) + 1.96 * spread(index), groups, seed),
        by_group(concordance, groups, seed),
        tuple(float(mean) for mean in (first + second) / 2),
        tuple(float(gap) for gap in gaps),
    )


def dice(first: NDArray[Any], second: NDArray[Any]) -> float:
    """Overlap of two masks of one shape: twice the common part over the sum; 1 where both are empty.

    Raises:
        ValueError: the shapes differ.
    """
    if first.shape != second.shape:
        raise ValueError(f"masks of {first.shape} and {second.shape} do not lie on each other")
    one, two = first.astype(bool), second.astype(bool)
    total = int(one.sum()) + int(two.sum())
    return 2 * int((one & two).sum()) / total if total else 1.0
