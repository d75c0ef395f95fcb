"""How much of each lung is ill: fields by a classical method, lesions by a network, shares with conformal intervals."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cognoscope.apps.imaging.lungs.fields import Grid
from cognoscope.apps.imaging.lungs.fields_grey import grey_fields, is_transposed
from cognoscope.apps.imaging.lungs.network import DENSE, GLASS, LesionNetwork, box_around
from cognoscope.apps.imaging.lungs.sides import LEFT, RIGHT
from cognoscope.core.interval import Interval
from cognoscope.methods.images.shapes import box

SIDES: Final = {"both": (RIGHT, LEFT), "right": (RIGHT,), "left": (LEFT,)}
KINDS: Final = {"lesions": (GLASS, DENSE), "ground-glass": (GLASS,), "consolidation": (DENSE,)}
WITHIN: Final = 0.05
"""A part outlined on a CT of which less than this share lies in a lung field is no lesion of the lung. On pictures all
counts: of the 20 slices of two training folds one lost its consolidated lungs to such a rule (Dice 0.67 to 0.16), none
gained more than 0.01."""
CUT: Final = 0.7
"""A picture of which the lungs span less than this share is cut around them before it is read."""


@dataclass(frozen=True)
class Reading:
    """What was found, at the pixels of the image that was given.

    fields: 0, 1 (right lung), 2 (left lung), what is ill in them included; lesions: 0, 1 (ground glass), 2
    (consolidation); both frames x rows x columns of uint8. voxel_ml: None where the size of a voxel is unknown or there
    is one slice. complete: whether the lungs end within the frames given.
    """

    fields: NDArray[np.uint8]
    lesions: NDArray[np.uint8]
    voxel_ml: float | None
    complete: bool

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Voxels by field (0, 1, 2) and class (0, 1, 2)."""
        total = np.zeros(9, np.int64)
        for field, ill in zip(self.fields, self.lesions, strict=True):
            if field.any():
                total += np.bincount((field * 3 + ill).ravel(), minlength=9)
        return total.reshape(3, 3)

    def share(self, side: str, kind: str) -> float | None:
        """Share of a lung (or of both) that is ill, 0..1; None where there is no such lung."""
        counts = self.counts[list(SIDES[side])]
        total = int(counts.sum())
        return float(counts[:, list(KINDS[kind])].sum()) / total if total else None

    def lung_ml(self, side: str) -> float | None:
        """Volume of a lung field in mL."""
        return float(self.counts[list(SIDES[side])].sum()) * self.voxel_ml if self.voxel_ml else None

    def ill_ml(self, side: str) -> float | None:
        """Volume of what is ill in it in mL."""
        return float(self.counts[list(SIDES[side]), 1:].sum()) * self.voxel_ml if self.voxel_ml else None


def read_volume(
    hounsfield: NDArray[np.int16], fields: NDArray[np.uint8], grid: Grid, network: LesionNetwork
) -> Reading:
    """A CT in Hounsfield units, upright, with its lung fields (see `fields.lung_fields`), which `join` changes."""
    frames = np.flatnonzero(fields.any(axis=(1, 2)))
    lesions = network.volume(hounsfield, box_around(fields), frames, grid.frames)
    join(fields, lesions)
    ends = [float(np.count_nonzero(fields[end])) * grid.rows * grid.columns for end in (0, -1)]
    complete = len(fields) > 1 and max(ends) < 2000
    return Reading(fields, lesions, None if grid.assumed or len(fields) == 1 else grid.voxel_ml, complete)


def read_picture(shown: NDArray[Any], network: LesionNetwork) -> Reading | None:
    """One slice saved as a picture in a lung window, rows x columns of grey in 0..1; None where there is no lung in it.

    Upright, or transposed as the public sets publish them; which of both is seen from where the lungs lie.
    """
    transposed = is_transposed(shown)
    upright = np.ascontiguousarray(shown.T if transposed else shown)
    lesions = np.zeros(upright.shape, np.uint8)
    cut = _cut(upright)
    lesions[cut] = network.slice(np.ascontiguousarray(upright[cut]))
    return of_picture(upright, lesions, transposed)


def of_picture(upright: NDArray[Any], lesions: NDArray[np.uint8], transposed: bool) -> Reading | None:
    """The reading of an upright slice with what the network outlined on it, turned back where it was transposed."""
    fields = grey_fields(upright, lesions > 0)
    if fields is None:
        return None
    whole, ill = fields[np.newaxis], lesions[np.newaxis]
    join(whole, ill, within=0.0)
    if transposed:
        whole, ill = whole.transpose(0, 2, 1), ill.transpose(0, 2, 1)
    return Reading(np.ascontiguousarray(whole), np.ascontiguousarray(ill), None, complete=False)


def _cut(upright: NDArray[Any]) -> tuple[slice, slice]:
    """The part of a picture that is read: all of it, or what lies around the lungs where they fill little of it."""
    first = grey_fields(upright)
    if first is None:
        return np.s_[:, :]
    box = box_around(first[np.newaxis])
    if box.right - box.left >= CUT * upright.shape[1]:
        return np.s_[:, :]
    return np.s_[box.top : box.bottom, box.left : box.right]


def join(fields: NDArray[np.uint8], lesions: NDArray[np.uint8], within: float = WITHIN) -> None:
    """Keep the lesions that lie in the lungs, and give the fields what is ill at their edge; both change in place.

    A consolidation that the field left out counts as lung; what is outlined elsewhere (wall, mediastinum) goes.
    """
    seen = np.bitwise_or.reduce(fields, axis=(0, 1))  # RIGHT and LEFT are one bit each
    columns = [np.flatnonzero(seen & side) for side in (RIGHT, LEFT)]
    middle = np.mean([each.mean() for each in columns if len(each)]) if all(map(len, columns)) else None
    for frame in np.flatnonzero(lesions.any(axis=(1, 2))):
        top, left, bottom, right = box(lesions[frame] > 0)
        part = np.s_[frame, top:bottom, left:right]
        labels, count = ndimage.label(lesions[part] > 0)
        sizes = np.bincount(labels.ravel(), minlength=count + 1)
        inside = np.bincount(labels[fields[part] > 0], minlength=count + 1)
        kept = inside >= within * sizes
        kept[0] = False
        lesions[part][~kept[labels]] = 0
        added = (lesions[part] > 0) & (fields[part] == 0)
        if added.any():
            place = np.nonzero(added)
            if middle is None:
                fields[part][place] = RIGHT if len(columns[0]) else LEFT
            else:
                fields[part][place] = np.where(left + place[1] < middle, RIGHT, LEFT)


def spread(share: float) -> float:
    """How far off a share may be, in the unit of the conformal quantile: most in the middle, some at the ends."""
    return 0.05 + math.sqrt(max(share * (1 - share), 0.0))


def interval(share: float, quantile: float, level: float) -> Interval:
    """The interval of a share in %, cut to 0..100."""
    half = quantile * spread(share)
    low, high = max(0.0, share - half), min(1.0, share + half)
    return Interval(level=level, low=round(100 * low, 1), high=round(100 * high, 1))
