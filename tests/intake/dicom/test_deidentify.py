"""Identities are taken out at every depth of a header, consistently, and what a study needs stays."""

from datetime import date

import numpy as np
import pytest
from tests.intake.dicom.synthetic import dataset, file_of, written

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom.deidentify import deidentify
from cognoscope.intake.dicom.deidentify_text import cleaned, code, kernel
from cognoscope.intake.dicom.reading import read_object
from cognoscope.intake.pseudonyms import Pseudonymiser

pytest.importorskip("pydicom", reason="needs the extra `imaging`")
PIXELS = np.zeros((4, 4), np.uint16)
HERE = Pseudonymiser(b"k" * 32)
SHIFTING = Pseudonymiser(b"k" * 32, date_shift=True)
CANARIES = ("zzcanarix", "qwvotrelle", "4711", "19510317", "serinville", "251037599900021", "0639981177")
NO_NAMES: frozenset[str] = frozenset()


def clean(pseudonymiser: Pseudonymiser = HERE, **changed: object):
    return deidentify(read_object(file_of(PIXELS, **changed)), pseudonymiser).dataset


def everything_in(found) -> str:
    return found.to_json().casefold()


def test_a_name_in_any_attribute_of_the_standard_is_gone():
    """Every text attribute of the dictionary at once, a private one, a sequence in a sequence, an overlay, a curve."""
    from pydicom.datadict import DicomDictionary, keyword_for_tag
    from pydicom.dataset import Dataset

    made = dataset(PIXELS)
    texts = {"LO", "SH", "ST", "LT", "UT", "UC", "PN", "AE", "UR"}
    every = [(tag, row[0]) for tag, row in DicomDictionary.items() if row[0] in texts and keyword_for_tag(tag)]
    names = [(tag, vr) for tag, vr in every if tag > 0x00080005]
    for tag, vr in names:
        made.add_new(tag, vr, "ZZCANARIX" if vr in ("AE", "UR") else "Zzcanarix 4711")
    made.PatientID = "IPP-4711"
    made.ImageType = ["ORIGINAL", "PRIMARY", "ZZCANARIX"]
    inner, outer = Dataset(), Dataset()
    inner.PersonName, inner.PatientBirthDate = "Zzcanarix^Qwvotrelle", "19510317"
    outer.ReferencedImageSequence, outer.CodeMeaning = [inner], "Mme Zzcanarix"
    made.AnatomicRegionSequence = [outer]
    made.private_block(0x0011, "ZZCANARIX", create=True).add_new(1, "LO", "Qwvotrelle")
    made.add_new(0x60003000, "OW", b"Zzcanarix ")
    made.add_new(0x50003000, "OW", b"Zzcanarix ")
    found = everything_in(deidentify(read_object(written(made)), HERE).dataset)
    assert len(names) > 700
    assert not [canary for canary in CANARIES if canary in found]
    assert "original" in found


def test_the_person_is_the_same_as_in_other_sources():
    found = deidentify(read_object(file_of(PIXELS)), HERE)
    assert found.person == HERE.person("IPP-4711")
    assert found.dataset.PatientID == found.person and "Zzcanarix" not in str(found.dataset.PatientName)


def test_an_object_of_nobody_is_refused():
    for number in ("", None, "  "):
        with pytest.raises(InvalidInput, match="whose it is"):
            clean(PatientID=number)


def test_identifiers_are_replaced_the_same_way_every_time():
    first, second = clean(), clean(SOPInstanceUID="1.2.826.0.1.77.1.2")
    assert first.StudyInstanceUID == second.StudyInstanceUID == HERE.uid("1.2.826.0.1.77.2")
    assert first.SOPInstanceUID != second.SOPInstanceUID
    assert first.SOPInstanceUID.startswith("2.25.") and len(first.SOPInstanceUID) <= 64
    assert first.SOPClassUID == "1.2.840.10008.5.1.4.1.1.2"
    assert clean(Pseudonymiser(b"q" * 32)).StudyInstanceUID != first.StudyInstanceUID


