"""What was found where: segments of a SEG and marks on an image as groups of a report (PS3.16 TID 1410 and 1411)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.image_value import Coded, ImageMark
from cognoscope.exports.dicom.coding import coded, concept, unit
from cognoscope.exports.dicom.pairing import Pair
from cognoscope.exports.dicom.seg import Issue, segment_uid
from cognoscope.exports.dicom.sr_groups import Segmented
from cognoscope.exports.dicom.uids import uid

if TYPE_CHECKING:
    from highdicom import sr

CERTAINTY = Coded(value="111012", scheme="DCM", meaning="Certainty of Finding")
PIXEL_CENTRE = 0.5
"""Our first pixel's centre is at (0, 0); DICOM counts from its corner (PS3.3 C.10.5.1.2)."""


def segment_groups(
    segmented: Segmented, pair: Pair, issue: Issue
) -> list[sr.VolumetricROIMeasurementsAndQualitativeEvaluations | sr.PlanarROIMeasurementsAndQualitativeEvaluations]:
    """One group for each segment that has at least one frame in the SEG."""
    shown = _frames_of_segments(segmented)
    return [
        _segment_group(segmented, pair, issue, number, shown[number])
        for number in range(1, len(segmented.overlay.classes) + 1)
        if shown.get(number)
    ]


def _frames_of_segments(segmented: Segmented) -> dict[int, list[int]]:
    """By segment number, the frames (from 1) of the SEG that show it."""
    shown: dict[int, list[int]] = {}
    made = segmented.dataset
    shared = made.SharedFunctionalGroupsSequence[0].get("SegmentIdentificationSequence")
    for place, group in enumerate(made.PerFrameFunctionalGroupsSequence, start=1):
        identification = group.get("SegmentIdentificationSequence") or shared
        shown.setdefault(int(identification[0].ReferencedSegmentNumber), []).append(place)
    return shown


def _segment_group(
    segmented: Segmented, pair: Pair, issue: Issue, number: int, frames: list[int]
) -> sr.VolumetricROIMeasurementsAndQualitativeEvaluations | sr.PlanarROIMeasurementsAndQualitativeEvaluations:
    from highdicom import sr

    each = segmented.overlay.classes[number - 1]
    known = concept(each.name, each.label.in_language(issue.language), each.code)
    made, header = segmented.dataset, pair.source.headers[0]
    tracked = sr.TrackingIdentifier(
        uid=segment_uid(issue, segmented.overlay, number), identifier=each.label.in_language(issue.language)
    )
    category, found = coded(known.category), coded(known.type)
    if pair.image.raster.frames > 1 and len(made.ReferencedSeriesSequence) and "FrameOfReferenceUID" in made:
        segment = sr.ReferencedSegment(
            made.SOPClassUID,
            made.SOPInstanceUID,
            number,
            source_series=sr.SourceSeriesForSegmentation(str(header.SeriesInstanceUID)),
        )
        return sr.VolumetricROIMeasurementsAndQualitativeEvaluations(
            tracking_identifier=tracked,
            referenced_segment=segment,
            finding_category=category,
            finding_type=found,
            algorithm_id=issue.algorithm.for_report(),
        )
    source = made.PerFrameFunctionalGroupsSequence[frames[0] - 1].DerivationImageSequence[0].SourceImageSequence[0]
    stored = source.get("ReferencedFrameNumber")
    frame = sr.ReferencedSegmentationFrame(
        made.SOPClassUID,
        made.SOPInstanceUID,
        frames[0],
        number,
        sr.SourceImageForSegmentation(
            source.ReferencedSOPClassUID, source.ReferencedSOPInstanceUID, None if stored is None else [int(stored)]
        ),
    )
    # A frame of a SEG shows one segment: its number beside the frame's is not allowed (PS3.3 table 10-3).
    del frame[0].ReferencedSOPSequence[0].ReferencedSegmentNumber
    return sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=tracked,
        referenced_segment=frame,
        finding_category=category,
        finding_type=found,
        algorithm_id=issue.algorithm.for_report(),
    )


def mark_group(mark: ImageMark, pair: Pair, issue: Issue) -> sr.PlanarROIMeasurementsAndQualitativeEvaluations:
    """A mark as a region of its image, with how sure it is (in %)."""
    from highdicom import sr

    label = mark.label.in_language(issue.language)
    known = concept(mark.key, label, mark.code)
    header, where = pair.header(mark.frame), pair.frames[mark.frame]
    kind, points = _graphic(mark)
    source = sr.SourceImageForRegion(
        header.SOPClassUID, header.SOPInstanceUID, None if where.frame is None else [where.frame]
    )
    tracked = sr.TrackingIdentifier(uid=uid(*issue.key, "mark", mark.key), identifier=label)
    certainty = []
    if mark.certainty is not None:
        certainty.append(sr.Measurement(name=coded(CERTAINTY), value=round(mark.certainty * 100, 2), unit=unit("%")))
    return sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=tracked,
        referenced_region=sr.ImageRegion(kind, points, source),
        finding_category=coded(known.category),
        finding_type=coded(known.type),
        algorithm_id=issue.algorithm.for_report(),
        measurements=certainty or None,
    )


def _graphic(mark: ImageMark) -> tuple[str, NDArray[np.float64]]:
    """Graphic type and (column, row) points of a mark (PS3.3 C.18.6.1.2); an ellipse by the ends of its axes, the
    longer one first."""
    points = np.array(mark.points, dtype=np.float64)[:, ::-1] + PIXEL_CENTRE
    if mark.shape == "point":
        return "POINT", points
    if mark.shape == "polyline":
        return "POLYLINE", points
    if mark.shape == "polygon":
        return "POLYLINE", np.vstack([points, points[:1]])
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    if mark.shape == "box":
        return "POLYLINE", np.array([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)])
    middle = ((left + right) / 2, (top + bottom) / 2)
    across = [(left, middle[1]), (right, middle[1])]
    down = [(middle[0], top), (middle[0], bottom)]
    wide = right - left >= bottom - top
    return "ELLIPSE", np.array([*across, *down] if wide else [*down, *across])
