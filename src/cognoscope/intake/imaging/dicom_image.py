"""A DICOM object as an image of a case: modality values, window, size of a pixel, side of the body. No identity."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from cognoscope.core import pixels
from cognoscope.core.case import CaseImage
from cognoscope.intake.dicom.pixels import pixels_of
from cognoscope.intake.dicom.reading import DicomObject, word_of

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

CENTIMETRE = 3
TWO_DIMENSIONS = 1
KEPT = ("uint8", "int16", "uint16", "float32")


def case_image(read: DicomObject, name: str) -> CaseImage:
    """The image of one object.

    Raises:
        InvalidInput: it holds no pixels, or some that cannot be read.
    """
    found = pixels_of(read)
    array = found.array
    if array.dtype.name not in KEPT:
        array = (array.astype(np.int16) if _fits(array) else array.astype(np.float32)) if array.size else array
    window = found.windows[0] if found.windows and not found.colour else None
    size = pixel_size_mm(read.dataset)
    return CaseImage(
        name=name,
        raster=pixels.keep(array),
        modality=read.modality if read.modality.isalpha() and 2 <= len(read.modality) <= 8 else "OT",
        unit="[hnsf'U]" if read.modality == "CT" else None,
        spacing=(0.0, *size) if size else None,
        laterality=laterality(read.dataset),
        view=word_of(read.dataset, "ViewPosition") or None,
        window=(window.centre, window.width) if window else None,
    )


def _fits(array: np.ndarray) -> bool:
    return bool(np.issubdtype(array.dtype, np.integer) and array.min() >= -32768 and array.max() <= 32767)


def laterality(dataset: "Dataset") -> Any:
    """L or R, of the image (PS3.3 C.7.3.1.1.2 and C.8.17.7) or else of the series; None where it does not say."""
    for keyword in ("ImageLaterality", "Laterality"):
        said = word_of(dataset, keyword)
        if said in ("L", "R"):
            return said
    return None


def pixel_size_mm(dataset: "Dataset") -> tuple[float, float] | None:
    """Height and width of a pixel in mm; None where the object does not say, or says nothing possible.

    Ultrasound says it by regions (PS3.3 C.8.5.5): the largest two-dimensional one counts. Otherwise Pixel Spacing, then
    Nominal Scanned Pixel Spacing, then Imager Pixel Spacing, which is that of the detector.
    """
    regions = dataset.get("SequenceOfUltrasoundRegions") or []
    size = _of_regions(regions)
    if size is not None:
        return size
    for keyword in ("PixelSpacing", "NominalScannedPixelSpacing", "ImagerPixelSpacing"):
        numbers = _numbers(dataset.get(keyword))
        if len(numbers) == 2 and all(0 < number < 100 for number in numbers):
            return numbers[0], numbers[1]
    return None


def _of_regions(regions: Iterable["Dataset"]) -> tuple[float, float] | None:
    best: tuple[float, tuple[float, float]] | None = None
    for region in regions:
        if region.get("RegionSpatialFormat") != TWO_DIMENSIONS or region.get("PhysicalUnitsXDirection") != CENTIMETRE:
            continue
        if region.get("PhysicalUnitsYDirection") != CENTIMETRE:
            continue
        corners = [_numbers(region.get(f"RegionLocation{name}")) for name in ("MinX0", "MaxX1", "MinY0", "MaxY1")]
        deltas = [_numbers(region.get(name)) for name in ("PhysicalDeltaY", "PhysicalDeltaX")]
        if not all(corners) or not all(deltas):
            continue
        area = (corners[1][0] - corners[0][0]) * (corners[3][0] - corners[2][0])
        size = abs(deltas[0][0]) * 10, abs(deltas[1][0]) * 10
        if all(0 < side < 100 for side in size) and (best is None or area > best[0]):
            best = area, size
    return best[1] if best else None


def _numbers(value: Any) -> list[float]:
    if value is None or value == "":
        return []
    try:
        found = [float(each) for each in ([value] if isinstance(value, int | float | str) else value)]
    except (TypeError, ValueError):
        return []
    return found if np.isfinite(found).all() else []
