"""The value of an application that reads images: measurements, marks and overlays on the images of its case."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from cognoscope.core.case import ColumnName
from cognoscope.core.evidence import PixelsPointer, Pointer
from cognoscope.core.interval import Interval
from cognoscope.core.noun import Noun, Sentence, Slug
from cognoscope.core.pixels import Raster

ImageKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")]

ADDED = "mine."
"""How the key begins of what a reader adds to a proposal on images: a place that the program did not mark."""


class Coded(Noun):
    """A concept of a coding scheme as DICOM writes it: value, scheme designator, meaning (PS3.3 section 8)."""

    value: str
    scheme: str
    meaning: str


PROBABILITY = Coded(value="122157", scheme="DCM", meaning="Probability")
"""The code of a measurement that is a calibrated probability, 0..1: screens and pages write it in %."""


class Measurement(Noun):
    """One number, reviewable alone. `unit` is UCUM (`%`, `mL`, `mm`, `1`); `interval` where one was estimated.

    For a class or a grade, `amount` is its number, `words` its name and `options` the conformal set: the names of all
    that cannot be excluded, in order.
    """

    key: ImageKey
    label: Sentence
    amount: float
    unit: str = "1"
    interval: Interval | None = None
    words: Sentence | None = None
    options: tuple[Sentence, ...] = ()
    code: Coded | None = None
    evidence: tuple[Pointer, ...] = ()


class ImageMark(Noun):
    """A place on an image, reviewable alone: what is there, how sure (a probability, where one was estimated).

    `points` are (row, column) in pixels of the image, the centre of the first pixel being (0, 0). A box and an ellipse
    have two: opposite corners of the box, upright, that holds them. A polyline is open, a polygon closed.
    """

    key: ImageKey
    label: Sentence
    image: ColumnName
    frame: Annotated[int, Field(ge=0)] = 0
    shape: Literal["point", "box", "ellipse", "polygon", "polyline"]
    points: Annotated[tuple[tuple[float, float], ...], Field(min_length=1, max_length=2_000)]
    certainty: Annotated[float, Field(ge=0, le=1)] | None = None
    code: Coded | None = None

    @model_validator(mode="after")
    def _counted(self) -> Self:
        least, most = {"point": (1, 1), "box": (2, 2), "ellipse": (2, 2), "polyline": (2, 2_000)}.get(
            self.shape, (3, 2_000)
        )
        if not least <= len(self.points) <= most:
            raise ValueError(f"a {self.shape} cannot have {len(self.points)} points")
        return self


class OverlayClass(Noun):
    """What the pixels of one value of a segmentation are."""

    number: Annotated[int, Field(ge=1, le=255)]
    name: Slug
    label: Sentence
    code: Coded | None = None


class Overlay(Noun):
    """Pixels over an image of the case, of its frames, rows and columns; type uint8.

    segmentation: each pixel is 0 or the number of a class. heatmap: 0 to 255, how much it counted.
    """

    key: ImageKey
    label: Sentence
    kind: Literal["segmentation", "heatmap"]
    image: ColumnName
    raster: Raster
    classes: tuple[OverlayClass, ...] = ()

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if self.raster.dtype != "uint8" or len(self.raster.shape) != 3:
            raise ValueError("an overlay is frames x rows x columns of uint8")
        if (self.kind == "segmentation") != bool(self.classes):
            raise ValueError("a segmentation names its classes, a heatmap has none")
        return self


class ImageValue(Noun):
    """What was measured and marked on the images of the case, shown in a viewer."""

    kind: Literal["image"] = "image"
    measurements: Annotated[tuple[Measurement, ...], Field(min_length=1)]
    marks: tuple[ImageMark, ...] = ()
    overlays: tuple[Overlay, ...] = ()

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        keys = [each.key for each in self.measurements]
        keys += [each.key for each in self.marks] + [each.key for each in self.overlays]
        if len(set(keys)) != len(keys):
            raise ValueError("two elements have the same key: a review could not tell them apart")
        return self

    def element(self, key: str) -> Measurement | ImageMark | Overlay | None:
        """The measurement, mark or overlay of that key, or None."""
        elements: tuple[Measurement | ImageMark | Overlay, ...] = (*self.measurements, *self.marks, *self.overlays)
        return next((one for one in elements if one.key == key), None)


def on_pixels(mark: ImageMark, note: Sentence | None = None) -> PixelsPointer:
    """The evidence that a mark is: the upright box around it."""
    rows, columns = zip(*mark.points, strict=True)
    box = (int(min(rows)), int(min(columns)), int(max(rows)) + 1, int(max(columns)) + 1)
    return PixelsPointer(image=mark.image, frame=mark.frame, box=box, note=note)
