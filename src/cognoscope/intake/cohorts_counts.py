"""Counts of persons as they may be shown: small ones are masked, and so that subtraction does not bring them back."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from cognoscope.intake.cohorts import masked_count

FEW = 10


@dataclass(frozen=True)
class Count:
    """A number of persons or reports as it may be shown.

    shown: `123`, or `<10` where the number is small. number: None where masked. key: `female`, `65-79`, `2025-03`.
    """

    key: str
    number: int | None
    shown: str


def shown(key: str, number: int) -> Count:
    """One count by itself."""
    return Count(key, None if 0 < number < FEW else number, masked_count(number, FEW))


def shown_parts(parts: Mapping[str, int]) -> tuple[Count, ...]:
    """Counts that make up a whole which is shown too.

    A single masked count of them could be had by subtraction from the whole; the next smallest is masked with it, as
    `?`, because it may be large.
    """
    counts = [shown(key, number) for key, number in parts.items()]
    if sum(count.number is None for count in counts) == 1:
        others = [count for count in counts if count.number]
        if others:
            smallest = min(others, key=lambda count: count.number or 0)
            counts[counts.index(smallest)] = Count(smallest.key, None, "?")
    return tuple(counts)


def wilson(found: int, persons: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share (E. B. Wilson, 1927, doi:10.1080/01621459.1927.10502953); from 0 to 1 of nobody."""
    if persons == 0:
        return 0.0, 1.0
    share = found / persons
    centre = share + z * z / (2 * persons)
    half = z * math.sqrt(share * (1 - share) / persons + z * z / (4 * persons * persons))
    whole = 1 + z * z / persons
    return max(0.0, (centre - half) / whole), min(1.0, (centre + half) / whole)
