"""An image of a case as people see it: after window and level, grey where its three colours are one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.case import CaseImage


def displayed(image: CaseImage, frame: int = 0) -> NDArray[Any]:
    """One frame: rows x columns or rows x columns x 3; uint8 as it is, anything else as float32 in 0..1.

    A window (centre, width) is applied as DICOM PS3.3 C.11.2.1.2 does (LINEAR); without one, values beyond a byte go
    from their lowest to their highest.

    Raises:
        ValueError: values that are no numbers.
    """
    values = image.raster.array()[frame]
    if values.ndim == 3:
        if np.array_equal(values[..., 0], values[..., 1]) and np.array_equal(values[..., 1], values[..., 2]):
            values = values[..., 0]
        elif values.dtype != np.uint8:
            return stretched(values)
    if image.window is not None and values.ndim == 2:
        return windowed(values, *image.window)
    return values if values.dtype == np.uint8 else stretched(values)


def windowed(values: NDArray[Any], centre: float, width: float) -> NDArray[np.float32]:
    """Values through a linear window, in 0..1."""
    plain = np.asarray(values, np.float32)
    if not np.isfinite(plain).all():
        raise ValueError("some values of the image are no numbers")
    return np.asarray(np.clip((plain - (centre - 0.5)) / max(width - 1, 1e-3) + 0.5, 0, 1), np.float32)


def stretched(values: NDArray[Any]) -> NDArray[np.float32]:
    """Values from their lowest to their highest, in 0..1."""
    plain = np.asarray(values, np.float32)
    low, high = float(plain.min()), float(plain.max())
    if not np.isfinite(low + high):
        raise ValueError("some values of the image are no numbers")
    return np.asarray((plain - low) / max(high - low, 1e-6), np.float32)
