"""From an image of a case to a reading: values checked, array turned upright, gate asked, network run, turned back."""

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cognoscope.apps.imaging.lungs.case import KIND
from cognoscope.apps.imaging.lungs.fields import Grid, lung_fields
from cognoscope.apps.imaging.lungs.fields_grey import is_transposed
from cognoscope.apps.imaging.lungs.model import Reading, read_picture, read_volume
from cognoscope.apps.imaging.lungs.network import LesionNetwork, box_around, through_window
from cognoscope.apps.imaging.lungs.orientation import flips, mirrored
from cognoscope.apps.imaging.lungs.refusals import COLOUR, NO_LUNGS, measured_in_hounsfield, wrong_with_values
from cognoscope.core.case import CaseImage
from cognoscope.methods.images.display import displayed
from cognoscope.methods.images.kind import Refusal, unreadable, wrong_with_pixels
from cognoscope.methods.images.watchman import Watchman

SHOWN_TO_GATE: Final = (0.35, 0.5, 0.65)
"""Where in the lungs, from the feet to the head, the slices of a CT lie that the gate sees; two of three must pass."""


@lru_cache(maxsize=4)
def network_of(weights: Path) -> LesionNetwork:
    """The network of a model folder, opened once."""
    return LesionNetwork(weights)


def looked_at(image: CaseImage, weights: Path, own: Path) -> Reading | Refusal:
    """What was found in a CT or in a picture of a slice, or why nothing can be said.

    weights: the model folder; own: the folder with the application's own gate.
    """
    watchman = Watchman(weights, own)
    if measured_in_hounsfield(image):
        return _volume(image, weights, watchman)
    return _picture(image, weights, watchman)


def _volume(image: CaseImage, weights: Path, watchman: Watchman) -> Reading | Refusal:
    refusal = wrong_with_values(image)
    if refusal is not None:
        return refusal
    axes = flips(image.affine) or ()
    upright = np.asarray(mirrored(image.raster.array(), axes), np.int16)
    spacing = image.spacing or (0.0, 1.0, 1.0)
    grid = Grid(*spacing)
    network = network_of(weights)
    with ThreadPoolExecutor(1) as beside:
        opened = beside.submit(network.ready)
        fields = lung_fields(upright, grid)
    opened.result()
    if fields is None:
        return NO_LUNGS
    refusals = [found for view in views(upright, fields) if (found := watchman.refuses(view)) is not None]
    if 2 * len(refusals) > len(SHOWN_TO_GATE) or (len(upright) == 1 and refusals):
        return refusals[0]
    reading = read_volume(upright, fields, grid, network)
    if not axes:
        return reading
    back = [np.ascontiguousarray(mirrored(array, axes)) for array in (reading.fields, reading.lesions)]
    return Reading(back[0], back[1], reading.voxel_ml, reading.complete)


def views(upright: NDArray[np.int16], fields: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    """Slices of a CT as the gate was taught to see them: cut around the lungs, in a lung window, transposed."""
    frames, box = np.flatnonzero(fields.any(axis=(1, 2))), box_around(fields)
    places = sorted({int(frames[int(share * (len(frames) - 1))]) for share in SHOWN_TO_GATE})
    return [through_window(upright[frame, box.top : box.bottom, box.left : box.right].T) for frame in places]


def _picture(image: CaseImage, weights: Path, watchman: Watchman) -> Reading | Refusal:
    try:
        shown = displayed(image)
    except ValueError:
        return unreadable(KIND)
    grey = grey_of(shown)
    if grey is None:
        return COLOUR
    refusal = wrong_with_pixels(shown, KIND) or watchman.refuses(as_published(grey))
    return refusal or read_picture(grey, network_of(weights)) or NO_LUNGS


def grey_of(shown: NDArray[Any]) -> NDArray[np.float32] | None:
    """A displayed image as grey in 0..1; None for one in colours."""
    if shown.ndim == 3:
        spread = shown.max(axis=2).astype(np.float32) - shown.min(axis=2).astype(np.float32)
        top = 255.0 if shown.dtype == np.uint8 else 1.0
        if float(spread.mean()) > 0.02 * top:
            return None
        shown = shown.mean(axis=2).astype(shown.dtype)
    return np.asarray(shown, np.float32) / np.float32(255) if shown.dtype == np.uint8 else np.asarray(shown, np.float32)


def as_published(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """A picture as the public sets publish them, transposed: what gate and network were taught on."""
    return grey if is_transposed(grey) else np.ascontiguousarray(grey.T)
