"""What the network outlines: slices in, ground glass and consolidation out.

It was taught on slices cut around the lungs and published transposed (rows from the patient's right to the left,
columns from front to back), so every slice is cut and transposed in the same way before it is read.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cognoscope.methods.images.model_folder import ModelFolder
from cognoscope.methods.images.prepare import fitting, prepare
from cognoscope.methods.images.views import turned, turned_back
from cognoscope.methods.onnx import Network

GLASS: Final = 1
DENSE: Final = 2
WINDOW: Final = (-390.0, 1260.0)
"""Centre and width (HU) through which a CT looks like the published slices: soft tissue 0.84, healthy lung 0.14."""
APART_MM: Final = 3.0
"""Slices nearer than this to one already read are not read: what lies between is interpolated."""
BATCH: Final = 4
MARGIN: Final = (0.05, 0.14, 0.04, 0.04)
"""What the published slices show around the lungs: in front, behind, on either side, as shares of the box's sides."""

Classes = NDArray[np.uint8]


@dataclass(frozen=True)
class Box:
    """Part of a slice: first row and column (included), last (excluded)."""

    top: int
    left: int
    bottom: int
    right: int


class LesionNetwork:
    """The network of a model folder; `threshold` is that of anything ill, from `[more]` of `model.toml`.

    Raises:
        InvalidInput: by `read`, where the folder or the network is not what `model.toml` says.
        NotInstalled: by `read`, where the extra `imaging` is missing.
    """

    def __init__(self, folder: Path):
        self.folder = ModelFolder(folder)
        about = self.folder.about
        self.size = about.input.size
        self.views = about.input.views
        self.threshold = float(about.more.get("threshold_any", 0.5))
        self.single = Network(folder / "model.onnx")
        # One compilation of half a second, paid back after some forty slices.
        self.many = Network(folder / "model.onnx", "openvino")

    def ready(self) -> None:
        """Compile what reads a CT, half a second on one core, beside other work."""
        self.many.ready({"image": (BATCH, 1, *self.size)})

    def slice(self, shown: NDArray[Any]) -> Classes:
        """0, 1 (ground glass) or 2 (consolidation) at each pixel of one upright slice as displayed, 0..1.

        A slice alone is read in every view of the model folder (as it is, and mirrored), a CT only as it is: there it
        would double the time.
        """
        ready = prepare(shown.T, self.size)
        found = np.mean([self._seen(ready, view) for view in self.views], axis=0)
        place = fitting(shown.shape[1], shown.shape[0], self.size)
        return classes_of(np.stack([place.back(plane).T for plane in found]), self.threshold)

    def volume(self, hounsfield: NDArray[np.int16], box: Box, frames: NDArray[np.int64], apart_mm: float) -> Classes:
        """The same for each slice of a CT (frames x rows x columns), read within a box and on these frames only.

        apart_mm: distance of the frames; thinner slices are read at every `APART_MM`, those between get the mean of
        both sides, weighted by distance.
        """
        out = np.zeros(hounsfield.shape, np.uint8)
        if not len(frames):
            return out
        read = chosen(frames, apart_mm)
        planes = self._planes(hounsfield, box, read)
        down = _nearest(box.bottom - box.top, self.size[1])
        across = _nearest(box.right - box.left, self.size[0])
        later = np.clip(np.searchsorted(read, frames), 0, len(read) - 1)
        for frame, after in zip(frames.tolist(), later.tolist(), strict=True):
            before = max(after - 1, 0) if read[after] > frame else after
            gap = max(int(read[after] - read[before]), 1)
            share = (frame - int(read[before])) / gap
            plane = planes[before] if before == after else (1 - share) * planes[before] + share * planes[after]
            small = classes_of(plane, self.threshold)
            if small.any():
                # Rows of the network are columns of the slice: transposed back here.
                wide = small.T.take(down, axis=0).take(across, axis=1)
                out[frame, box.top : box.bottom, box.left : box.right] = wide
        return out

    def _seen(self, ready: NDArray[np.float32], view: str) -> NDArray[np.float32]:
        found = self.single.run({"image": turned(ready, view)[np.newaxis]})["probabilities"][0]
        return turned_back(found, view)

    def _planes(self, hounsfield: NDArray[np.int16], box: Box, read: NDArray[np.int64]) -> list[NDArray[np.float32]]:
        found: list[NDArray[np.float32]] = []
        for start in range(0, len(read), BATCH):
            some = read[start : start + BATCH]
            batch = np.zeros((BATCH, 1, *self.size), np.float32)
            for place, frame in enumerate(some.tolist()):
                part = hounsfield[frame, box.top : box.bottom, box.left : box.right].T
                batch[place] = prepare(through_window(part), self.size)
            found += list(self.many.run({"image": batch})["probabilities"][: len(some)])
        return found


def classes_of(planes: NDArray[np.float32], threshold: float) -> Classes:
    """(3, rows, columns) of probabilities to classes: ill from the threshold on, then the likelier of both."""
    ill = planes[0] <= np.float32(1 - threshold)
    return np.where(ill, np.where(planes[DENSE] > planes[GLASS], DENSE, GLASS), 0).astype(np.uint8)


def through_window(hounsfield: NDArray[np.int16]) -> NDArray[np.float32]:
    """Hounsfield units as the published slices show them, in 0..1."""
    low, width = WINDOW[0] - WINDOW[1] / 2, WINDOW[1]
    return np.asarray(np.clip((hounsfield.astype(np.float32) - np.float32(low)) / np.float32(width), 0, 1), np.float32)


def chosen(frames: NDArray[np.int64], apart_mm: float) -> NDArray[np.int64]:
    """The frames that are read: the first, the last, and between them one at least every `APART_MM`."""
    step = max(1, int(APART_MM / apart_mm + 1e-6)) if apart_mm > 0 else 1
    return np.unique(np.concatenate([frames[::step], frames[-1:]]))


def box_around(fields: NDArray[np.uint8]) -> Box:
    """The part of the slices that holds both lungs, with what the published slices show around them."""
    seen = np.bitwise_or.reduce(fields, axis=0) > 0
    rows, columns = (np.flatnonzero(np.any(seen, axis=axis)) for axis in (1, 0))
    tall, wide = int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1
    front, behind, right, left = MARGIN
    return Box(
        max(0, int(rows[0] - front * tall)),
        max(0, int(columns[0] - right * wide)),
        min(fields.shape[1], int(rows[-1] + 1 + behind * tall)),
        min(fields.shape[2], int(columns[-1] + 1 + left * wide)),
    )


def _nearest(wanted: int, given: int) -> NDArray[np.int64]:
    """For each of `wanted` pixels, which of `given` lies nearest."""
    return ((np.arange(wanted) + 0.5) * given / wanted).astype(np.int64)
