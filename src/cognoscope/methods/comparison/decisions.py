"""What follows from a threshold: who is called, rightly or wrongly."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from cognoscope.methods.comparison.estimate import Estimate, by_group

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Decisions:
    """Shares of decisions at one threshold (positive from it on), None where their denominator is empty."""

    threshold: float
    true_positives: int
    false_positives: int
    true_negatives: int
    false_negatives: int
    sensitivity: Estimate | None
    specificity: Estimate | None
    ppv: Estimate | None
    npv: Estimate | None


def decisions(
    scores: Array, truth: NDArray[np.bool_], threshold: float, groups: Sequence[Any] | NDArray[Any], seed: int
) -> Decisions:
    """Sensitivity, specificity and predictive values at a threshold, with 95 % intervals.

    Intervals: Wilson (1927) where each patient has one case, else by drawing patients. Predictive values hold at the
    prevalence of these cases only.
    """
    called = scores >= threshold
    groups = np.asarray(groups)

    def share(hit: NDArray[np.bool_], among: NDArray[np.bool_]) -> Estimate | None:
        return proportion(hit[among], groups[among], seed) if among.any() else None

    return Decisions(
        float(threshold),
        int((called & truth).sum()),
        int((called & ~truth).sum()),
        int((~called & ~truth).sum()),
        int((~called & truth).sum()),
        share(called, truth),
        share(~called, ~truth),
        share(truth, called),
        share(~truth, ~called),
    )


def proportion(hits: NDArray[np.bool_], groups: NDArray[Any], seed: int) -> Estimate:
    """A share with its interval: Wilson's where no patient comes twice or all cases agree, else by drawing patients."""
    count, total = int(hits.sum()), len(hits)
    patients = len(np.unique(groups))
    if patients == total or count in (0, total):
        # Where all agree a bootstrap is silent; the patients then count as the observations.
        seen = total if patients == total else patients
        limits = binomtest(round(count / total * seen), seen).proportion_ci(method="wilson")
        return Estimate(count / total, float(limits.low), float(limits.high))
    return by_group(lambda index: float(hits[index].mean()), groups, seed)
