"""What share of the reports is held back, and how sure one can be of that share."""

import math
from dataclasses import dataclass

FEWEST = 20
LEVEL = 0.95
_Z = 1.959963984540054


@dataclass(frozen=True)
class Share:
    """`count` of `total`, with its Wilson interval at 95 % (Wilson, JASA 1927)."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """The share itself."""
        return self.count / self.total

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound, in [0, 1]."""
        share, total, square = self.value, self.total, _Z * _Z
        middle = (share + square / (2 * total)) / (1 + square / total)
        half = _Z * math.sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
        return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


def usable(shown: object, reports: tuple[object, ...]) -> str:
    """Empty if the counts can be used, else the code of what is wrong with them."""
    counts = (shown, *reports)
    if any(isinstance(count, bool) or not isinstance(count, int) for count in counts):
        return "not-counts"
    total = sum(count for count in counts if isinstance(count, int))
    if any(isinstance(count, int) and count < 0 for count in counts) or total > 10**12:
        return "impossible"
    if total == 0:
        return "no-report"
    return "too-few" if total < FEWEST else ""
