"""Two algorithms on the same cases, with or without the truth: one record that a page can show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from cognoscope.methods.comparison.agreement import BlandAltman, bland_altman, weighted_kappa
from cognoscope.methods.comparison.decisions import Decisions, decisions
from cognoscope.methods.comparison.estimate import Difference, Estimate, by_group
from cognoscope.methods.comparison.roc import Curve, curve, paired_auc

Array = NDArray[np.float64]
SHOWN = 20


@dataclass(frozen=True)
class Comparison:
    """What can be said of two algorithms on the cases that both answered.

    Attributes:
        cases: that both answered; `only_first`, `only_second`, `neither`: the others.
        known: cases of `cases` whose truth is known; `positives` of them have the finding.
        curves, areas, area_difference: of the known cases, None unless some have the finding and some have not.
        decided: at each one's threshold, of the known cases; None without thresholds or known cases.
        agreement: kappa of the decisions at the thresholds over all `cases`; None without thresholds.
        measured: differences of measurements; None for scores.
        errors, error_difference: mean absolute errors of measurements against the truth, first and second.
        differ: indices of the cases where both differ most, worst first: by rank (scores) or amount (measurements).
    """

    cases: int
    only_first: int
    only_second: int
    neither: int
    known: int
    positives: int
    curves: tuple[Curve, Curve] | None = None
    areas: tuple[Estimate, Estimate] | None = None
    area_difference: Difference | None = None
    decided: tuple[Decisions, Decisions] | None = None
    agreement: Estimate | None = None
    measured: BlandAltman | None = None
    errors: tuple[Estimate, Estimate] | None = None
    error_difference: Estimate | None = None
    differ: tuple[int, ...] = ()


def compare(
    first: Array,
    second: Array,
    truth: Array,
    groups: Sequence[Any],
    seed: int,
    thresholds: tuple[float, float] | None = None,
) -> Comparison:
    """Compare two scores that rise with the probability of the same finding.

    Args:
        first, second: (n,) scores, NaN where an algorithm gave none (abstained).
        truth: (n,) 1 with the finding, 0 without, NaN not known.
        groups: (n,) the patient of each case; cases of a patient are drawn together.
        thresholds: scores from which on each calls a case positive.
    """
    both, known, counts = _aligned(first, second, truth)
    one, two, sick = first[known], second[known], truth[known] > 0.5
    patients = np.asarray(list(groups))
    found: dict[str, Any] = dict(counts)
    if sick.any() and not sick.all():
        found["curves"] = curve(one, sick), curve(two, sick)
        first_area, second_area, found["area_difference"] = paired_auc(one, two, sick, patients[known])
        found["areas"] = first_area, second_area
    if thresholds is not None and both.any():
        if known.any():
            found["decided"] = tuple(
                decisions(scores, sick, threshold, patients[known], seed)
                for scores, threshold in zip((one, two), thresholds, strict=True)
            )
        called = [
            (scores[both] >= threshold).astype(np.int64)
            for scores, threshold in zip((first, second), thresholds, strict=True)
        ]
        found["agreement"] = _unless_nan(weighted_kappa(called[0], called[1], 2, patients[both], seed))
    gaps = np.abs(rankdata(first[both]) - rankdata(second[both]))
    return Comparison(positives=int(sick.sum()), differ=_worst(gaps, both), **found)


def compare_measurements(first: Array, second: Array, truth: Array, groups: Sequence[Any], seed: int) -> Comparison:
    """Compare two measurements in one unit.

    Args:
        first, second: (n,) amounts, NaN where an algorithm gave none.
        truth: (n,) the amount found in the end, NaN not known.
        groups: (n,) the patient of each case.
    """
    both, known, counts = _aligned(first, second, truth)
    patients = np.asarray(list(groups))
    found: dict[str, Any] = dict(counts)
    if int(both.sum()) >= 2:
        found["measured"] = bland_altman(first[both], second[both], patients[both], seed)
    if known.any():
        wrong = [np.abs(amounts[known] - truth[known]) for amounts in (first, second)]
        found["errors"] = _mean(wrong[0], patients[known], seed), _mean(wrong[1], patients[known], seed)
        found["error_difference"] = _mean(wrong[0] - wrong[1], patients[known], seed)
    return Comparison(positives=0, differ=_worst(np.abs(first - second)[both], both), **found)


def _aligned(first: Array, second: Array, truth: Array) -> tuple[NDArray[np.bool_], NDArray[np.bool_], dict[str, int]]:
    """Which cases both answered, of which of these the truth is known, and how many are left out."""
    one, two = np.isfinite(first), np.isfinite(second)
    both = one & two
    known = both & np.isfinite(truth)
    counts = {
        "cases": int(both.sum()),
        "only_first": int((one & ~two).sum()),
        "only_second": int((two & ~one).sum()),
        "neither": int((~one & ~two).sum()),
        "known": int(known.sum()),
    }
    return both, known, counts


def _mean(values: Array, patients: NDArray[Any], seed: int) -> Estimate:
    return by_group(lambda index: float(values[index].mean()), patients, seed)


def _worst(gaps: Array, both: NDArray[np.bool_]) -> tuple[int, ...]:
    order = np.argsort(-gaps, kind="stable")[:SHOWN]
    return tuple(int(index) for index in np.flatnonzero(both)[order]) if len(gaps) else ()


def _unless_nan(estimate: Estimate) -> Estimate | None:
    return None if np.isnan(estimate.value) else estimate
