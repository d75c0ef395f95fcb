"""Objects and resources of other makers are read, or refused with a sentence."""

import csv
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pydicom
import pytest
from tests.exports.dicom import studies
from tests.intake.results import messages

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom.reading import read_object
from cognoscope.intake.results.fhir import Refusal, read_fhir
from cognoscope.intake.results.received import ForeignAlgorithm, Received, slug, told
from cognoscope.intake.results.seg import read_segmentation
from cognoscope.intake.results.sr import read_report
from cognoscope.intake.results.sr_items import Item
from cognoscope.intake.results.sr_marks import mark_of
from cognoscope.intake.results.when import made_at

pytest.importorskip("highdicom")
ACME = ForeignAlgorithm("LungScan", "4.5", "Acme")


@pytest.fixture(scope="module")
def objects() -> tuple[bytes, bytes]:
    return messages.sent()


def test_a_report_gives_measurements_classes_and_marks(objects: tuple[bytes, bytes]) -> None:
    result = read_report(messages.read(objects[1]))
    assert result.algorithm == ACME
    assert result.preliminary
    assert result.at == datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
    share, volume, grade, words = result.measurements
    assert (share.label.en, share.amount, share.unit) == ("Share of lung involved", 23.5, "%")
    assert (volume.amount, volume.unit) == (410.0, "mL")
    assert (grade.amount, words.words.en if words.words else "") == (2.0, "moderate")
    assert {mark.shape for mark in result.marks} == {"point", "polygon", "ellipse", "polyline"}
    point = next(mark for mark in result.marks if mark.shape == "point")
    np.testing.assert_allclose(point.points, [(4.0, 5.0)])
    assert point.instance == f"{studies.STUDY}.1.1"
    box = next(mark for mark in result.marks if mark.label == "Mark box")
    np.testing.assert_allclose(box.points, [(2, 3), (2, 12), (8, 12), (8, 3)])
    assert box.certainty == 0.25
    assert point.certainty is None


def test_a_report_that_only_marks_counts_its_marks(objects: tuple[bytes, bytes]) -> None:
    from io import BytesIO

    dataset = pydicom.dcmread(BytesIO(objects[1]))
    for container in dataset.ContentSequence:
        for group in container.get("ContentSequence", ()):
            kept = [item for item in group.get("ContentSequence", ()) if item.ValueType not in ("NUM", "CODE")]
            group.ContentSequence = kept
    result = read_report(messages.read(messages.written(dataset)))
    (count,) = result.measurements
    assert (count.label.fr, count.amount, len(result.marks)) == ("Nombre de repères", 5.0, 5)


def test_a_segmentation_gives_volumes_and_masks(objects: tuple[bytes, bytes]) -> None:
    result = read_segmentation(messages.read(objects[0]))
    assert result.algorithm == ACME
    array = studies.blocks(5)
    expected = [round(float((array == number).sum()) * 0.8 * 0.7 * 1.7 / 1000, 4) for number in (1, 3)]
    assert [(one.label.en, one.unit) for one in result.measurements[:2]] == [
        ("Lung (Left)", "mL"),
        ("Ground glass opacity", "mL"),
    ]
    np.testing.assert_allclose([one.amount for one in result.measurements[:2]], expected, rtol=1e-3)
    lung = result.segments[0]
    for frame in range(4):
        np.testing.assert_array_equal(lung.masks[f"{studies.STUDY}.1.{frame + 1}", 0], array[frame] == 1)


def test_our_own_objects_are_not_taken_in_again() -> None:
    case, source = studies.ct()
    from cognoscope.exports.dicom import objects_for

    seg, report, _ = objects_for(studies.proposal_of(case, studies.blocks(6)), case, source)
    with pytest.raises(InvalidInput, match="in the ledger already"):
        read_segmentation(messages.read(messages.written(seg)))
    with pytest.raises(InvalidInput, match="in the ledger already"):
        read_report(messages.read(messages.written(report)))


def changed(content: bytes, **attributes: object) -> bytes:
    from io import BytesIO

    dataset = pydicom.dcmread(BytesIO(content))
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return messages.written(dataset)


