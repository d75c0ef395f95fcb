"""Overlays as DICOM Segmentation objects (PS3.3 A.51): binary, one segment for each class, made with highdicom.

Binary rather than label map: label map segmentation is younger (2024) and most PACS do not show it yet. Frames without
any pixel are left out, so that a 300-slice result is as large as what is ill in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.errors import InvalidInput
from cognoscope.core.image_value import Overlay
from cognoscope.exports.dicom.algorithm import MANUFACTURER, Algorithm
from cognoscope.exports.dicom.coding import coded, concept, line, schemes
from cognoscope.exports.dicom.headers import sign, skeleton
from cognoscope.exports.dicom.pairing import Pair
from cognoscope.exports.dicom.uids import uid

if TYPE_CHECKING:
    from highdicom.seg import SegmentDescription
    from pydicom.dataset import Dataset

SERIES_NUMBER = 9100
LABELS = {True: "REVIEWED", False: "PRELIMINARY"}


@dataclass(frozen=True)
class Issue:
    """What the objects of one proposal in one state share."""

    key: tuple[str, ...]
    series: tuple[str, ...]
    number: int
    algorithm: Algorithm
    language: str
    reviewed: bool
    status: str
    at: datetime
    series_at: datetime


def segmentations(overlay: Overlay, pair: Pair, issue: Issue, first: int = 1) -> list[Dataset]:
    """The SEG of an overlay: one, or one a frame for frames that lie nowhere in the patient (an ultrasound clip).

    Nothing where no pixel of the overlay is marked.

    Raises:
        InvalidInput: the overlay has another size than its image.
    """
    if overlay.raster.shape != pair.image.raster.shape[:3]:
        raise InvalidInput(f"The overlay {overlay.key} has another size than its image: it cannot be written as SEG.")
    array = pair.stored(_segments(overlay))
    if not array.any():
        return []
    if _placed(pair.source.headers[0]):
        return [_segmentation(overlay, array, pair.skeletons, pair, issue, first, None)]
    if len(pair.source.headers) > 1:
        raise InvalidInput("The headers of the slices do not say where each lies: they cannot be marked as a volume.")
    source = _unplaced(pair.source.headers[0])
    made: list[Dataset] = []
    for frame in np.flatnonzero(array.any(axis=(1, 2))):
        number = int(frame) + 1 if array.shape[0] > 1 else None
        made.append(_segmentation(overlay, array[frame], [source], pair, issue, first + len(made), number))
    return made


def _placed(header: Dataset) -> bool:
    return "FrameOfReferenceUID" in header and (
        "ImagePositionPatient" in header or "PerFrameFunctionalGroupsSequence" in header
    )


def _unplaced(header: Dataset) -> Dataset:
    """One frame that lies nowhere in the patient, as highdicom takes it: as a secondary capture, whose class is put
    right again in `_point_back`."""
    from pydicom.uid import SecondaryCaptureImageStorage

    alone = skeleton(header)
    for keyword in ("NumberOfFrames", "FrameOfReferenceUID", "PositionReferenceIndicator"):
        if keyword in alone:
            del alone[keyword]
    alone.SOPClassUID = SecondaryCaptureImageStorage
    return alone


def _segments(overlay: Overlay) -> NDArray[np.uint8]:
    """The overlay with segment numbers (1, 2, ... in the order of the classes) in the place of class numbers."""
    table = np.zeros(256, dtype=np.uint8)
    for number, each in enumerate(overlay.classes, start=1):
        table[each.number] = number
    array: NDArray[np.uint8] = overlay.raster.array()
    return array if all(n == each.number for n, each in enumerate(overlay.classes, 1)) else table[array]


def segment_uid(issue: Issue, overlay: Overlay, number: int) -> str:
    """The tracking UID of one segment, which the SR repeats."""
    return uid(*issue.key, "segment", overlay.key, str(number))


def _segmentation(
    overlay: Overlay,
    array: NDArray[np.uint8],
    sources: Sequence[Dataset],
    pair: Pair,
    issue: Issue,
    instance: int,
    frame: int | None,
) -> Dataset:
    from highdicom.seg import Segmentation, SegmentationTypeValues

    made = Segmentation(
        source_images=list(sources),
        pixel_array=array if array.ndim == 3 else array[np.newaxis],
        segmentation_type=SegmentationTypeValues.BINARY,
        segment_descriptions=_descriptions(overlay, issue),
        series_instance_uid=uid(*issue.series, "series", "SEG", pair.image.name),
        series_number=SERIES_NUMBER,
        sop_instance_uid=uid(*issue.key, "SEG", overlay.key, str(instance)),
        instance_number=instance,
        manufacturer=MANUFACTURER,
        manufacturer_model_name=issue.algorithm.name,
        software_versions=issue.algorithm.version,
        device_serial_number=issue.algorithm.serial,
        content_label=LABELS[issue.reviewed],
        content_description=line(issue.status),
        series_description=line(f"{issue.status} - {overlay.label.in_language(issue.language)}"),
        specific_character_set="ISO_IR 192",
        coding_schemes=schemes(),
    )
    _same_each_time(made, uid(*issue.key, "dimensions", overlay.key))
    if "FrameOfReferenceUID" not in made:
        _point_back(made, str(pair.source.headers[0].SOPClassUID), frame)
        # Type 2C where nothing else says how the image lies (PS3.3 C.7.6.1).
        made.PatientOrientation = pair.source.headers[0].get("PatientOrientation") or ""
    return sign(made, pair.source.headers[0], issue.at, issue.series_at)


def _descriptions(overlay: Overlay, issue: Issue) -> list[SegmentDescription]:
    from highdicom.seg import SegmentAlgorithmTypeValues, SegmentDescription

    described = []
    for number, each in enumerate(overlay.classes, start=1):
        label = each.label.in_language(issue.language)
        known = concept(each.name, label, each.code)
        segment = SegmentDescription(
            segment_number=number,
            segment_label=line(label),
            segmented_property_category=coded(known.category),
            segmented_property_type=coded(known.type),
            algorithm_type=SegmentAlgorithmTypeValues.AUTOMATIC,
            algorithm_identification=issue.algorithm.for_segments(),
            tracking_uid=segment_uid(issue, overlay, number),
            tracking_id=line(f"{overlay.key}.{each.name}"),
        )
        if known.side is not None:
            segment.SegmentedPropertyTypeCodeSequence[0].SegmentedPropertyTypeModifierCodeSequence = [coded(known.side)]
        described.append(segment)
    return described


def _same_each_time(made: Dataset, dimensions: str) -> None:
    """highdicom draws the UID of the dimensions; ours follows from the proposal like all others."""
    for item in (*made.DimensionOrganizationSequence, *made.get("DimensionIndexSequence", ())):
        item.DimensionOrganizationUID = dimensions


def _point_back(made: Dataset, sop_class: str, frame: int | None) -> None:
    """Name the class of the source, and which frame of it a segment is of where it has several."""
    for series in made.ReferencedSeriesSequence:
        for instance in series.ReferencedInstanceSequence:
            instance.ReferencedSOPClassUID = sop_class
    for group in made.PerFrameFunctionalGroupsSequence:
        for derivation in group.get("DerivationImageSequence", ()):
            for source in derivation.SourceImageSequence:
                source.ReferencedSOPClassUID = sop_class
                if frame is not None:
                    source.ReferencedFrameNumber = frame
