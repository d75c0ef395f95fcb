"""How a CT lies in its array, and the same array as an axial slice is displayed: right on the left, front above."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

STRAIGHT: Final = 0.9
"""Cosine between an axis of the array and one of the body below which the CT is not axial."""


def flips(affine: Sequence[float] | None) -> tuple[int, ...] | None:
    """The axes of frames x rows x columns to be mirrored so that frames run to the head, rows to the back, columns to
    the patient's left; None for a CT that is not axial. Without an affine (a picture, a file that does not say) nothing
    is mirrored.

    affine: 4 x 4 by rows, (column, row, frame) to mm in DICOM patient coordinates: x to the left, y to the back, z to
        the head.
    """
    if affine is None:
        return ()
    matrix = np.array(affine, np.float64).reshape(4, 4)[:3, :3]
    lengths = np.linalg.norm(matrix, axis=0)
    if (lengths[:2] < 1e-9).any():
        return None
    if lengths[2] < 1e-9:
        matrix[:, 2] = np.cross(matrix[:, 0], matrix[:, 1])
        lengths = np.linalg.norm(matrix, axis=0)
    along = np.diag(matrix / lengths)
    if (np.abs(along) < STRAIGHT).any():
        return None
    return tuple(axis for axis, value in ((0, along[2]), (1, along[1]), (2, along[0])) if value < 0)


def mirrored(array: NDArray[Any], axes: tuple[int, ...]) -> NDArray[Any]:
    """The array mirrored along these axes; mirrored again it is what it was."""
    return np.flip(array, axes) if axes else array
