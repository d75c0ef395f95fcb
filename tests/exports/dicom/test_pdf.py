"""The page for those who read nothing else: one page, text that can be searched, no name of a patient."""

from io import BytesIO

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exports.dicom import studies

from cognoscope.core import pixels
from cognoscope.core.image_value import ImageValue, Overlay
from cognoscope.core.noun import Sentence
from cognoscope.exports.dicom import objects_for
from cognoscope.exports.dicom.coding import line
from cognoscope.exports.dicom.pdf import number
from cognoscope.exports.dicom.pdf_page import Page, width_of, wrapped

pytest.importorskip("highdicom")


def document(proposal, case, source, **options) -> pydicom.Dataset:  # type: ignore[no-untyped-def]
    made = objects_for(proposal, case, source, **options)[-1]
    stream = BytesIO()
    made.save_as(stream, enforce_file_format=True)
    return pydicom.dcmread(BytesIO(stream.getvalue()))


def text_of(content: bytes) -> tuple[int, str]:
    pdfium = pytest.importorskip("pypdfium2", reason="reading a PDF needs the extra text")
    opened = pdfium.PdfDocument(content)
    said = opened[0].get_textpage().get_text_bounded()
    return len(opened), " ".join(said.split())


def test_the_page_says_what_how_much_how_sure_and_that_nobody_has_read_it() -> None:
    case, source = studies.ct()
    proposal = studies.proposal_of(case, studies.blocks(6), with_marks=True)
    limits = (Sentence(fr="Non évalué chez l'enfant.", en="Not assessed in children."),)
    read = document(proposal, case, source, limits=limits)
    pages, said = text_of(read.EncapsulatedDocument)
    assert pages == 1
    for words in (
        "Étendue des lésions pulmonaires",
        "Examen : CT 21/11/2026",
        "Proposition préliminaire, non relue",
        "23,5 %",
        "18 - 31 (intervalle à 90 %)",
        "410 mL",
        "Ne peut pas être exclu : modéré, sévère",
        "Non évalué chez l'enfant.",
        "Ne remplace pas la lecture de l'examen par un médecin",
        "imaging.test 1.2.3",
        "Verre dépoli",
    ):
        assert words in said
    assert "Imaginaire" not in said
    assert "IPP" not in said
    assert read.VerificationFlag == "UNVERIFIED"
    assert read.MIMETypeOfEncapsulatedDocument == "application/pdf"
    assert len(read.EncapsulatedDocument) - read.EncapsulatedDocumentLength in (0, 1)
    english = document(proposal, case, source, language="en")
    assert "Preliminary proposal, not reviewed" in text_of(english.EncapsulatedDocument)[1]
    assert "23.5 %" in text_of(english.EncapsulatedDocument)[1]


def test_the_picture_shows_the_overlay() -> None:
    pdfium = pytest.importorskip("pypdfium2", reason="reading a PDF needs the extra text")
    case, source = studies.ct()
    shown = {}
    for name, array in {"with": studies.blocks(6), "without": None}.items():
        read = document(studies.proposal_of(case, array), case, source)
        picture = pdfium.PdfDocument(read.EncapsulatedDocument)[0].render(scale=1).to_numpy()[240:560, 50:420, :3]
        shown[name] = float(np.ptp(picture.astype(int), axis=2).mean())
    assert shown["without"] < 3 < 10 < shown["with"]


def test_without_pixels_at_hand_the_page_is_written_without_a_picture() -> None:
    case, source = studies.ct()
    proposal = studies.proposal_of(case, None)
    gone = pixels.Raster(content="0" * 64, dtype="int16", shape=case.images[0].raster.shape)
    plain = case.plain()
    plain["images"][0]["raster"] = gone.plain()
    absent = type(case).model_validate(plain)
    proposal = type(proposal).model_validate({**proposal.plain(), "case_digest": absent.digest})
    read = document(proposal, absent, source)
    assert b"/Image" not in read.EncapsulatedDocument


def test_a_heatmap_is_on_the_page_and_in_no_segmentation() -> None:
    case, source = studies.single("MG")
    proposal = studies.proposal_of(case, None, with_marks=True)
    heat = np.zeros((1, 24, 32), dtype=np.uint8)
    heat[0, 5:12, 6:20] = 255
    overlay = Overlay(
        key="heat",
        label=Sentence(fr="Carte", en="Map"),
        kind="heatmap",
        image="image",
        raster=pixels.keep(heat),
    )
    value = proposal.value
    assert isinstance(value, ImageValue)
    proposal = proposal.model_copy(update={"value": value.model_copy(update={"overlays": (overlay,)})})
    assert [made.Modality for made in objects_for(proposal, case, source)] == ["SR", "DOC"]


@given(st.text(min_size=1, max_size=200), st.floats(6, 18), st.floats(20, 400))
def test_lines_are_never_wider_than_asked_and_lose_nothing(text: str, size: float, width: float) -> None:
    lines = wrapped(text, size, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width_of(one, size) <= width or len(one) == 1 for one in lines)


@given(st.text(max_size=120))
def test_any_text_can_be_written_and_any_line_is_short(text: str) -> None:
    sheet = Page("fr", text)
    sheet.text(10, 20, text)
    assert sheet.content().startswith(b"%PDF-1.4")
    assert 1 <= len(line(text).encode()) <= 64
    assert "\\" not in line(text)


@pytest.mark.parametrize(
    ("amount", "french"), [(23.5, "23,5"), (0.0421, "0,0421"), (1234.4, "1234"), (410.0, "410"), (-3.14159, "-3,14")]
)
def test_numbers(amount: float, french: str) -> None:
    assert number(amount, "fr") == french