def test_dates_move_together_or_stay():
    days = SHIFTING.shift_days(SHIFTING.person("IPP-4711"))
    changed = {"AcquisitionDateTime": "20261109235959.12+0100", "SeriesDate": "20261110"}
    found = clean(SHIFTING, **changed)
    moved = date(2026, 11, 10).toordinal() + days
    assert date.fromisoformat(str(found.StudyDate)).toordinal() == moved
    assert found.SeriesDate == found.StudyDate
    assert str(found.AcquisitionDateTime) == f"{date.fromordinal(moved - 1):%Y%m%d}235959.12+0100"
    assert found.LongitudinalTemporalInformationModified == "MODIFIED"
    kept = clean(**changed)
    assert kept.StudyDate == "20261110" and kept.LongitudinalTemporalInformationModified == "UNMODIFIED"


def test_dates_of_a_life_are_dropped():
    found = clean(LastMenstrualDate="20260901", PatientBirthDate="19510317", AdmittingDate="20261109")
    assert found.PatientBirthDate == ""
    assert "LastMenstrualDate" not in found and "AdmittingDate" not in found


@pytest.mark.parametrize(
    ("age", "kept"), [("075Y", "075Y"), ("093Y", "090Y"), ("089Y", "089Y"), ("011M", "011M"), ("0", "")]
)
def test_high_ages_are_one_age(age: str, kept: str):
    assert clean(PatientAge=age).PatientAge == kept


def test_what_was_done_is_written_down():
    found = clean()
    assert found.PatientIdentityRemoved == "YES"
    codes = [item.CodeValue for item in found.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113101", "113105", "113106", "113108"]
    assert "113107" in [item.CodeValue for item in clean(SHIFTING).DeidentificationMethodCodeSequence]


def test_geometry_and_technique_stay():
    found = clean(KVP="120", ConvolutionKernel="B30f", BodyPartExamined="CHEST", Manufacturer="GE MEDICAL SYSTEMS")
    assert [float(each) for each in found.ImagePositionPatient] == [-10, -20, 30]
    assert (found.KVP, found.ConvolutionKernel, found.BodyPartExamined) == (120, "B30f", "CHEST")
    assert found.Manufacturer == "GE MEDICAL SYSTEMS" and found.PatientSex == "F"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("TDM thoracique de Mme Zzcanarix 5mm", "TDM thoracique de 5mm"),
        ("CHEST^ROUTINE (Adult)", "CHEST ROUTINE Adult"),
        ("Dr Serinville", ""),
        ("appeler le 0639981177", "le"),
        ("Échographie rénale gauche", "Échographie rénale gauche"),
        (None, ""),
    ],
)
def test_known_words_stay_in_their_order(text: object, kept: str):
    assert cleaned(text, NO_NAMES) == kept


def test_a_known_word_that_is_the_patients_name_goes():
    assert cleaned("CHEST routine", frozenset({"chest"})) == "routine"
    assert "CHEST" not in str(clean(PatientName="Chest^Anne", SeriesDescription="CHEST routine").SeriesDescription)


def test_codes_and_kernels_are_of_the_known_kind():
    assert code("ORIGINAL", NO_NAMES) == "ORIGINAL"
    assert code("ZZCANARIX", NO_NAMES) is None and code("ab", NO_NAMES) is None
    assert code("MARC", frozenset({"marc"})) is None
    assert kernel("Br40d", NO_NAMES) == "Br40d" and kernel("Zzcanarix", NO_NAMES) == ""


def test_numbers_that_are_none_are_dropped():
    made = dataset(PIXELS)
    content = written(made).replace(b"1951", b"1951")
    made.add_new(0x00180060, "DS", "120")
    content = written(made).replace(b"DS\x04\x00120 ", b"DS\x04\x00Zzca")
    assert "KVP" not in deidentify(read_object(content), HERE).dataset
