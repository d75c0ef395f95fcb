"""Functions of counts, computed once a different count: in millions of pairs most counts are small and the same."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LARGEST = 1 << 22
"""Above this a table of all counts would cost more than it saves."""


def by_count(counts: Array, function: Callable[[Array], Array]) -> Array:
    """`function(counts)`, with one call on the counts that occur where they are whole numbers and repeat.

    Args:
        counts: (n,) values.
        function: elementwise.
    """
    if not len(counts):
        return np.empty(0)
    top = counts.max()
    if top >= min(LARGEST, 4 * len(counts)) or counts.min() < 0:
        return np.asarray(function(counts), dtype=np.float64)
    whole = counts.astype(np.int32)
    if not (whole == counts).all():
        return np.asarray(function(counts), dtype=np.float64)
    seen = np.zeros(int(top) + 1, dtype=bool)
    seen[whole] = True
    table = np.zeros(int(top) + 1)
    table[seen] = function(np.flatnonzero(seen).astype(np.float64))
    return table[whole]
