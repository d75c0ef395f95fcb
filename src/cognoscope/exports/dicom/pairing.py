"""An image of the case beside the headers it was made from, once it is sure that they fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.case import Case, CaseImage
from cognoscope.core.errors import InvalidInput
from cognoscope.exports.dicom.headers import skeleton
from cognoscope.intake.dicom.source import SourceFrame, SourceSeries

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

NEAREST_MM = 0.5
"""How far (mm) a frame may lie from where the case says, or half the distance between frames where that is more."""


@dataclass(frozen=True)
class Pair:
    """An image of the case and its headers; `frames` says where each frame of the raster lies in them."""

    image: CaseImage
    source: SourceSeries
    frames: tuple[SourceFrame, ...]

    def header(self, frame: int) -> Dataset:
        """The header of the object that holds a frame of the raster."""
        return self.source.headers[self.frames[frame].header]

    @cached_property
    def skeletons(self) -> list[Dataset]:
        """What highdicom needs of each header, made once for every object that is written."""
        return [skeleton(header) for header in self.source.headers]

    def stored(self, array: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Frames of the raster put in the order in which the objects store them."""
        order = self.source.order
        if not order or order == tuple(range(len(order))):
            return array
        back = np.empty_like(array)
        back[list(order)] = array
        return back


def pairs(case: Case, source: SourceSeries | Sequence[SourceSeries]) -> dict[str, Pair]:
    """By name, each image of the case that has headers.

    Raises:
        InvalidInput: headers of no image of the case, of other frames, sizes or positions than the image has.
    """
    several = [source] if isinstance(source, SourceSeries) else list(source)
    found = {}
    for series in several:
        image = case.image(series.image) if series.image else (case.images[0] if len(case.images) == 1 else None)
        if image is None:
            raise InvalidInput("The headers given belong to no image of the case: name the image of each series.")
        found[image.name] = _pair(image, _arranged(image, series))
    if not found:
        raise InvalidInput("A result cannot be written as DICOM without the headers of the images it is about.")
    return found


def _pair(image: CaseImage, series: SourceSeries) -> Pair:
    frames = series.frames
    if len(frames) != image.raster.frames:
        raise InvalidInput(
            f"The image {image.name} of the case has {image.raster.frames} frames, its headers {len(frames)}: "
            "give the headers of the very series it was made from."
        )
    for header in series.headers:
        if (header.get("Rows"), header.get("Columns")) != (image.raster.rows, image.raster.columns):
            raise InvalidInput(f"The headers of the image {image.name} are of an image of another size.")
    _same_places(image, series, frames)
    return Pair(image, series, frames)


def _arranged(image: CaseImage, series: SourceSeries) -> SourceSeries:
    """The same headers, each object once, and for a multi-frame object the order in which its frames lie in the image:
    a volume is put in order by place, the object it came from need not be."""
    headers = tuple({str(each.get("SOPInstanceUID")): each for each in series.headers}.values())
    series = SourceSeries(headers, series.image, series.order)
    frames = int(headers[0].get("NumberOfFrames") or 1)
    if series.order or len(headers) > 1 or frames == 1 or image.affine is None:
        return series
    places = [place for number in range(1, frames + 1) if (place := position(headers[0], number)) is not None]
    if len(places) != frames or image.raster.frames != frames:
        return series
    affine = np.array(image.affine, dtype=np.float64).reshape(4, 4)
    wanted = [affine[:3, :] @ (0, 0, number, 1) for number in range(frames)]
    order = tuple(int(np.linalg.norm(np.array(places) - place, axis=1).argmin()) for place in wanted)
    return SourceSeries(headers, series.image, order) if len(set(order)) == frames else series


def _same_places(image: CaseImage, series: SourceSeries, frames: tuple[SourceFrame, ...]) -> None:
    """Each frame lies in the patient where the case says: a stack that was turned round would mark the wrong place."""
    if image.affine is None:
        return
    affine = np.array(image.affine, dtype=np.float64).reshape(4, 4)
    allowed = max(NEAREST_MM, float(np.linalg.norm(affine[:3, 2])) / 2)
    for number, frame in enumerate(frames):
        place = position(series.headers[frame.header], frame.frame)
        if place is not None and np.linalg.norm(place - affine[:3, :] @ (0, 0, number, 1)) > allowed:
            raise InvalidInput(
                f"The headers of the image {image.name} are not in the order of its frames, or of another series: a "
                "result would be drawn on the wrong slice. Give them in the order in which the case was built."
            )


def position(header: Dataset, frame: int | None) -> NDArray[np.float64] | None:
    """Where the centre of the first pixel lies, in mm of the patient (LPS); None where the header does not say."""
    value = header.get("ImagePositionPatient")
    if frame is not None:
        groups = header.get("PerFrameFunctionalGroupsSequence") or ()
        planes = groups[frame - 1].get("PlanePositionSequence") if frame <= len(groups) else None
        value = planes[0].get("ImagePositionPatient") if planes else None
    return None if not value or len(value) != 3 else np.array([float(one) for one in value])
