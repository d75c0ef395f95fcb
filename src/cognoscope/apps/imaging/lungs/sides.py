"""The right lung from the left: two parts where they are two, taken apart where they touch."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

RIGHT: Final = 1
LEFT: Final = 2
OTHER_LUNG: Final = 0.2
"""A part as large as this share of all may be the other lung."""
MOST_EROSIONS: Final = 8

Mask = NDArray[np.bool_]
Labels = NDArray[np.uint8]


def apart(lungs: Mask, spacing: tuple[float, float, float]) -> Labels:
    """1 for the right lung, 2 for the left; columns run from the patient's right to the left.

    Where both are one part (they touch in front of the heart) the mask is eroded until it falls into two, and what was
    eroded goes to the nearer one. A single lung, or a slice with one, is named by the side of the body where it lies.
    """
    kernel = lungs
    flat = ndimage.generate_binary_structure(3, 1)
    flat[0], flat[2] = False, False  # erosion within slices only: thick slices would lose whole lungs
    for _ in range(MOST_EROSIONS + 1):
        labels, count = ndimage.label(kernel, ndimage.generate_binary_structure(3, 1))
        sizes = np.bincount(labels.ravel(), minlength=count + 1)
        sizes[0] = 0
        large = np.flatnonzero(sizes >= max(1.0, OTHER_LUNG * sizes.sum()))
        if len(large) >= 2 and _beside(labels, large):
            return _nearest(lungs, _halves(labels, sizes, spacing), spacing)
        kernel = ndimage.binary_erosion(kernel, flat)
        if not kernel.any():
            break
    return _by_middle(lungs)


def _beside(labels: NDArray[np.int32], large: NDArray[np.int64]) -> bool:
    """Whether the large parts lie on different sides, not one above the other."""
    columns = _columns(labels, large)
    return bool(columns.max() - columns.min() > 0.15 * labels.shape[2])


def _columns(labels: NDArray[np.int32], numbers: NDArray[np.int64]) -> NDArray[np.float64]:
    """The column of the centre of each part; each is looked at in its own box, not in the whole volume."""
    boxes = ndimage.find_objects(labels)
    found = []
    for number in numbers.tolist():
        box = boxes[number - 1]
        counts = (labels[box] == number).sum(axis=(0, 1))
        found.append(box[2].start + float(np.average(np.arange(len(counts)), weights=counts)))
    return np.array(found)


def _halves(labels: NDArray[np.int32], sizes: NDArray[np.int64], spacing: tuple[float, float, float]) -> Labels:
    """Parts as right or left: on which side of the middle between the two largest that lie apart their centre is."""
    numbers = np.flatnonzero(sizes)
    columns = _columns(labels, numbers)
    largest = numbers[np.argmax(sizes[numbers])]
    first = columns[numbers == largest][0]
    far = np.abs(columns - first) > 0.15 * labels.shape[2]
    other = columns[far][np.argmax(sizes[numbers][far])]
    middle = (first + other) / 2
    side = np.zeros(len(sizes), np.uint8)
    side[numbers] = np.where(columns < middle, RIGHT, LEFT)
    return side[labels]


def _nearest(lungs: Mask, kernel: Labels, spacing: tuple[float, float, float]) -> Labels:
    """Each voxel of the lungs to the side of the kernel that is nearer, within its slice where there is one."""
    missing = lungs & (kernel == 0)
    if not missing.any():
        return kernel
    out = kernel.copy()
    for frame in np.flatnonzero(missing.any(axis=(1, 2))):
        source = kernel[frame]
        if not source.any():
            source = _neighbour(kernel, int(frame))
        places = ndimage.distance_transform_edt(source == 0, return_distances=False, return_indices=True)
        out[frame][missing[frame]] = source[places[0], places[1]][missing[frame]]
    return out


def _neighbour(kernel: Labels, frame: int) -> Labels:
    """The slice of the kernel nearest to a frame that has none."""
    filled = np.flatnonzero(kernel.any(axis=(1, 2)))
    return np.asarray(kernel[filled[np.argmin(np.abs(filled - frame))]], np.uint8)


def _by_middle(lungs: Mask) -> Labels:
    """One lung only: named by the half of the image in which most of it lies."""
    columns = lungs.sum(axis=(0, 1))
    half = lungs.shape[2] // 2
    both = min(columns[:half].sum(), columns[half:].sum()) > OTHER_LUNG * columns.sum()
    out = np.zeros(lungs.shape, np.uint8)
    if both:
        out[..., :half][lungs[..., :half]] = RIGHT
        out[..., half:][lungs[..., half:]] = LEFT
    else:
        out[lungs] = RIGHT if columns[:half].sum() > columns[half:].sum() else LEFT
    return out
