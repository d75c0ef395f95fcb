"""The structured report: figures with units and intervals, marks, states; as highdicom reads it."""

import json
from datetime import timedelta
from io import BytesIO

import pydicom
import pytest
from tests.exports.dicom import studies

from cognoscope.core.review import Review
from cognoscope.exports.dicom import Reviewed, objects_for
from cognoscope.exports.dicom.standing import standing

pytest.importorskip("highdicom")


def report_of(proposal, case, source, review=None, language="fr") -> pydicom.Dataset:  # type: ignore[no-untyped-def]
    made = objects_for(proposal, case, source, language, review)
    stream = BytesIO()
    next(each for each in made if each.Modality == "SR").save_as(stream, enforce_file_format=True)
    return pydicom.dcmread(BytesIO(stream.getvalue()))


def content(report: pydicom.Dataset):  # type: ignore[no-untyped-def]
    from highdicom.sr import ComprehensiveSR

    return ComprehensiveSR.from_dataset(report).content


def texts(report: pydicom.Dataset) -> str:
    said = []

    def walk(item: pydicom.Dataset) -> None:
        said.append(str(item.get("TextValue", "")))
        for each in item.get("ContentSequence", ()):
            walk(each)

    walk(report)
    return "\n".join(said)


def reviewed(proposal, *given: dict[str, object]) -> Reviewed:  # type: ignore[no-untyped-def]
    at = studies.AS_OF + timedelta(hours=1)
    reviews = tuple(
        Review.model_validate({"proposal": proposal.digest, "shown_at": at, "decided_at": at, **each}) for each in given
    )
    return Reviewed(reviews, "Radiologue", "Hôpital imaginaire", reason="Artefacts de mouvement")


@pytest.fixture
def ct():  # type: ignore[no-untyped-def]
    case, source = studies.ct()
    return case, source, studies.proposal_of(case, studies.blocks(6), with_marks=True)


def test_measurements_have_units_and_uncertainties(ct) -> None:  # type: ignore[no-untyped-def]
    case, source, proposal = ct
    read = report_of(proposal, case, source)
    group = content(read).get_image_measurement_groups()[0]
    share, volume, _ = group.get_measurements()
    assert (share.value, share.unit.value, share.name.meaning) == (23.5, "%", "Part du poumon atteinte")
    assert (volume.value, volume.unit.value) == (410.0, "mL")
    bounds = {
        item.ConceptNameCodeSequence[0].CodeValue: item.MeasuredValueSequence[0]
        for item in share[0].ContentSequence
        if item.RelationshipType == "HAS PROPERTIES"
    }
    assert float(bounds["371886008"].NumericValue) == 7.5
    assert float(bounds["371885007"].NumericValue) == 5.5
    assert bounds["371885007"].MeasurementUnitsCodeSequence[0].CodeValue == "%"
    words = [each.value.meaning for each in group.get_qualitative_evaluations() if each.name.meaning == "Grade"]
    assert words == ["modéré"]
    said = texts(read)
    assert "Grade : modéré, sévère" in said
    assert "18 - 31 % (intervalle à 90 %)" in said
    assert "23,5 % du poumon atteint" in said


def test_segments_and_marks_are_groups_that_point_at_images(ct) -> None:  # type: ignore[no-untyped-def]
    case, source, proposal = ct
    made = objects_for(proposal, case, source)
    seg, report = made[0], made[1]
    volumes = content(report).get_volumetric_roi_measurement_groups()
    assert [group.finding_type.meaning for group in volumes] == ["Lung", "Ground glass opacity", "Autre"]
    segments = [segment.TrackingUID for segment in seg.SegmentSequence]
    assert [group.tracking_uid for group in volumes] == segments
    planes = content(report).get_planar_roi_measurement_groups()
    kinds = [(group.roi.graphic_type.value, group.roi.value.tolist()) for group in planes]
    assert kinds[0] == ("POINT", [[5.5, 4.5]])
    assert kinds[1] == ("POLYLINE", [[3.5, 2.5], [12.5, 2.5], [12.5, 8.5], [3.5, 8.5], [3.5, 2.5]])
    assert kinds[2] == ("ELLIPSE", [[3.5, 5.5], [9.5, 5.5], [6.5, 2.5], [6.5, 8.5]])
    assert kinds[3][1][0] == kinds[3][1][-1]
    assert kinds[4] == ("POLYLINE", [[1.5, 1.5], [9.5, 5.5]])
    (certainty,) = planes[1].get_measurements()
    assert (certainty.name.meaning, certainty.value) == ("Certainty of Finding", 25.0)
    for group in planes:
        source_item = group.roi.ContentSequence[0].ReferencedSOPSequence[0]
        assert source_item.ReferencedSOPInstanceUID == source.headers[0].SOPInstanceUID


def test_a_single_image_refers_to_a_frame_of_its_segmentation() -> None:
    case, source = studies.single("MG")
    seg, report, _ = objects_for(studies.proposal_of(case, studies.blocks(1)), case, source)
    planes = content(report).get_planar_roi_measurement_groups()
    assert len(planes) == 3
    assert all(group[0].ContentSequence for group in planes)
    references = [
        item.ReferencedSOPSequence[0]
        for group in planes
        for item in group[0].ContentSequence
        if item.ConceptNameCodeSequence[0].CodeValue == "121214"
    ]
    assert [reference.ReferencedFrameNumber for reference in references] == [1, 2, 3]
    assert {reference.ReferencedSOPInstanceUID for reference in references} == {seg.SOPInstanceUID}


