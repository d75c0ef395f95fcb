"""Cells of a large table, zeros included, put together where they weigh alike: what the fit of a prior reads.

DuMouchel & Pregibon 2001 (10.1145/502512.502526) average the expected counts of neighbouring cells with the same count.
Here neighbours are cells whose expected counts differ by less than `WIDTH`; the mean is kept, so that only second-order
terms (below 1e-5 of a cell's share of the likelihood) are lost.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

WIDTH = 0.02
"""Natural logarithm of the widest range of expected counts that are put together."""

LOWEST = -40.0
BINS = 3500
"""From e^-40 to e^30: no table of this world is outside."""

FEW = 30
"""Counts up to this are kept apart; larger ones are put together with counts as close as their expected ones."""


MANY = 20_000
"""Larger counts are kept one by one up to this many: where all are as expected, their spread is the prior."""


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
    large = Squashed(observed[~small], expected[~small], np.ones(int((~small).sum())))
    if len(large.weight) > MANY:
        large = _alike(large, WIDTH)
    return Squashed(
        np.concatenate([filled // BINS, large.observed]).astype(np.float64),
        np.concatenate([mean, large.expected]),
        np.concatenate([weight[filled], large.weight]),
    )


def rougher(cells: Squashed, width: float = 0.2) -> Squashed:
    """The cells put together over wider ranges of expected counts, enough for a search to know where to look."""
    small = cells.observed <= FEW
    few = _alike(_some(cells, small), width, exact=True)
    many = _alike(_some(cells, ~small), width)
    pairs = zip((few.observed, few.expected, few.weight), (many.observed, many.expected, many.weight), strict=True)
    return Squashed(*(np.concatenate(pair) for pair in pairs))


def _some(cells: Squashed, chosen: NDArray[np.bool_]) -> Squashed:
    return Squashed(cells.observed[chosen], cells.expected[chosen], cells.weight[chosen])


def _alike(cells: Squashed, width: float, *, exact: bool = False) -> Squashed:
    """Cells of nearly one count (of one count where `exact`) and nearly one expected count, put together."""
    if not len(cells.weight):
        return cells
    count = cells.observed if exact else np.floor(np.log(cells.observed) / width)
    key = count.astype(np.int64) * 100_000 + np.floor(np.log(cells.expected) / width).astype(np.int64) + 50_000
    members = np.unique(key, return_inverse=True)[1]
    weight = np.bincount(members, weights=cells.weight).astype(np.float64)
    observed = np.bincount(members, weights=cells.weight * cells.observed) / weight
    return Squashed(
        np.round(observed) if exact else observed,
        np.bincount(members, weights=cells.weight * cells.expected) / weight,
        weight,
    )


def _place(expected: Array) -> NDArray[np.int64]:
    return np.clip((np.log(expected) - LOWEST) / WIDTH, 0, BINS - 1).astype(np.int64)


def _every_cell(drugs: Array, reactions: Array) -> tuple[Array, Array]:
    """Cells and the sum of their expected counts by bin, over all pairs of a drug and a reaction."""
    across = np.ascontiguousarray(reactions.T)
    cells, total = np.zeros(BINS), np.zeros(BINS)
    step = max(1, 500_000 // max(len(reactions), 1))
    for start in range(0, len(drugs), step):
        expected = (drugs[start : start + step] @ across).ravel()
        expected = expected[expected > 0]
        place = _place(expected)
        cells += np.bincount(place, minlength=BINS)
        total += np.bincount(place, weights=expected, minlength=BINS)
    return cells, total
