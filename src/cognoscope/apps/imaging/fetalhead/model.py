"""From the probability of "head" at each pixel to an ellipse in mm, its circumference and its two diameters.

The largest part at or above the threshold is taken as the head; the ellipse goes through its edge, found between
pixels. The outline that taught the network was drawn outside the truth, by a constant number of pixels of the training
images, so it is taken off in that unit (`Outline`).
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.errors import InvalidInput
from cognoscope.methods.images.shapes import Ellipse, Mask, edge_points, fitted_ellipse, largest_part


@dataclass(frozen=True)
class Outline:
    """How a circumference follows from an ellipse: `[more.circumference]` of `model.toml`.

    Attributes:
        excess: circumference that the drawn outline has too much, in pixels of an image of `columns` columns.
        columns: of the images that taught the network.
        level: of the interval.
        half_width: of the interval, as a share of the circumference: conformal quantile of the relative error.
        floor_mm: the interval is never narrower than this to either side.
    """

    excess: float
    columns: int
    level: float
    half_width: float
    floor_mm: float


@dataclass(frozen=True)
class Head:
    """A measured head.

    Attributes:
        mask: rows x columns, the head as segmented.
        ellipse: in mm, rows and columns multiplied by the size of a pixel, corrected for the drawn outline.
        circumference, low, high: mm.
        covered: overlap (Dice) of mask and ellipse: how much like an ellipse it is.
        certain: mean probability inside.
    """

    mask: Mask
    ellipse: Ellipse
    circumference: float
    low: float
    high: float
    covered: float
    certain: float


def outline_of(more: dict[str, Any]) -> Outline:
    """Read `[more.circumference]`.

    Raises:
        InvalidInput: something is missing or no number.
    """
    try:
        read = more["circumference"]
        return Outline(
            excess=float(read["excess"]),
            columns=int(read["columns"]),
            level=float(read["level"]),
            half_width=float(read["half_width"]),
            floor_mm=float(read["floor_mm"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(f"model.toml lacks what a circumference needs, [more.circumference]: {error}.") from error


def measured(chance: NDArray[Any], threshold: float, pixel_mm: tuple[float, float], outline: Outline) -> Head | None:
    """The head in a plane of probabilities (rows x columns), None where there is none.

    pixel_mm: height and width of a pixel.
    """
    mask = largest_part(np.asarray(chance >= threshold, np.bool_))
    if not mask.any():
        return None
    scale = np.array(pixel_mm)
    drawn = fitted_ellipse(edge_points(chance, mask, threshold) * scale)
    if drawn is None:
        return None
    shrink = outline.excess / (2 * math.pi) * mask.shape[1] / outline.columns * pixel_mm[1]
    if drawn.short <= shrink:
        return None
    ellipse = Ellipse(drawn.row, drawn.column, drawn.long - shrink, drawn.short - shrink, drawn.turn)
    around = ellipse.perimeter
    half = max(outline.half_width * around, outline.floor_mm)
    return Head(
        mask=mask,
        ellipse=ellipse,
        circumference=around,
        low=max(around - half, 0.0),
        high=around + half,
        covered=_overlap(mask, drawn, pixel_mm),
        certain=float(np.asarray(chance)[mask].mean()),
    )


def _overlap(mask: Mask, ellipse: Ellipse, pixel_mm: tuple[float, float]) -> float:
    """Dice of the mask and the inside of the ellipse (in mm)."""
    rows = np.arange(mask.shape[0])[:, None] * pixel_mm[0] - ellipse.row
    columns = np.arange(mask.shape[1])[None, :] * pixel_mm[1] - ellipse.column
    along = columns * math.cos(ellipse.turn) + rows * math.sin(ellipse.turn)
    aside = rows * math.cos(ellipse.turn) - columns * math.sin(ellipse.turn)
    inside = (along / ellipse.long) ** 2 + (aside / ellipse.short) ** 2 <= 1
    return float(2 * (inside & mask).sum() / (inside.sum() + mask.sum()))
