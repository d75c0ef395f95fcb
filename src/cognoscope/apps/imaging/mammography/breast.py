"""The breast in a film: labels and markers taken away, chest wall to the left, one scale, one brightness.

Training and use take the same function, so that the network never sees a film prepared otherwise.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cognoscope.methods.images.prepare import LUMA, shown
from cognoscope.methods.images.resize import resized

SIZE = (512, 320)
PIXEL_MM = 0.4
FILM_MM = 204.8
"""Long side of a film whose pixel size nobody says: that of mini-MIAS, whose films are padded to a square."""
DARK = 0.07
LEAST_AREA = 0.05


@dataclass(frozen=True)
class Breast:
    """A breast as the network takes it, and the way back to the film.

    Attributes:
        image: (512, 320) in 0..1 at 0.4 mm a pixel, chest wall at the left edge, 0 outside the breast.
        scale: film pixels by pixel of `image`, rows and columns.
        top, left: row and column of `image`'s first pixel in the reduced (and mirrored) film.
        columns: of the reduced film.
        mirrored: whether the film had its chest wall at the right edge.
        area_share: of the film that is breast.
    """

    image: NDArray[np.float32]
    scale: tuple[float, float]
    top: int
    left: int
    columns: int
    mirrored: bool
    area_share: float

    def to_film(self, row: float, column: float) -> tuple[float, float]:
        """A point of `image` as a point of the film."""
        across = column + self.left
        if self.mirrored:
            across = self.columns - 1 - across
        return (row + self.top + 0.5) * self.scale[0] - 0.5, (across + 0.5) * self.scale[1] - 0.5

    def from_film(self, row: float, column: float) -> tuple[float, float]:
        """A point of the film as a point of `image`; it may lie outside."""
        across = (column + 0.5) / self.scale[1] - 0.5
        if self.mirrored:
            across = self.columns - 1 - across
        return (row + 0.5) / self.scale[0] - 0.5 - self.top, across - self.left


def prepared(film: NDArray[Any], pixel_mm: float | None = None) -> Breast | None:
    """The breast in a film as it is displayed (bright tissue on a dark ground); None where none can be told from it.

    pixel_mm: side of a film pixel; None: the film's long side is taken for 204.8 mm.
    """
    grey = shown(film)
    if grey.ndim == 3:
        grey = np.asarray(sum(grey[..., at] * np.float32(weight) for at, weight in enumerate(LUMA)), np.float32)
    pixel_mm = pixel_mm or FILM_MM / max(grey.shape)
    rows, columns = (max(16, round(side * pixel_mm / PIXEL_MM)) for side in grey.shape)
    if max(rows, columns) > 4 * SIZE[0]:
        return None
    small = resized(grey, rows, columns)
    mask = _mask(small)
    if mask is None:
        return None
    mirrored = _wall_at_right(mask)
    if mirrored:
        small, mask = small[:, ::-1], mask[:, ::-1]
    inside = np.flatnonzero(mask.any(axis=1))
    top = round((int(inside[0]) + int(inside[-1])) / 2) - SIZE[0] // 2
    left = int(np.flatnonzero(mask.any(axis=0))[0])
    high = float(np.quantile(small[mask], 0.995))
    bright = np.where(mask, np.clip(small / max(high, 1e-3), 0, 1), 0).astype(np.float32)
    image = np.zeros(SIZE, np.float32)
    up, down = max(0, top), min(rows, top + SIZE[0])
    right = min(columns, left + SIZE[1])
    image[up - top : down - top, : right - left] = bright[up:down, left:right]
    scale = grey.shape[0] / rows, grey.shape[1] / columns
    return Breast(image, scale, top, left, columns, mirrored, float(mask.mean()))


def _wall_at_right(mask: NDArray[np.bool_]) -> bool:
    """The breast is cut off straight at the chest wall and round at the nipple: more of it lies along the wall."""
    columns = np.flatnonzero(mask.any(axis=0))
    width = max(1, len(columns) // 12)
    return bool(mask[:, columns[-width:]].sum() > mask[:, columns[:width]].sum())


def _mask(small: NDArray[np.float32]) -> NDArray[np.bool_] | None:
    """The largest bright part after an opening, which cuts labels and markers off; holes filled."""
    bright = ndimage.gaussian_filter(small, 2) > DARK * float(np.quantile(small, 0.999))
    opened = ndimage.binary_opening(bright, np.ones((9, 9)))
    labels, count = ndimage.label(opened)
    if not count:
        return None
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    mask = np.asarray(ndimage.binary_fill_holes(labels == sizes.argmax()), np.bool_)
    return mask if mask.mean() >= LEAST_AREA else None
