"""From the probability of "polyp" at each pixel to parts that can be marked, and their share of the image."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.methods.images.shapes import Mask, box, parts

LEAST_SHARE = 0.002
"""Parts smaller than this share of the image are dropped: the smallest polyp of the reference data has 0.5 %."""


@dataclass(frozen=True)
class Found:
    """One part: its mask, its upright box (first row and column, last ones excluded), its mean probability."""

    mask: Mask
    box: tuple[int, int, int, int]
    certain: float


@dataclass(frozen=True)
class Outlined:
    """All that was outlined: the parts, the largest first, their union and its share of the image."""

    parts: tuple[Found, ...]
    mask: Mask
    share: float


def outlined(chance: NDArray[Any], threshold: float, least: float = LEAST_SHARE) -> Outlined:
    """The parts of a plane of probabilities (rows x columns) at or above a threshold."""
    mask = np.asarray(chance >= threshold, np.bool_)
    found = tuple(
        Found(part, box(part), float(np.asarray(chance)[part].mean()))
        for part in parts(mask, max(1, round(least * mask.size)))
    )
    union = np.zeros(mask.shape, np.bool_)
    for each in found:
        union |= each.mask
    return Outlined(found, union, float(union.mean()))
