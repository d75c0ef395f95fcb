"""Trachea and main bronchi, followed from the top slice by slice, so that they do not count as lung."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

LARGEST_MM2: Final = 700.0
"""A section of the trachea and of what it divides into is smaller; a lung is larger."""
SMALLEST_MM2: Final = 40.0
GROWTH: Final = 2.2
"""From one slice to the next the section does not grow by more; where it does, it has opened into a lung."""
MIDDLE: Final = 0.25
"""The trachea begins within this share of the image's width from the middle of the body."""
WALL_MM: Final = 2.5

Mask = NDArray[np.bool_]


def airways(hounsfield: NDArray[np.int16], inside: Mask, spacing: tuple[float, float, float]) -> Mask:
    """Voxels of the trachea and of the main bronchi with their wall, in a CT of at least two frames.

    hounsfield, inside: frames x rows x columns, the frames from the feet to the head; `inside` is air within the body.
    Nothing where no trachea is found at the top: then a part of the airways counts as lung, some 1 % of it.
    """
    found = np.zeros_like(inside)
    if len(inside) < 2:
        return _small_round(inside, spacing)
    area = spacing[1] * spacing[2]
    middle = _middle(hounsfield)
    before: Mask | None = None
    size = 0.0
    for frame in range(len(inside) - 1, -1, -1):
        labels, count = ndimage.label(inside[frame])
        if not count:
            if before is not None:
                break
            continue
        sizes = np.bincount(labels.ravel()).astype(float) * area
        if before is None:
            start = _start(labels, sizes, middle, inside.shape[2])
            if start == 0:
                continue
            here = labels == start
        else:
            touched = np.unique(labels[before])
            touched = touched[(touched > 0) & (sizes[touched] < LARGEST_MM2)]
            here = np.isin(labels, touched)
            if not touched.size or here.sum() * area > max(GROWTH * size, 1.5 * SMALLEST_MM2):
                break
        found[frame] = here
        before, size = here, float(here.sum()) * area
    reach = max(1, round(WALL_MM / spacing[1]))
    cross = ndimage.generate_binary_structure(2, 1)[None]
    return np.asarray(ndimage.binary_dilation(found, cross, iterations=reach), np.bool_)


def _start(labels: NDArray[np.int32], sizes: NDArray[np.float64], middle: float, columns: int) -> int:
    """The part that is a trachea in the first slices: of its size, nearest to the middle of the body; 0 for none."""
    sizes = sizes.copy()
    sizes[0] = 0
    fitting = np.flatnonzero((sizes >= SMALLEST_MM2) & (sizes <= LARGEST_MM2))
    if not fitting.size:
        return 0
    centres = ndimage.center_of_mass(labels > 0, labels, fitting)
    away = np.array([abs(column - middle) for _, column in centres]) / columns
    best = int(np.argmin(away))
    return int(fitting[best]) if away[best] < MIDDLE / 2 else 0


def _middle(hounsfield: NDArray[np.int16]) -> float:
    """The column in the middle of the body: half of the soft tissue lies on either side."""
    tissue = (hounsfield[:: max(1, len(hounsfield) // 16)] > -200).sum(axis=(0, 1)).astype(float)
    if not tissue.any():
        return float(hounsfield.shape[2]) / 2
    return float(np.searchsorted(np.cumsum(tissue), tissue.sum() / 2))


def _small_round(inside: Mask, spacing: tuple[float, float, float]) -> Mask:
    """In a single slice: parts as small and as round as a trachea or a main bronchus, in the middle third."""
    labels, _ = ndimage.label(inside[0])
    area = spacing[1] * spacing[2]
    out = np.zeros_like(inside)
    columns = inside.shape[2]
    for number, box in enumerate(ndimage.find_objects(labels), start=1):
        part = labels[box] == number
        size = float(part.sum()) * area
        tall, wide = part.shape[0] * spacing[1], part.shape[1] * spacing[2]
        round_enough = size > 0.6 * (np.pi / 4) * tall * wide and 0.4 < tall / max(wide, 1e-6) < 2.5
        centre = (box[1].start + box[1].stop) / 2 / columns
        if size < LARGEST_MM2 and round_enough and 1 / 3 < centre < 2 / 3:
            out[0][box] |= part
    return out
