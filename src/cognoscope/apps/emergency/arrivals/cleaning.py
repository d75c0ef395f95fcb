"""Tells counts that were not, or only partly, transmitted from calm days."""

import math
from collections import deque
from statistics import median

import pandas as pd

ZERO_POSSIBLE_BELOW = 8.0
"""A site with fewer visits a day than this may really see nobody: chance exp(-8), one day in eight years."""

_PARTIAL_SHARE = 0.3
_DEVIATIONS = 5.0
_DAYS_BEFORE = 28
_FEWEST_BEFORE = 7


def believable(counts: pd.Series) -> pd.Series:
    """The counts as floats, NaN where a count cannot be a whole day's visits.

    The usual day is the median of the 28 believed days before it. A zero is taken as not transmitted unless the usual
    day is so small that chance alone gives one. So is, as a day of which only part was transmitted, a count that is
    less than three tenths of the usual day and farther below it than five standard deviations of chance; but when 28
    such counts have come in a row, they are the new usual. What comes after a day plays no part in judging it.

    Args:
        counts: visits a day, in the order of time, without repeated days; NaN = missing.
    """
    before: deque[float] = deque(maxlen=_DAYS_BEFORE)
    doubted: list[float] = []
    found = []
    for count in counts.astype("float64"):
        usual = median(before) if len(before) >= _FEWEST_BEFORE else math.nan
        if math.isnan(count) or (count == 0 and not usual < ZERO_POSSIBLE_BELOW):
            found.append(math.nan)
        elif count < min(_PARTIAL_SHARE * usual, usual - _DEVIATIONS * math.sqrt(usual)):
            doubted.append(count)
            if len(doubted) == _DAYS_BEFORE:
                before.extend(doubted)
                doubted.clear()
            found.append(math.nan)
        else:
            doubted.clear()
            before.append(count)
            found.append(count)
    return pd.Series(found, index=counts.index, name=counts.name, dtype="float64")
