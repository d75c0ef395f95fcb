"""How often, and why, a forecast would have been refused on each day of a real history."""

from collections import Counter
from dataclasses import dataclass

import pandas as pd

from cognoscope.apps.emergency.arrivals.abstention import why_abstain
from cognoscope.apps.emergency.arrivals.cleaning import believable


@dataclass(frozen=True)
class AbstentionCheck:
    """Days asked, days refused, and how many by reason; `refused` is one code (or None) a day."""

    refused: pd.Series

    @property
    def days(self) -> int:
        """How many days were asked."""
        return len(self.refused)

    @property
    def share(self) -> float:
        """Share of the days refused."""
        return float(self.refused.notna().mean()) if len(self.refused) else 0.0

    @property
    def reasons(self) -> dict[str, int]:
        """Days refused by code."""
        return dict(sorted(Counter(self.refused.dropna()).items()))


def check_abstention(counts: pd.Series, first: pd.Timestamp, last: pd.Timestamp) -> AbstentionCheck:
    """Ask on each morning from `first` to `last`, with the counts known until the evening before.

    counts: daily counts as transmitted on a gapless calendar, NaN = not known.
    """
    # Cleaning looks only backwards, so one pass serves every morning.
    cleaned = believable(counts)
    refused = {}
    for today in pd.date_range(first, last):
        past = counts[counts.index < today]
        reason = why_abstain(past, cleaned[cleaned.index < today], today.date())
        refused[today] = None if reason is None else reason.code
    return AbstentionCheck(pd.Series(refused, dtype=object))
