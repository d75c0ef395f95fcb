"""Lung fields of one slice that was saved as a picture in a lung window: no Hounsfield units, no size of a pixel.

The grey levels fall into dark (lung, air) and light (soft tissue); where, Otsu's method says (1979,
10.1109/TSMC.1979.4310076).
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cognoscope.apps.imaging.lungs.airways import MIDDLE
from cognoscope.apps.imaging.lungs.sides import LEFT, RIGHT, apart

ACROSS_MM: Final = 300.0
"""A chest is about so wide: the guess from which sizes in mm follow where a picture has no scale."""
LEAST_SHARE: Final = 0.04
"""Less of the picture than this is no lung."""
CLOSING: Final = 0.05
"""Radius of the closing, as a share of the width: 15 mm of a chest."""
CORNER: Final = 0.04
"""A dark part that comes this near to a corner of the picture, as a share of its sides, is air around the body."""
SPAN: Final = 0.65
"""A part wider than this share of the picture is both lungs, which touch."""

Labels = NDArray[np.uint8]


def grey_fields(picture: NDArray[Any], lesions: NDArray[np.bool_] | None = None) -> Labels | None:
    """0 outside, 1 right, 2 left lung, for rows x columns of grey in 0..1, displayed upright; None where there is none.

    lesions: what the network outlined; it belongs to the lung that it touches.
    """
    rows, columns = picture.shape
    dark = picture < otsu(picture)
    lungs = _inner(dark, columns)
    if lungs.sum() < LEAST_SHARE * lungs.size:
        return None
    if lesions is not None:
        lungs |= lesions
    sides = _sides(lungs)
    radius = CLOSING * columns
    margin = int(np.ceil(radius)) + 1
    out = np.zeros((rows, columns), np.uint8)
    for side in (1, 2):
        mask = np.pad(sides == side, margin)
        if not mask.any():
            continue
        grown = ndimage.distance_transform_edt(~mask) <= radius
        closed = (ndimage.distance_transform_edt(grown) > radius) | mask
        closed = closed[margin:-margin, margin:-margin]
        out[closed & (out == 0) & (sides != 3 - side)] = side
    return out


def is_transposed(picture: NDArray[Any]) -> bool:
    """Whether the lungs lie one above the other: fewer dark pixels in the middle rows than in the middle columns."""
    inner = _inner(picture < otsu(picture), picture.shape[1])
    rows, columns = inner.shape
    across = float(inner[rows * 2 // 5 : rows * 3 // 5].mean())
    down = float(inner[:, columns * 2 // 5 : columns * 3 // 5].mean())
    return across < down


def otsu(picture: NDArray[Any]) -> float:
    """The grey level between the two classes whose means lie farthest apart for their sizes."""
    counts, edges = np.histogram(picture, bins=128, range=(0.0, 1.0))
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts).astype(float)
    above = below[-1] - below
    sums = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return float(edges[1:][np.nanargmax(np.where(np.isfinite(between), between, -1.0))])


def _inner(dark: NDArray[np.bool_], columns: int) -> NDArray[np.bool_]:
    """Dark parts that are lung: large enough, not a corner of air around the body, not the trachea."""
    labels, count = ndimage.label(dark)
    kept = np.zeros(count + 1, np.bool_)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    around = _corners(labels)
    for number, box in enumerate(ndimage.find_objects(labels), start=1):
        centre = (box[1].start + box[1].stop) / 2 / columns
        wide = box[1].stop - box[1].start
        if abs(centre - 0.5) < MIDDLE / 2 and wide < 0.15 * columns and sizes[number] < 0.02 * dark.size:
            continue
        kept[number] = sizes[number] >= 0.003 * dark.size and number not in around
    return np.asarray(kept[labels], np.bool_)


def _corners(labels: NDArray[np.int32]) -> set[int]:
    """The parts that come near to a corner."""
    down, across = (max(2, round(CORNER * side)) for side in labels.shape)
    boxes = (np.s_[:down, :across], np.s_[:down, -across:], np.s_[-down:, :across], np.s_[-down:, -across:])
    return {int(number) for box in boxes for number in np.unique(labels[box])} - {0}


def _sides(lungs: NDArray[np.bool_]) -> Labels:
    """Each part by the half of the picture in which its centre lies; one part that spans both is taken apart."""
    labels, _ = ndimage.label(lungs)
    columns = lungs.shape[1]
    out = np.zeros(lungs.shape, np.uint8)
    for number, box in enumerate(ndimage.find_objects(labels), start=1):
        part = labels[box] == number
        if part.shape[1] > SPAN * columns:
            both = np.zeros((1, *lungs.shape), np.bool_)
            both[0][box] = part
            out = np.where(both[0], apart(both, (1.0, 1.0, 1.0))[0], out)
        else:
            centre = box[1].start + float(np.flatnonzero(part.any(axis=0)).mean())
            out[box][part] = RIGHT if centre < columns / 2 else LEFT
    return out
