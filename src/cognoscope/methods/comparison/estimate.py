"""A figure with its interval, a difference with its test, and how both are drawn again by whole patients."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.methods.bootstrap import interval

Array = NDArray[np.float64]
DRAWS = 1000


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval; the limits are None where too few cases give none."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Difference:
    """First minus second, with its 95 % interval and the probability of one at least as large if there were none."""

    value: float
    low: float | None
    high: float | None
    p: float | None


def by_group(
    figure: Callable[[NDArray[np.int64]], float], groups: Sequence[Any] | NDArray[Any], seed: int, draws: int = DRAWS
) -> Estimate:
    """Percentile bootstrap of a figure, drawing whole groups (patients) with replacement.

    Args:
        figure: of the indices of the cases drawn; NaN where a draw does not allow it.
        groups: (n,) the patient of each case.
    """
    index = np.unique(np.asarray(groups), return_inverse=True)[1]
    order = np.argsort(index, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(index))[:-1]) if len(index) else []
    value = figure(np.arange(len(index)))
    if len(members) < 2:
        return Estimate(value, None, None)
    draw = np.random.default_rng(seed)
    found = np.array(
        [
            figure(np.concatenate([members[group] for group in draw.integers(len(members), size=len(members))]))
            for _ in range(draws)
        ]
    )
    limits = interval(found)
    return Estimate(value, *(limits or (None, None)))
