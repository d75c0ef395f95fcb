"""The measurements of a proposal as one group of a report (PS3.16 TID 1501), with intervals and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cognoscope.core.evidence import PixelsPointer
from cognoscope.core.image_value import Coded, Measurement, Overlay
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Proposal
from cognoscope.exports.dicom import words
from cognoscope.exports.dicom.coding import coded, concept, private, unit
from cognoscope.exports.dicom.pairing import Pair
from cognoscope.exports.dicom.reviewed import Reviewed
from cognoscope.exports.dicom.seg import Issue
from cognoscope.exports.dicom.standing import Standing
from cognoscope.exports.dicom.uids import uid

if TYPE_CHECKING:
    from highdicom import sr
    from pydicom.dataset import Dataset

IMAGES_NAMED = 8
"""A measurement on more frames than this names none of them: the report's evidence lists them all."""

UPPER = Coded(value="371886008", scheme="SCT", meaning="+, range of upper measurement uncertainty")
LOWER = Coded(value="371885007", scheme="SCT", meaning="-, range of lower measurement uncertainty")
ANALYSES = Coded(value="111065", scheme="DCM", meaning="Summary of Analyses")
NO_RESULT = Coded(value="111245", scheme="DCM", meaning="No algorithms succeeded; without findings")


@dataclass(frozen=True)
class Segmented:
    """A SEG object and the overlay that it holds."""

    overlay: Overlay
    dataset: Dataset


def summary_group(
    proposal: Proposal, stands: Standing, images: dict[str, Pair], issue: Issue, reviewed: Reviewed | None
) -> sr.MeasurementsAndQualitativeEvaluations:
    """All measurements, the classes in words, the conformal sets, the state; or why there is nothing."""
    from highdicom.sr import MeasurementsAndQualitativeEvaluations, QualitativeEvaluation, TrackingIdentifier

    evaluations = [
        QualitativeEvaluation(_named(one, issue), _class(one, issue)) for one in stands.measurements if one.words
    ]
    if proposal.abstention is not None:
        evaluations.append(QualitativeEvaluation(coded(ANALYSES), coded(NO_RESULT)))
    title = proposal.title.in_language(issue.language)
    group = MeasurementsAndQualitativeEvaluations(
        tracking_identifier=TrackingIdentifier(uid=uid(*issue.key, "summary"), identifier=title),
        algorithm_id=issue.algorithm.for_report(),
        measurements=[_measurement(one, images, issue) for one in stands.measurements] or None,
        qualitative_evaluations=evaluations or None,
    )
    for name, sentence in _sentences(proposal, stands, issue, reviewed):
        _say(group, name, sentence)
    return group


def _sentences(
    proposal: Proposal, stands: Standing, issue: Issue, reviewed: Reviewed | None
) -> list[tuple[Coded, str]]:
    language = issue.language
    said = [(private("status", words.STATUS.in_language(language)), issue.status)]
    summary = private("summary", words.SUMMARY.in_language(language))
    if proposal.abstention is not None:
        said.append((summary, proposal.abstention.sentence.in_language(language)))
    elif stands.set_aside is not None:
        said.append((summary, (reviewed.reason if reviewed else "") or stands.set_aside))
    elif proposal.headline is not None and not stands.proposed:
        said.append((summary, proposal.headline.text.in_language(language)))
    for one in stands.measurements:
        label = one.label.in_language(language)
        if one.options:
            options = ", ".join(option.in_language(language) for option in one.options)
            said.append((private("not-excluded", words.NOT_EXCLUDED.in_language(language)), f"{label} : {options}"))
        if one.interval is not None:
            level = words.INTERVAL.in_language(language).format(level=f"{one.interval.level * 100:g}")
            bounds = f"{one.interval.low:g} - {one.interval.high:g} {'' if one.unit == '1' else one.unit}".strip()
            said.append((private("interval", words.BOUNDS.in_language(language)), f"{label} : {bounds} ({level})"))
        if one.key in stands.proposed:
            amount = f"{stands.proposed[one.key]:g}"
            said.append(
                (
                    private("corrected", words.CORRECTION.in_language(language)),
                    f"{label} : {_corrected(amount, language)}",
                )
            )
    return said


def _corrected(amount: str, language: str) -> str:
    return words.CORRECTED.in_language(language).format(amount=amount)


def _say(group: sr.MeasurementsAndQualitativeEvaluations, name: Coded, sentence: str) -> None:
    from highdicom.sr import RelationshipTypeValues, TextContentItem

    group[0].ContentSequence.append(
        TextContentItem(name=coded(name), value=sentence, relationship_type=RelationshipTypeValues.CONTAINS)
    )


def _named(one: Measurement, issue: Issue) -> sr.CodedConcept:
    return coded(concept(one.key, one.label.in_language(issue.language), one.code).type)


def _class(one: Measurement, issue: Issue) -> sr.CodedConcept:
    said = one.words or Sentence(fr="-", en="-")
    return coded(private(f"{one.key}.{one.amount:g}", said.in_language(issue.language)))


def _measurement(one: Measurement, images: dict[str, Pair], issue: Issue) -> sr.Measurement:
    from highdicom.sr import Measurement as Number
    from highdicom.sr import TrackingIdentifier

    label = one.label.in_language(issue.language)
    return Number(
        name=_named(one, issue),
        value=one.amount,
        unit=unit(one.unit),
        tracking_identifier=TrackingIdentifier(uid=uid(*issue.key, "measurement", one.key), identifier=label),
        properties=_uncertainty(one),
        referenced_images=_images(one, images) or None,
    )


def _uncertainty(one: Measurement) -> sr.MeasurementProperties | None:
    """The interval as distances from the amount (PS3.16 TID 310, CID 225), in the amount's unit.

    They never come out negative: an interval that does not hold the amount is still told in words.
    """
    from highdicom.sr import MeasurementProperties, NumContentItem, RelationshipTypeValues

    if one.interval is None:
        return None
    properties = MeasurementProperties()
    for name, distance in ((UPPER, one.interval.high - one.amount), (LOWER, one.amount - one.interval.low)):
        properties.append(
            NumContentItem(
                name=coded(name),
                value=round(max(distance, 0.0), 6),
                unit=unit(one.unit),
                relationship_type=RelationshipTypeValues.HAS_PROPERTIES,
            )
        )
    return properties


def _images(one: Measurement, images: dict[str, Pair]) -> list[sr.SourceImageForMeasurement]:
    from highdicom.sr import SourceImageForMeasurement

    pointers = [each for each in one.evidence if isinstance(each, PixelsPointer) and each.image in images]
    if len(pointers) > IMAGES_NAMED:
        return []
    named = dict.fromkeys((pointer.image, pointer.frame) for pointer in pointers)
    found = []
    for image, frame in named:
        header, where = images[image].header(frame), images[image].frames[frame]
        frames = None if where.frame is None else [where.frame]
        found.append(SourceImageForMeasurement(header.SOPClassUID, header.SOPInstanceUID, frames))
    return found