def test_drawn_by_hand_nameless_or_on_a_slide_is_refused(objects: tuple[bytes, bytes]) -> None:
    from io import BytesIO

    by_hand = pydicom.dcmread(BytesIO(objects[0]))
    for segment in by_hand.SegmentSequence:
        segment.SegmentAlgorithmType = "MANUAL"
    with pytest.raises(InvalidInput, match="drawn by a person"):
        read_segmentation(messages.read(messages.written(by_hand)))
    with pytest.raises(InvalidInput, match="slide"):
        read_segmentation(messages.read(changed(objects[0], TotalPixelMatrixRows=100)))
    nameless = pydicom.dcmread(BytesIO(objects[0]))
    nameless.ManufacturerModelName = ""
    for segment in nameless.SegmentSequence:
        del segment.SegmentationAlgorithmIdentificationSequence
        del segment.SegmentAlgorithmName
    with pytest.raises(InvalidInput, match="which algorithm"):
        read_segmentation(messages.read(messages.written(nameless)))
    empty = changed(objects[1], ContentSequence=[])
    with pytest.raises(InvalidInput, match="no measurement"):
        read_report(messages.read(empty))


def test_a_report_without_groups_is_read_too() -> None:
    def item(kind: str, code: str, meaning: str) -> pydicom.Dataset:
        made, concept = pydicom.Dataset(), pydicom.Dataset()
        concept.CodeValue, concept.CodingSchemeDesignator, concept.CodeMeaning = code, "DCM", meaning
        made.ValueType, made.RelationshipType, made.ConceptNameCodeSequence = kind, "CONTAINS", [concept]
        return made

    number, measured, unit = item("NUM", "111020", "Size"), pydicom.Dataset(), pydicom.Dataset()
    unit.CodeValue, unit.CodingSchemeDesignator, unit.CodeMeaning = "mm", "UCUM", "mm"
    measured.NumericValue, measured.MeasurementUnitsCodeSequence = "12.5", [unit]
    number.MeasuredValueSequence = [measured]
    library, hidden = item("CONTAINER", "111028", "Image Library"), item("NUM", "1", "Rows")
    hidden.MeasuredValueSequence = [measured]
    library.ContentSequence = [hidden]
    report = studies.header("OT")
    report.SOPClassUID, report.Modality = pydicom.uid.EnhancedSRStorage, "SR"
    report.Manufacturer, report.ManufacturerModelName, report.SoftwareVersions = "Acme", "Old CAD", "1"
    report.ContentSequence = [library, number]
    result = read_report(messages.read(messages.written(report)))
    assert [(one.label.en, one.amount, one.unit) for one in result.measurements] == [("Size", 12.5, "mm")]
    assert result.algorithm == ForeignAlgorithm("Old CAD", "1", "Acme")


@pytest.mark.parametrize(
    ("graphic", "data", "shape"),
    [
        ("CIRCLE", [10.5, 10.5, 13.5, 14.5], "ellipse"),
        ("POLYLINE", [1, 1, 2, 2], "polyline"),
        ("MULTIPOINT", [1, 1, 2, 2], "point"),
        ("POLYLINE", [1, 1], None),
        ("ELLIPSE", [1, 1, 2, 2], None),
        ("POINT", [1], None),
        ("SOMETHING", [1, 1], None),
    ],
)
def test_regions(graphic: str, data: list[float], shape: str | None) -> None:
    region, image, reference = pydicom.Dataset(), pydicom.Dataset(), pydicom.Dataset()
    reference.ReferencedSOPInstanceUID, reference.ReferencedFrameNumber = "1.2.3", 3
    image.ValueType, image.ReferencedSOPSequence = "IMAGE", [reference]
    region.ValueType, region.GraphicType, region.GraphicData = "SCOORD", graphic, data
    region.ContentSequence = [image]
    mark = mark_of(Item(region, frozenset()), "x")
    assert (mark.shape if mark else None) == shape
    if graphic == "CIRCLE":
        assert mark is not None
        assert mark.frame == 2
        np.testing.assert_allclose(mark.points, [(5, 5), (15, 15)])


def test_names_in_labels_go_and_ordinary_words_stay() -> None:
    names = frozenset({"imaginaire", "elodie"})
    assert told("Lésion de Mme IMAGINAIRE (Élodie), lobe supérieur", names) == "Lésion de Mme … … lobe supérieur"
    assert told("NIP 00123456789") == "NIP …"
    assert told("Ground glass opacity", names) == "Ground glass opacity"
    assert slug("Étendue — %", {"etendue"}) == "etendue-2"
    assert slug("☃") == "x"