def test_preliminary_until_a_person_decided(ct) -> None:  # type: ignore[no-untyped-def]
    case, source, proposal = ct
    first = report_of(proposal, case, source)
    assert (first.PreliminaryFlag, first.CompletionFlag, first.VerificationFlag) == (
        "PRELIMINARY",
        "PARTIAL",
        "UNVERIFIED",
    )
    assert "VerifyingObserverSequence" not in first
    deferred = report_of(proposal, case, source, reviewed(proposal, {"verdict": "defer"}))
    assert deferred.SOPInstanceUID == first.SOPInstanceUID
    final = report_of(proposal, case, source, reviewed(proposal, {"verdict": "accept"}))
    assert (final.PreliminaryFlag, final.CompletionFlag, final.VerificationFlag) == ("FINAL", "COMPLETE", "VERIFIED")
    (observer,) = final.VerifyingObserverSequence
    assert (str(observer.VerifyingObserverName), observer.VerifyingOrganization) == (
        "Radiologue^",
        "Hôpital imaginaire",
    )
    assert observer.VerificationDateTime == "20261121103000"
    previous = final.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0].ReferencedSOPSequence[0]
    assert previous.ReferencedSOPInstanceUID == first.SOPInstanceUID
    assert final.SOPInstanceUID != first.SOPInstanceUID
    assert final.SeriesInstanceUID == first.SeriesInstanceUID
    assert final.InstanceNumber > first.InstanceNumber


def test_a_persons_figure_takes_the_place_of_the_proposed_one(ct) -> None:  # type: ignore[no-untyped-def]
    case, source, proposal = ct
    decided = reviewed(proposal, {"verdict": "accept"}, {"verdict": "amend", "element": "volume", "amended": 380.0})
    read = report_of(proposal, case, source, decided)
    group = content(read).get_image_measurement_groups()[0]
    assert [number.value for number in group.get_measurements()] == [23.5, 380.0, 2.0]
    assert "proposé : 410" in texts(read)
    assert "23,5 % du poumon atteint" not in texts(read)


def test_what_was_set_aside_leaves_no_figure(ct) -> None:  # type: ignore[no-untyped-def]
    case, source, proposal = ct
    decided = reviewed(proposal, {"verdict": "overrule", "reason": "artefact"})
    made = objects_for(proposal, case, source, review=decided)
    assert [each.Modality for each in made] == ["SR", "DOC"]
    read = report_of(proposal, case, source, decided)
    assert "Artefacts de mouvement" in texts(read)
    assert "écartée" in texts(read)
    assert content(read).get_image_measurement_groups()[0].get_measurements() == []
    assert content(read).get_planar_roi_measurement_groups() == []


def test_an_abstention_says_why_only_when_asked() -> None:
    case, source = studies.ct()
    nothing = studies.abstention_of(case)
    assert objects_for(nothing, case, source) == []
    (made,) = objects_for(nothing, case, source, parts=("sr",))
    assert "Image floue." in texts(made)
    (english,) = objects_for(nothing, case, source, "en", parts=("sr",))
    assert "A blurred image." in texts(english)
    assert english.SOPInstanceUID != made.SOPInstanceUID


def test_parts_decided_one_by_one(ct) -> None:  # type: ignore[no-untyped-def]
    _, _, proposal = ct
    keys = [one.key for one in (*proposal.value.measurements, *proposal.value.marks)]
    some = reviewed(proposal, *({"verdict": "accept", "element": key} for key in keys[:-1])).reviews
    assert not standing(proposal.value, some).final
    every = reviewed(proposal, *({"verdict": "accept", "element": key} for key in keys)).reviews
    assert standing(proposal.value, every).final
    box = {mark.key: mark for mark in proposal.value.marks}["mark-box"].plain()
    there = json.dumps({**box, "points": [[5, 6], [9, 10]], "certainty": None})
    mine = json.dumps({**box, "key": "mine.1", "points": [[0, 0], [1, 1]]})
    (overlay,) = proposal.value.overlays
    painted = overlay.model_copy(update={"raster": studies.overlay_of(studies.blocks(6)[::-1]).raster})
    moved = reviewed(
        proposal,
        {"verdict": "amend", "element": "volume", "amended": 1.0, "blind": True},
        {"verdict": "amend", "element": "mark-box", "amended": there},
        {"verdict": "amend", "element": "mine.1", "amended": mine},
        {"verdict": "accept"},
        {"verdict": "overrule", "element": "mark-point", "reason": "other"},
        {"verdict": "amend", "element": "extent", "amended": painted.canonical().decode()},
    ).reviews
    stands = standing(proposal.value, moved)
    marks = {mark.key: mark for mark in stands.marks}
    assert "mark-point" not in marks
    assert marks["mark-box"].points == ((5.0, 6.0), (9.0, 10.0))
    assert marks["mark-box"].certainty is None
    assert "mine.1" in marks
    assert stands.overlays[0].raster == painted.raster
    assert stands.measurements[1].amount == 410.0
    assert stands.final
    unreadable = reviewed(proposal, {"verdict": "amend", "element": "mark-box", "amended": "à gauche"}).reviews
    assert {mark.key: mark for mark in standing(proposal.value, unreadable).marks}["mark-box"].points == (
        (2.0, 3.0),
        (8.0, 12.0),
    )
    worded = reviewed(proposal, {"verdict": "amend", "element": "grade", "amended": "sévère"}).reviews
    assert {one.key: one for one in standing(proposal.value, worded).measurements}["grade"].words.fr == "sévère"
    numbered = reviewed(proposal, {"verdict": "amend", "amended": "12.5"}).reviews
    assert standing(proposal.value, numbered, "volume").measurements[1].amount == 12.5
