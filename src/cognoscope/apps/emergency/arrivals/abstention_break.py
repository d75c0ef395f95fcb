"""Has the series left the pattern it had? A moving-sum test on weekday residuals.

Each day is compared with the median of the same weekday over the eight weeks before it, on the square-root scale
where counts have about the same variance at every level. The mean of the last 7 (and of the last 3) residuals is
divided by its own robust spread over up to two past years, so a site that is always restless is not called broken.
It follows the MOSUM test of C.-S. J. Chu, K. Hornik and C.-M. Kuan, "MOSUM tests for parameter constancy",
Biometrika 82 (1995) 603-617, with the spread measured by the median absolute deviation instead of assumed.

A break is remembered for 14 days: a method that learns from eight weeks needs some of the new regime before it can
be believed again. `benchmarks/abstention.py` reports what the thresholds give on real years, March 2020 included.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

REFERENCE_WEEKS = 8
SPREAD_DAYS = 730
SPREAD_AT_LEAST = 56
LIMITS = {7: 4.0, 3: 5.0}
REMEMBERED_DAYS = 14


@dataclass(frozen=True)
class Break:
    """The last day on which the test spoke, and how far the last seven known days are from usual (ratio - 1)."""

    day: date
    departure: float


def moving_sums(counts: pd.Series, width: int) -> pd.Series:
    """Standardised moving sum of weekday residuals, one value a day.

    counts: daily counts on a gapless calendar, NaN = not known.
    width: days in the moving window.

    Returns:
        Series on the same index; NaN where too little is known. About standard normal while nothing changes.
    """
    usual, known = _usual(counts)
    residual = 2 * (np.sqrt(counts) - np.sqrt(usual)).where(known >= REFERENCE_WEEKS // 2)
    sums = residual.rolling(width, min_periods=(width + 1) // 2).mean() * np.sqrt(width)
    spread = sums.abs().rolling(SPREAD_DAYS, min_periods=SPREAD_AT_LEAST).median().shift(width) / 0.6745
    # Counts scatter at least as Poisson does: a spread below one would be luck, not calm.
    standardised: pd.Series = sums / spread.clip(lower=1.0)
    return standardised


def breaks(counts: pd.Series) -> pd.Series:
    """Whether the test speaks, one boolean a day; both directions count."""
    spoken = pd.Series(False, index=counts.index)
    for width, limit in LIMITS.items():
        spoken |= moving_sums(counts, width).abs() > limit
    return spoken


def recent_break(counts: pd.Series) -> Break | None:
    """The break that still makes a forecast from the last day of the series untrustworthy, or None."""
    spoken = breaks(counts).iloc[-REMEMBERED_DAYS:]
    if not spoken.any():
        return None
    usual, _ = _usual(counts)
    week = slice(-7, None)
    both = counts.iloc[week].notna() & usual.iloc[week].notna()
    expected = usual.iloc[week][both].sum()
    departure = float(counts.iloc[week][both].sum() / expected - 1) if expected > 0 else 0.0
    return Break(spoken.index[spoken][-1].date(), departure)


def _usual(counts: pd.Series) -> tuple[pd.Series, pd.Series]:
    weeks = pd.concat([counts.shift(7 * week) for week in range(1, REFERENCE_WEEKS + 1)], axis=1)
    return weeks.median(axis=1), weeks.notna().sum(axis=1)