def test_when() -> None:
    about = pydicom.Dataset()
    assert made_at(about) is None
    about.StudyDate, about.StudyTime = "20260701", "1015"
    assert made_at(about) == datetime(2026, 7, 1, 8, 15, tzinfo=UTC)
    about.ContentDate, about.ContentTime, about.TimezoneOffsetFromUTC = "20260702", "101500.25", "-0430"
    assert made_at(about) == datetime(2026, 7, 2, 14, 45, tzinfo=UTC)


def test_fhir_observations_and_reports() -> None:
    (result,) = read_fhir(messages.as_json(messages.bundle()))
    assert isinstance(result, Received)
    assert result.algorithm == ForeignAlgorithm("LungScore", "3.2", "Acme")
    assert result.at == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert (result.patient, result.study) == ("IPP-0001", studies.STUDY)
    extent, severity, referable = result.measurements
    assert (extent.label.en, extent.amount, extent.unit) == ("Lung involvement", 12.5, "%")
    assert severity.words is not None and severity.words.en == "moderate"
    assert referable.words is not None and (referable.words.fr, referable.amount) == ("oui", 1.0)
    whole = messages.bundle()
    entries = whole["entry"]
    assert isinstance(entries, list)
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "status": "final",
        "subject": {"reference": "Patient/IPP-0001"},
        "result": [{"reference": "Observation/o1"}],
        "issued": "2026-11-20T12:00:00Z",
    }
    entries.append({"resource": report})
    (told_by_report,) = read_fhir(messages.as_json(whole))
    assert isinstance(told_by_report, Received)
    assert not told_by_report.preliminary
    assert len(told_by_report.measurements) == 3


def test_fhir_line_by_line_with_what_is_contained() -> None:
    entries = messages.bundle()["entry"]
    assert isinstance(entries, list)
    observation = entries[2]["resource"]
    observation["contained"] = [{**entries[1]["resource"], "id": "inside"}]
    observation["device"] = {"reference": "#inside"}
    lines = b"\n".join(json.dumps(each).encode() for each in (observation, {**observation, "id": "o2"}))
    first, second = read_fhir(lines)
    assert isinstance(first, Received) and isinstance(second, Received)
    assert first.algorithm.name == "LungScore"
    assert first.identifier != second.identifier


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"status": "entered-in-error"}, "withdrawn"),
        ({"device": None}, "which algorithm"),
        ({"valueQuantity": None, "component": []}, "no number"),
        ({"valueQuantity": {"value": "12"}, "component": None}, "no number"),
        ({"component": "no list", "valueQuantity": None}, "no number"),
        ({"subject": {"reference": "nonsense"}}, "cannot be joined"),
    ],
)
def test_fhir_that_is_refused(changes: dict[str, object], sentence: str) -> None:
    (result,) = read_fhir(messages.as_json(messages.bundle(**changes)))
    assert isinstance(result, Refusal)
    assert sentence in result.sentence


@pytest.mark.parametrize(
    "content", [b"{", b"", b"[1, 2]", b'{"resourceType": "Patient"}', b"\xff\xfe{", b"[" * 100_000]
)
def test_files_that_are_no_fhir(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_fhir(content)


def conformance() -> Path:
    folder = Path(os.environ.get("COGNOSCOPE_DATASETS", "absent")) / "imaging" / "dicom_conformance"
    if not folder.is_dir():
        pytest.skip("COGNOSCOPE_DATASETS does not name a folder with imaging/dicom_conformance")
    return folder


def test_real_objects_are_read_or_refused_with_a_sentence() -> None:
    folder = conformance()
    with (folder / "index.csv").open() as lines:
        rows = [list(row.values()) for row in csv.DictReader(lines)]
    outcomes: dict[str, int] = {"read": 0, "refused": 0}
    for path, modality in ((row[0], row[2]) for row in rows if row[2] in ("SR", "SEG")):
        try:
            read = read_object(folder / path)
            result = (read_report if modality == "SR" else read_segmentation)(read)
            assert result.measurements
            outcomes["read"] += 1
        except InvalidInput as error:
            assert str(error).endswith(".") or str(error).endswith(").")
            outcomes["refused"] += 1
    assert outcomes["read"] >= 9
    assert outcomes["refused"] >= 10
