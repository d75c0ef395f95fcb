"""How likely two reports tell of one event: the hit-miss model (Noren, Orre, Bate & Edwards 2007,
10.1007/s10618-006-0052-8), with fields taken as independent.

A field was recorded wrongly (a random value of the database) in a share `MISS` of reports; a pair that agrees on a
value of frequency p speaks for one event the more the rarer the value is, a pair that disagrees speaks against it by
the same amount whatever the values, and a missing value says nothing.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

MISS = 0.05
"""Share of wrongly recorded values: an assumption, to be estimated on labelled duplicates where a centre has some."""

DUPLICATED = 0.05
"""Share of reports assumed to have a duplicate, before looking at them."""

CERTAIN = 0.95


def weight(frequency: ArrayLike, agrees: ArrayLike, miss: float = MISS) -> Array:
    """Bits that a field adds: log2[(1 - c (1 - p)) / p] where it agrees, log2 c where not, with c = a (2 - a).

    Args:
        frequency: (n,) share p of reports with the value of the first report; NaN: missing in one of them, 0 bits.
        agrees: (n,) whether the two reports hold the same value.
        miss: a, the share of wrongly recorded values.
    """
    p, same = np.asarray(frequency, dtype=np.float64), np.asarray(agrees, dtype=bool)
    wrong = miss * (2 - miss)
    with np.errstate(divide="ignore", invalid="ignore"):
        hit = np.log2((1 - wrong * (1 - p)) / p)
    return np.where(np.isnan(p), 0.0, np.where(same, hit, np.log2(wrong)))


def threshold(reports: int, duplicated: float = DUPLICATED, certain: float = CERTAIN) -> float:
    """Bits from which two of that many reports are one event with the given certainty.

    Of n (n - 1) / 2 pairs of reports, n x duplicated / 2 are duplicates: that is the prior odds that the bits of the
    fields have to overcome.
    """
    odds = duplicated / max(reports - 1, 1)
    return float(np.log2(certain / (1 - certain)) - np.log2(odds))
