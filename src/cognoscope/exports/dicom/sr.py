"""A proposal as a DICOM Structured Report: Comprehensive SR by the template Measurement Report (PS3.16 TID 1500).

Comprehensive rather than Comprehensive 3D SR: nothing here needs coordinates in the patient (a SEG holds them), and
more archives and viewers take it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cognoscope.core.proposal import Proposal
from cognoscope.exports.dicom import words
from cognoscope.exports.dicom.algorithm import MANUFACTURER, Algorithm
from cognoscope.exports.dicom.coding import coded, line, procedure, schemes
from cognoscope.exports.dicom.headers import sign
from cognoscope.exports.dicom.pairing import Pair
from cognoscope.exports.dicom.reviewed import Reviewed
from cognoscope.exports.dicom.seg import Issue
from cognoscope.exports.dicom.sr_groups import Segmented, summary_group
from cognoscope.exports.dicom.sr_regions import mark_group, segment_groups
from cognoscope.exports.dicom.standing import Standing
from cognoscope.exports.dicom.uids import uid

if TYPE_CHECKING:
    from highdicom import sr
    from highdicom.sr import MeasurementReport, ObservationContext
    from pydicom.dataset import Dataset

    Group = (
        sr.MeasurementsAndQualitativeEvaluations
        | sr.PlanarROIMeasurementsAndQualitativeEvaluations
        | sr.VolumetricROIMeasurementsAndQualitativeEvaluations
    )

SERIES_NUMBER = 9200
LANGUAGES = {"fr": "French", "en": "English"}


def report(
    proposal: Proposal,
    stands: Standing,
    images: dict[str, Pair],
    segmented: Sequence[Segmented],
    issue: Issue,
    reviewed: Reviewed | None = None,
    predecessor: str | None = None,
) -> Dataset:
    """The SR of a proposal: its measurements with units and intervals, what was marked, and who says so.

    segmented: the SEG objects that it refers to. predecessor: the SOP Instance UID of the preliminary report.
    """
    from highdicom.sr import ComprehensiveSR

    first = next(iter(images.values())).source.headers[0]
    evidence = [bare for pair in images.values() for bare in pair.skeletons]
    made = ComprehensiveSR(
        evidence=[*evidence, *(each.dataset for each in segmented)],
        content=_content(proposal, stands, images, segmented, issue, reviewed)[0],
        series_instance_uid=uid(*issue.series, "series", "SR"),
        series_number=SERIES_NUMBER,
        sop_instance_uid=uid(*issue.key, "SR"),
        instance_number=issue.number,
        manufacturer=MANUFACTURER,
        manufacturer_model_name=issue.algorithm.name,
        software_versions=issue.algorithm.version,
        device_serial_number=issue.algorithm.serial,
        series_description=line(f"{issue.status} - {proposal.title.in_language(issue.language)}"),
        is_complete=stands.final,
        is_final=stands.final,
        is_verified=stands.final,
        verifying_observer_name=_name(reviewed) if stands.final else None,
        verifying_organization=_organisation(reviewed) if stands.final else None,
        previous_versions=[_previous(first, predecessor, issue)] if predecessor else None,
        specific_character_set="ISO_IR 192",
        coding_schemes=schemes(),
    )
    for observer in made.get("VerifyingObserverSequence", ()):
        observer.VerificationDateTime = f"{issue.at:%Y%m%d%H%M%S}"
    return sign(made, first, issue.at, issue.series_at)


def _content(
    proposal: Proposal,
    stands: Standing,
    images: dict[str, Pair],
    segmented: Sequence[Segmented],
    issue: Issue,
    reviewed: Reviewed | None,
) -> MeasurementReport:
    from highdicom.sr import CodedConcept, LanguageOfContentItemAndDescendants, MeasurementReport

    groups: list[Group] = [summary_group(proposal, stands, images, issue, reviewed)]
    for each in segmented:
        groups += segment_groups(each, images[each.overlay.image], issue)
    groups += [mark_group(mark, images[mark.image], issue) for mark in stands.marks if mark.image in images]
    modality = str(next(iter(images.values())).source.headers[0].get("Modality") or "")
    return MeasurementReport(
        observation_context=_observers(issue.algorithm, reviewed if stands.final else None),
        procedure_reported=coded(procedure(modality)),
        imaging_measurements=groups,
        language_of_content_item_and_descendants=LanguageOfContentItemAndDescendants(
            CodedConcept(issue.language, "RFC5646", LANGUAGES[issue.language])
        ),
    )


def _observers(algorithm: Algorithm, reviewed: Reviewed | None) -> ObservationContext:
    from highdicom.sr import (
        DeviceObserverIdentifyingAttributes,
        ObservationContext,
        ObserverContext,
        PersonObserverIdentifyingAttributes,
    )
    from pydicom.sr.codedict import codes

    device = ObserverContext(
        observer_type=codes.cid270.Device,
        observer_identifying_attributes=DeviceObserverIdentifyingAttributes(
            uid=algorithm.device_uid,
            name=algorithm.name,
            manufacturer_name=MANUFACTURER,
            model_name=algorithm.name,
            serial_number=algorithm.serial,
        ),
    )
    if reviewed is None:
        return ObservationContext(observer_device_context=device)
    person = ObserverContext(
        observer_type=codes.cid270.Person,
        observer_identifying_attributes=PersonObserverIdentifyingAttributes(
            name=_name(reviewed), organization_name=_organisation(reviewed)
        ),
    )
    return ObservationContext(observer_person_context=person, observer_device_context=device)


def _name(reviewed: Reviewed | None) -> str:
    """A name in DICOM's form (PS3.5 section 6.2): the role as family name where no name is given."""
    said = (reviewed.name or reviewed.role) if reviewed else ""
    return said if "^" in said else f"{said or words.REVIEWED.fr}^"


def _organisation(reviewed: Reviewed | None) -> str:
    return (reviewed.organisation if reviewed else "") or "-"


def _previous(header: Dataset, predecessor: str, issue: Issue) -> Dataset:
    from pydicom.dataset import Dataset
    from pydicom.uid import ComprehensiveSRStorage

    previous = Dataset()
    previous.StudyInstanceUID = header.StudyInstanceUID
    previous.SeriesInstanceUID = uid(*issue.series, "series", "SR")
    previous.SOPClassUID = ComprehensiveSRStorage
    previous.SOPInstanceUID = predecessor
    return previous
