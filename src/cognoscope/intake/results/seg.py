"""DICOM segmentations of other people's algorithms as results: a volume or an area for each segment, and its pixels."""

from collections import defaultdict
from datetime import tzinfo
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.errors import InvalidInput
from cognoscope.core.image_value import Coded, Measurement
from cognoscope.intake.dicom.deidentify_text import names_in
from cognoscope.intake.dicom.extra import guarded
from cognoscope.intake.dicom.pixels import frame_groups, stored_values
from cognoscope.intake.dicom.reading import DicomObject
from cognoscope.intake.results import received
from cognoscope.intake.results.received import ForeignAlgorithm, PlacedSegment, Received
from cognoscope.intake.results.sr_items import first_code
from cognoscope.intake.results.when import LOCAL, made_at

DAMAGED = "This segmentation cannot be read as the standard lays it out: it is damaged. Have it sent again."
ON_A_SLIDE = "This segmentation lies on a microscope slide: only those of images of a patient are taken in."
BY_A_PERSON = "This segmentation was drawn by a person, not by an algorithm: it is not taken in as a proposal."
MOST_SEGMENTS = 64
MOST_PIXELS = 1 << 30


def read_segmentation(read: DicomObject, local: tzinfo = LOCAL) -> Received:
    """One SEG object: binary, fractional (from half of its maximum on) or label map.

    Raises:
        InvalidInput: it is damaged or on a slide, drawn by hand or made by this program, names no algorithm, or marks
            nothing.
    """
    dataset = read.dataset
    with guarded(DAMAGED):
        if "TotalPixelMatrixRows" in dataset:
            raise InvalidInput(ON_A_SLIDE)
        described = {int(each.SegmentNumber): each for each in dataset.SegmentSequence if each.SegmentNumber}
        if not described or len(described) > MOST_SEGMENTS:
            raise InvalidInput(f"This segmentation describes no segment, or more than {MOST_SEGMENTS}.")
        if read.rows * read.columns * read.number_of_frames > MOST_PIXELS:
            raise InvalidInput("This segmentation is too large to be held in memory.")
        names = names_in(dataset)
        who = _algorithm(dataset, list(described.values()))
        shared = next(iter(frame_groups(dataset, read.number_of_frames)), dataset)
        found = _masks(read, described)
        segments, measurements = [], list[Measurement]()
        for number, segment in sorted(described.items()):
            masks = found.get(number, [])
            label, code = _what(segment, names)
            segments.append(PlacedSegment(label, code, {place: mask for place, mask, _ in masks if place is not None}))
            amount, unit = _amount(shared, masks)
            measured = received.measurement([each.key for each in measurements], label, amount, unit, code)
            measurements += [measured] if measured else []
        if not measurements:
            raise InvalidInput("This segmentation marks nothing.")
        return Received(
            source="dicom-seg",
            algorithm=who,
            patient=str(dataset.get("PatientID") or "").strip(),
            identifier=read.sop_instance_uid,
            study=read.study_uid,
            at=made_at(dataset, local),
            preliminary=True,
            measurements=tuple(measurements),
            segments=tuple(segments),
        )


def _algorithm(dataset: Any, segments: list[Any]) -> ForeignAlgorithm:
    """By the segments' algorithm identification (PS3.3 10.16) or name, else by the equipment."""
    if {str(each.get("SegmentAlgorithmType") or "") for each in segments} == {"MANUAL"}:
        raise InvalidInput(BY_A_PERSON)
    equipment = [str(dataset.get(key) or "") for key in ("ManufacturerModelName", "SoftwareVersions", "Manufacturer")]
    for segment in segments:
        for stated in segment.get("SegmentationAlgorithmIdentificationSequence") or ():
            if stated.get("AlgorithmName"):
                maker = str(stated.get("AlgorithmSource") or "") or equipment[2]
                return received.algorithm(str(stated.AlgorithmName), str(stated.get("AlgorithmVersion") or ""), maker)
    name = next((str(each.SegmentAlgorithmName) for each in segments if each.get("SegmentAlgorithmName")), "")
    return received.algorithm(name or equipment[0], equipment[1], equipment[2])


def _what(segment: Any, names: frozenset[str]) -> tuple[str, Coded | None]:
    """The segment's name from its codes, which are chosen from lists, rather than from its label, which is typed."""
    types = segment.get("SegmentedPropertyTypeCodeSequence")
    code = first_code(types, names)
    sides = types[0].get("SegmentedPropertyTypeModifierCodeSequence") if types else None
    side = first_code(sides, names)
    said = code.meaning if code else received.told(segment.get("SegmentLabel"), names) or "-"
    return (f"{said} ({side.meaning})" if side else said), code


Masks = list[tuple[tuple[str, int] | None, NDArray[np.bool_], float]]


def _masks(read: DicomObject, described: dict[int, Any]) -> dict[int, Masks]:
    """By segment: where each frame lies (None where it does not say), its pixels, its place along the normal."""
    dataset = read.dataset
    stored, _ = stored_values(read)
    if stored.ndim != 3:
        stored = stored[..., 0]
    kind = str(dataset.get("SegmentationType") or "")
    groups = frame_groups(dataset, read.number_of_frames) or [dataset]
    found: dict[int, Masks] = defaultdict(list)
    for place, frame in enumerate(stored):
        group = groups[place] if place < len(groups) else dataset
        where, height = _where(group), _height(group)
        if kind == "LABELMAP":
            for number in sorted(set(np.unique(frame).tolist()) & set(described)):
                found[number].append((where, frame == number, height))
            continue
        stated = group.get("ReferencedSegmentNumber")
        number = int(stated) if stated else next(iter(described))
        half = float(dataset.get("MaximumFractionalValue") or 255) / 2 if kind == "FRACTIONAL" else 0.5
        found[number].append((where, np.asarray(frame >= half, np.bool_), height))
    return found


def _where(group: Any) -> tuple[str, int] | None:
    """Which image, and which frame of it, a frame of the segmentation was derived from."""
    for source in group.get("SourceImageSequence") or ():
        frame = source.get("ReferencedFrameNumber")
        number = frame if frame is None or isinstance(frame, int | str) else frame[0]
        uid = str(source.get("ReferencedSOPInstanceUID") or "").strip()
        if uid:
            return uid, max(int(number) - 1, 0) if number else 0
    return None


def _height(group: Any) -> float:
    place, turned = group.get("ImagePositionPatient"), group.get("ImageOrientationPatient")
    if not place or not turned or len(place) != 3 or len(turned) != 6:
        return float("nan")
    cosines = np.array([float(each) for each in turned])
    return float(np.dot(np.cross(cosines[:3], cosines[3:]), [float(each) for each in place]))


def _amount(group: Any, masks: Masks) -> tuple[float, str]:
    """mL of a volume, mm2 of a single frame, pixels where their size is unknown; `group` holds what frames share."""
    pixels = sum(int(np.count_nonzero(mask)) for _, mask, _ in masks)
    spacing = [float(each) for each in group.get("PixelSpacing") or ()]
    if len(spacing) != 2 or not all(0 < each < 100 for each in spacing):
        return float(pixels), "{pixel}"
    area = pixels * spacing[0] * spacing[1]
    heights = np.unique(np.round([height for _, _, height in masks if np.isfinite(height)], 3))
    apart = float(np.diff(heights).min()) if len(heights) > 1 else 0.0
    step = float(group.get("SpacingBetweenSlices") or 0) or apart or float(group.get("SliceThickness") or 0)
    if len(masks) < 2 or not 0 < step < 1000:
        return round(area, 3), "mm2"
    return round(area * step / 1000, 4), "mL"
