"""Lung fields of a CT in Hounsfield units, by a classical method: air in the body, less the airways, left from right.

After Hu, Hoffman and Reinhardt 2001 (10.1109/42.929615): threshold, parts that do not touch the sides, the trachea
followed from the top, lungs taken apart where they touch, a closing that takes in vessels and lesions at the pleura.
What is dense over a whole lobe stays outside unless the network outlines it: `model.py` adds what it found there.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cognoscope.apps.imaging.lungs.airways import airways
from cognoscope.apps.imaging.lungs.sides import apart

AIR: Final = -400
"""Hounsfield units below which a voxel counts as air; between lung (-850) and soft tissue (40)."""
LEAST_ML: Final = 150.0
"""Less lung than this in a whole CT is no lung."""
LEAST_MM2: Final = 800.0
"""Less lung than this in a single slice is no lung."""
LEAST_SHARE: Final = 0.1
"""A part of air smaller than this share of the largest is gas of the stomach or bowel."""
CLOSING_MM: Final = 12.0
COARSE_MM: Final = 2.4

Labels = NDArray[np.uint8]


@dataclass(frozen=True)
class Grid:
    """Distances in mm between frames (0 for a single slice), rows and columns; `assumed` where they are a guess."""

    frames: float
    rows: float
    columns: float
    assumed: bool = False

    @property
    def voxel_ml(self) -> float:
        """Volume of a voxel."""
        return self.frames * self.rows * self.columns / 1000


def lung_fields(hounsfield: NDArray[np.int16], grid: Grid) -> Labels | None:
    """0 outside, 1 in the right, 2 in the left lung, for a CT of frames x rows x columns; None where there is no lung.

    Columns run from the patient's right to the left, rows from front to back, as an axial slice is displayed, and
    frames from the feet to the head; `orientation.py` turns what came otherwise.
    """
    step = _step(hounsfield.shape, grid)
    coarse = hounsfield[:, ::step, ::step]
    spacing = (grid.frames or 1.0, grid.rows * step, grid.columns * step)
    air = coarse < AIR
    inside = _inside(air)
    if not inside.any():
        return None
    tubes = airways(coarse, inside, spacing)
    lungs = inside & ~tubes
    lungs = _large(lungs, grid, step)
    if not lungs.any():
        return None
    sides = apart(lungs, spacing)
    return _fine(hounsfield, _closed(sides, spacing, tubes), step, tubes)


def _step(shape: tuple[int, ...], grid: Grid) -> int:
    """Every how many pixels are enough to find the parts: about 2.4 mm, and never fewer than 96 across."""
    wanted = int(COARSE_MM / max(min(grid.rows, grid.columns), 0.1))
    return max(1, min(wanted, min(shape[1:]) // 96, 4))


def _inside(air: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Air that no slice connects with the sides of the image: what lies around the body and in the table goes."""
    found = np.zeros_like(air)
    for frame in range(len(air)):
        labels, count = ndimage.label(air[frame])
        if not count:
            continue
        sides = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
        outer = np.zeros(count + 1, np.bool_)
        outer[sides] = True
        outer[0] = True
        found[frame] = ~outer[labels]
    return found


def _large(lungs: NDArray[np.bool_], grid: Grid, step: int) -> NDArray[np.bool_]:
    """The parts large enough to be lung: at least a tenth of the largest, and the largest large enough."""
    structure = ndimage.generate_binary_structure(3, 1)
    labels, count = ndimage.label(lungs, structure)
    found = labels[lungs]
    sizes = np.bincount(found, minlength=count + 1).astype(float)
    area = grid.rows * grid.columns * step * step
    enough = sizes.max() * area * grid.frames / 1000 >= LEAST_ML if len(lungs) > 1 else sizes.max() * area >= LEAST_MM2
    if not enough:
        return np.zeros_like(lungs)
    out = np.zeros_like(lungs)
    out[lungs] = (sizes >= LEAST_SHARE * sizes.max())[found]
    return out


def _closed(sides: Labels, spacing: tuple[float, float, float], tubes: NDArray[np.bool_]) -> Labels:
    """Each lung closed slice by slice: vessels, nodules and lesions at the pleura belong to it.

    Larger holes stay: where the dome of the diaphragm rises into a lung, what it holds is liver.
    """
    radius = CLOSING_MM / spacing[1]
    margin = int(np.ceil(radius)) + 1
    out = np.zeros_like(sides)
    for frame in range(len(sides)):
        for side in (1, 2):
            mask = sides[frame] == side
            if not mask.any():
                continue
            rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
            box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            padded = np.pad(mask[box], margin)
            # A closing by distance: as far outside as the radius, then back by as much.
            grown = ndimage.distance_transform_edt(~padded) <= radius
            closed = ndimage.distance_transform_edt(grown) > radius
            filled = (closed | padded)[margin:-margin, margin:-margin]
            free = (out[frame][box] == 0) & (sides[frame][box] != 3 - side) & ~tubes[frame][box]
            out[frame][box][filled & free] = side
    return out


def _fine(hounsfield: NDArray[np.int16], coarse: Labels, step: int, tubes: NDArray[np.bool_]) -> Labels:
    """The fields at the CT's own pixels: the inside from the coarse grid, the edge from the threshold."""
    if step == 1:
        return coarse
    rows, columns = hounsfield.shape[1:]
    out = np.empty(hounsfield.shape, np.uint8)
    cross = ndimage.generate_binary_structure(2, 1)
    for frame in range(len(coarse)):
        here = coarse[frame]
        if not here.any():
            out[frame] = 0
            continue
        mask = here > 0
        sure = ndimage.binary_erosion(mask, cross)
        near = here.copy()
        grown = ndimage.grey_dilation(here, footprint=cross)
        near[(here == 0) & ~tubes[frame]] = grown[(here == 0) & ~tubes[frame]]
        wide = _repeat(near, step, rows, columns)
        certain = _repeat(sure, step, rows, columns)
        out[frame] = np.where(certain | (hounsfield[frame] < AIR), wide, 0)
    return out


def _repeat(plane: NDArray[Any], step: int, rows: int, columns: int) -> NDArray[Any]:
    """Each pixel of a coarse plane around where it was taken from; the last one as far as the edge."""
    half = step // 2
    wide = np.repeat(np.repeat(plane, step, axis=0), step, axis=1)[half : half + rows, half : half + columns]
    return np.pad(wide, ((0, rows - wide.shape[0]), (0, columns - wide.shape[1])), mode="edge")
