"""An image as a network takes it, and the way back from what it found: one function for training and for use."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from cognoscope.methods.images.resize import resized

Fit = Literal["stretch", "pad"]
LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in grey (ITU-R BT.601)."""


@dataclass(frozen=True)
class Fitted:
    """Where the pixels of an image came to lie in the rectangle that a network takes.

    Attributes:
        rows, columns: of the image.
        size: height and width that the network takes.
        top, left, height, width: the part of that rectangle which the image fills; the rest is 0.
    """

    rows: int
    columns: int
    size: tuple[int, int]
    top: int
    left: int
    height: int
    width: int

    def back(self, plane: NDArray[Any]) -> NDArray[np.float32]:
        """A plane over the rectangle (probabilities or an activation map, any resolution) as the image has them."""
        vertical, horizontal = plane.shape[0] / self.size[0], plane.shape[1] / self.size[1]
        top, left = round(self.top * vertical), round(self.left * horizontal)
        height = max(1, round(self.height * vertical))
        width = max(1, round(self.width * horizontal))
        return resized(plane[top : top + height, left : left + width], self.rows, self.columns)


def fitting(rows: int, columns: int, size: tuple[int, int], fit: Fit = "stretch") -> Fitted:
    """Where an image of rows x columns lies in the rectangle `size` (height, width).

    "stretch" fills it and changes the proportions; "pad" keeps them, in the middle, with 0 around.
    """
    height, width = size
    if fit == "stretch":
        return Fitted(rows, columns, size, 0, 0, height, width)
    scale = min(height / rows, width / columns)
    inner = min(height, max(1, round(rows * scale))), min(width, max(1, round(columns * scale)))
    return Fitted(rows, columns, size, (height - inner[0]) // 2, (width - inner[1]) // 2, *inner)


def prepare(array: NDArray[Any], size: tuple[int, int], channels: int = 1, fit: Fit = "stretch") -> NDArray[np.float32]:
    """An image as float32 of channels x height x width in 0..1.

    Args:
        array: rows x columns, or rows x columns x 3. uint8 is divided by 255; floats in 0..1 are taken as they are;
            any other values are stretched from their lowest to their highest, as a viewer shows them.
        size: height and width that the network takes.
        channels: 1 (a colour image becomes its luma) or 3 (a grey image is repeated).
        fit: see `fitting`.

    Raises:
        ValueError: not an image of grey or of three colours, no pixel, or values that are no numbers.
    """
    values = shown(array)
    if values.ndim == 3 and channels == 1:
        red, green, blue = (values[..., channel] * np.float32(weight) for channel, weight in enumerate(LUMA))
        values = red + green + blue
    place = fitting(values.shape[0], values.shape[1], size, fit)
    small = np.clip(resized(values, place.height, place.width), 0, 1)
    out = np.zeros((channels, *size), np.float32)
    inside = out[:, place.top : place.top + place.height, place.left : place.left + place.width]
    inside[:] = np.moveaxis(small, 2, 0) if small.ndim == 3 else small
    return out


def shown(array: NDArray[Any]) -> NDArray[np.float32]:
    """The image as it is displayed, in 0..1: rows x columns, or rows x columns x 3 (see `prepare`)."""
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] != 3) or min(array.shape) == 0:
        raise ValueError("an image of rows x columns or rows x columns x 3 is needed")
    if array.dtype == np.uint8:
        return np.asarray(array, np.float32) / np.float32(255)
    values = np.asarray(array, np.float32)
    low, high = float(values.min()), float(values.max())
    if not np.isfinite(low + high):
        raise ValueError("some values of the image are no numbers")
    if low < 0 or high > 1:
        values = (values - np.float32(low)) / np.float32(max(high - low, 1e-6))
    return values
