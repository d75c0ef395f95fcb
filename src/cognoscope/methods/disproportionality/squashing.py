"""Cells of a large table, zeros included, put together where they weigh alike: what the fit of a prior reads.

DuMouchel & Pregibon 2001 (10.1145/502512.502526) average the expected counts of neighbouring cells with the same count.
Here neighbours are cells whose expected counts differ by less than `WIDTH`; the mean is kept, so that only second-order
terms (below 1e-5 of a cell's share of the likelihood) are lost.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

WIDTH = 0.01
"""Natural logarithm of the widest range of expected counts that are put together."""

LOWEST = -40.0
BINS = 7000
"""From e^-40 to e^30: no table of this world is outside."""

FEW = 30
"""Counts up to this are binned; larger ones are rarer and kept together only where they are equal."""


@dataclass(frozen=True)
class Squashed:
    """Cells: their count, their (mean) expected count, and how many there are of them."""

    observed: Array
    expected: Array
    weight: Array


def squash(observed: Array, expected: Array, drugs: Array | None = None, reactions: Array | None = None) -> Squashed:
    """The cells in groups; with margins, the cells that hold no report too.

    Args:
        observed: (n,) counts of at least 1, or of any number where no margins are given.
        expected: (n,) expected counts above 0 (others say nothing and are left out).
        drugs: (d, s) reports of each drug by stratum, each column divided by the stratum's reports.
        reactions: (r, s) reports of each reaction by stratum. `drugs @ reactions.T` is what each cell expects.
    """
    useful = expected > 0
    observed, expected = observed[useful], expected[useful]
    place = _place(expected)
    small = observed <= FEW
    key = observed[small].astype(np.int64) * BINS + place[small]
    weight = np.bincount(key, minlength=(FEW + 1) * BINS).astype(np.float64)
    total = np.bincount(key, weights=expected[small], minlength=(FEW + 1) * BINS)
    if drugs is not None and reactions is not None:
        empty, empty_total = _every_cell(drugs, reactions)
        held = np.bincount(place, minlength=BINS)
        weight[:BINS] += np.maximum(empty - held, 0)
        total[:BINS] += np.maximum(empty_total - np.bincount(place, weights=expected, minlength=BINS), 0.0)
    filled = np.flatnonzero(weight)
    mean = total[filled] / weight[filled]
    # Where rounding left a cell without its expected count, the middle of its bin stands for it.
    mean = np.where(mean > 0, mean, np.exp((filled % BINS + 0.5) * WIDTH + LOWEST))
    return Squashed(
        np.concatenate([filled // BINS, observed[~small]]).astype(np.float64),
        np.concatenate([mean, expected[~small]]),
        np.concatenate([weight[filled], np.ones(int((~small).sum()))]),
    )


def rougher(cells: Squashed, width: float = 0.2) -> Squashed:
    """The cells put together over wider ranges of expected counts, enough for a search to know where to look."""
    keys = np.stack([cells.observed, np.floor(np.log(cells.expected) / width)])
    groups, members = np.unique(keys, axis=1, return_inverse=True)
    weight = np.bincount(members.ravel(), weights=cells.weight).astype(np.float64)
    total = np.bincount(members.ravel(), weights=cells.weight * cells.expected)
    return Squashed(groups[0], total / weight, weight)


def _place(expected: Array) -> NDArray[np.int64]:
    return np.clip((np.log(expected) - LOWEST) / WIDTH, 0, BINS - 1).astype(np.int64)


def _every_cell(drugs: Array, reactions: Array) -> tuple[Array, Array]:
    """Cells and the sum of their expected counts by bin, over all pairs of a drug and a reaction."""
    drugs, times_drug = np.unique(drugs, axis=0, return_counts=True)
    reactions, times_reaction = np.unique(reactions, axis=0, return_counts=True)
    cells, total = np.zeros(BINS), np.zeros(BINS)
    step = max(1, 4_000_000 // max(len(reactions), 1))
    for start in range(0, len(drugs), step):
        expected = drugs[start : start + step] @ reactions.T
        times = np.multiply.outer(times_drug[start : start + step], times_reaction).astype(np.float64)
        known = expected > 0
        place = _place(expected[known])
        cells += np.bincount(place, weights=times[known], minlength=BINS)
        total += np.bincount(place, weights=(times * expected)[known], minlength=BINS)
    return cells, total
