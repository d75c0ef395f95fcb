"""A stack of slices as NIfTI-1 for the viewer in three dimensions, which reads no DICOM."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.case import CaseImage
from cognoscope.core.errors import NotInstalled

MOST_IN_PLANE = 256
MOST_SLICES = 400
"""What a browser turns smoothly: 256 x 256 x 400 of 16 bits are 52 MB. A larger stack loses every second (third, ...)
row, column or slice, the overlay with it; nothing is measured there."""


def reduced(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """By how much frames, rows and columns are thinned out."""
    plane = -(-max(shape[1], shape[2]) // MOST_IN_PLANE)
    return -(-shape[0] // MOST_SLICES), plane, plane


def affine_of(image: CaseImage) -> NDArray[np.float64]:
    """(4, 4) from (column, row, frame) to mm as NIfTI has it: left and posterior of DICOM become right and anterior.

    Where the image gives no affine, its spacing lying straight; where it gives none, pixels of 1 mm.
    """
    if image.affine is not None:
        matrix = np.asarray(image.affine, dtype=np.float64).reshape(4, 4)
    else:
        frames, rows, columns = image.spacing or (1.0, 1.0, 1.0)
        matrix = np.diag([columns, rows, frames or 1.0, 1.0])
    return np.asarray(np.diag([-1.0, -1.0, 1.0, 1.0]) @ matrix)


def nifti(array: NDArray[Any], affine: NDArray[np.float64]) -> bytes:
    """Frames x rows x columns as the bytes of a NIfTI-1 file, thinned out as `reduced` says.

    Raises:
        NotInstalled: the extra `imaging` is missing.
    """
    try:
        import nibabel
    except ImportError as error:
        raise NotInstalled("A volume in three dimensions needs the extra `imaging`: run `make imaging`.") from error
    frames, rows, columns = reduced(array.shape)
    thin = np.ascontiguousarray(array[::frames, ::rows, ::columns].transpose(2, 1, 0))
    scaled = affine @ np.diag([columns, rows, frames, 1.0])
    image = nibabel.Nifti1Image(thin, scaled, dtype=thin.dtype)  # type: ignore[no-untyped-call]
    return bytes(image.to_bytes())
