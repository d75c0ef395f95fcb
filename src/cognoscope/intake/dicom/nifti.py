"""A NIfTI file becomes the same volume as a series of slices would.

NIfTI-1.1 (Cox et al., 2004); read by nibabel. What the file claims is checked before its voxels are unpacked.
"""

from pathlib import Path
from typing import Any

import numpy as np

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom.extra import guarded, need_imaging
from cognoscope.intake.dicom.volume import MOST_VOXELS, SeriesFacts, Volume

DAMAGED = "This is no NIfTI file that can be read, or it is damaged or cut off: export it again."


def read_nifti(path: Path) -> Volume:
    """Read a three-dimensional NIfTI file (`.nii` or `.nii.gz`).

    The nearest axial order is taken: frames from the feet to the head, rows from front to back, columns from the
    patient's right to the left, as radiologists look at slices. Values become int16 (rounded) where 16 bits hold them.

    Raises:
        InvalidInput: not such a file, damaged, of another number of dimensions, or too large.
        NotInstalled: the extra `imaging` is missing.
    """
    need_imaging("Reading NIfTI")
    with guarded(DAMAGED):
        return _read(path)


def _read(path: Path) -> Volume:
    import nibabel

    image = nibabel.Nifti1Image.from_filename(path)
    shape = image.shape
    while len(shape) > 3 and shape[-1] == 1:
        shape = shape[:-1]
    if len(shape) != 3:
        raise InvalidInput(f"This NIfTI file has {len(shape)} dimensions: give a volume of three.")
    if min(shape) < 1 or int(np.prod([int(side) for side in shape], dtype=object)) > MOST_VOXELS:
        raise InvalidInput(
            "This NIfTI file states more voxels than can be held as one volume: it is damaged, or too large."
        )
    affine = np.asarray(image.affine, float)
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    if not np.isfinite(affine).all() or not ((lengths > 0.001) & (lengths < 100)).all():
        raise InvalidInput("This NIfTI file states voxels of an impossible size.")
    near: Any = nibabel.as_closest_canonical(image)  # type: ignore[no-untyped-call]
    data = np.asanyarray(near.dataobj).reshape(near.shape[:3])
    # Canonical is to the right, to the front, to the head; slices are looked at with right on the left, front above.
    array = data[::-1, ::-1, :].transpose(2, 1, 0)
    turn = np.zeros((4, 4))
    turn[0, 2], turn[1, 1], turn[2, 0], turn[3, 3] = -1, -1, 1, 1
    turn[0, 3], turn[1, 3] = data.shape[0] - 1, data.shape[1] - 1
    placed = np.asarray(near.affine, float) @ turn
    count = array.shape[0]
    return Volume(
        array=_sixteen_bits(np.ascontiguousarray(array)),
        spacing_mm=_spacing(placed),
        affine=placed,
        positions=placed[:3, 3] + np.arange(count)[:, None] * placed[:3, 0],
        sop_instance_uids=(),
        frame_numbers=tuple(range(1, count + 1)),
        series_uid="",
        facts=SeriesFacts(),
    )


def _spacing(affine: np.ndarray) -> tuple[float, float, float]:
    frame, row, column = (float(length) for length in np.linalg.norm(affine[:3, :3], axis=0))
    return frame, row, column


def _sixteen_bits(array: np.ndarray) -> np.ndarray:
    if not np.issubdtype(array.dtype, np.number) or np.issubdtype(array.dtype, np.complexfloating):
        raise InvalidInput("This NIfTI file holds colours or complex numbers, not one value a voxel.")
    if np.issubdtype(array.dtype, np.floating):
        if not np.isfinite(array).all():
            raise InvalidInput("This NIfTI file holds voxels that are no numbers.")
        array = np.rint(array)
    if array.min() >= -32768 and array.max() <= 32767:
        return array.astype(np.int16)
    return array.astype(np.float32)
