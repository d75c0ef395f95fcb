"""Tells counts that were not, or only partly, transmitted from calm days."""

import numpy as np
import pandas as pd

ZERO_POSSIBLE_BELOW = 8.0
"""A site with fewer visits a day than this may really see nobody: chance exp(-8), one day in eight years."""

_PARTIAL_SHARE = 0.2
_DAYS_BEFORE = 28


def believable(counts: pd.Series) -> pd.Series:
    """The counts as floats, NaN where a count cannot be a whole day's visits.

    A zero is taken as not transmitted, and so is a count below a fifth of the median of the 28 known days before it,
    unless the site is so small that chance alone gives such days. What comes after a day plays no part in judging it.

    Args:
        counts: visits a day, in the order of time, without repeated days; NaN = missing.
    """
    values = counts.astype("float64").where(counts > 0)
    usual = values.shift(1).rolling(_DAYS_BEFORE, min_periods=7).median().ffill()
    small = usual.fillna(np.inf) < ZERO_POSSIBLE_BELOW
    partial = (values < _PARTIAL_SHARE * usual) & ~small
    zero = (counts == 0) & small
    return values.mask(partial).where(~zero, 0.0)
