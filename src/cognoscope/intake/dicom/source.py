"""The headers that one image of a case was made from: what an export needs to point back into the PACS.

They carry the patient's identity as the PACS knows it. An export that goes back to that PACS needs it, or the result
would hang on nobody; nothing else may keep, log or show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cognoscope.core.errors import InvalidInput

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")


@dataclass(frozen=True)
class SourceFrame:
    """Where one frame of the case's image lies: which header, and which frame of it (from 1), None when it has one."""

    header: int
    frame: int | None


@dataclass(frozen=True)
class SourceSeries:
    """Headers of one series, in the order of the frames of the case's image.

    headers: data sets read without pixels (`pydicom.dcmread(path, stop_before_pixels=True)`), one for each frame, or
        one enhanced multi-frame data set for all. Their order is the order of the raster's frames, whatever the order
        of the positions in space.
    image: the name of the case's image; empty where the case has only one.
    order: where the raster's frames lie among those of a multi-frame object, counted from 0, one entry for each frame
        of the raster; empty where both have the same order.
    """

    headers: tuple[Dataset, ...] = field(repr=False)
    image: str = ""
    order: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.headers:
            raise InvalidInput("A result cannot be written as DICOM without the headers of the images it is about.")
        for name in ("StudyInstanceUID", "SeriesInstanceUID"):
            if len({str(header.get(name)) for header in self.headers}) != 1:
                raise InvalidInput(f"The headers of one image differ in {name}: give one series at a time.")
        if self.order and sorted(self.order) != list(range(len(SourceSeries(self.headers).frames))):
            raise InvalidInput("The order of the frames names a frame twice or leaves one out.")

    @property
    def frames(self) -> tuple[SourceFrame, ...]:
        """One entry for each frame of the raster, in its order."""
        stored = tuple(
            SourceFrame(place, number if count > 1 else None)
            for place, header in enumerate(self.headers)
            for count in (int(header.get("NumberOfFrames") or 1),)
            for number in range(1, count + 1)
        )
        return tuple(stored[place] for place in self.order) if self.order else stored


def source_series(headers: Sequence[Dataset], image: str = "", order: tuple[int, ...] = ()) -> SourceSeries:
    """A `SourceSeries` of data sets in the order of the frames; pixels that they still hold are left out.

    Raises:
        InvalidInput: no header, or headers of more than one series.
    """
    from pydicom.dataset import Dataset

    def bare(header: Dataset) -> Dataset:
        if not any(name in header for name in PIXELS):
            return header
        copy = Dataset()
        copy.update({element.tag: element for element in header if element.keyword not in PIXELS})
        if hasattr(header, "file_meta"):
            copy.file_meta = header.file_meta
        return copy

    return SourceSeries(tuple(bare(header) for header in headers), image, order)
