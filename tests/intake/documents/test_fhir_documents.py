"""DocumentReference: texts in it come out pseudonymised, whatever comes first in the export."""

import base64
from pathlib import Path
from typing import Any

import pytest
from tests.intake.documents.cleaners import known_only
from tests.intake.documents.files import LINES, column, html, pdf
from tests.intake.fhir_examples import DOCUMENT, ENCOUNTER, PATIENT, bundle, digests, lines, row, rows, take_in

from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake import fhir_documents
from cognoscope.intake.documents import masking

WHO = PATIENT | {"name": [{"family": "Quenelle", "given": ["Odilon"]}]}


def attached(content: bytes, kind: str = "text/plain", **more: Any) -> dict[str, Any]:
    attachment = {"contentType": kind, "data": base64.b64encode(content).decode()}
    return DOCUMENT | {"content": [{"attachment": attachment}]} | more


@pytest.fixture(autouse=True)
def simple_cleaner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masking, "installed", known_only)


@pytest.mark.parametrize("form", ["lines", "bundle"])
def test_the_text_is_pseudonymised_though_the_patient_comes_last(
    home: Home, ledger: Ledger, tmp_path: Path, form: str
) -> None:
    told = attached("Vu Quenelle Odilon, IPP1 : apyrétique.".encode("cp1252"), "text/plain; charset=utf-8")
    every = (told, ENCOUNTER, WHO)
    (tmp_path / "in.json").write_bytes(lines(*every) if form == "lines" else bundle(*every, full_url="http://x/{id}"))
    report = take_in(home, ledger, tmp_path / "in.json")
    assert (report.documents, report.texts, report.held_back) == (1, 1, 0)
    note = row(home, "note")
    assert note["note_text"] == "Vu [...] [...], [...] : apyrétique."
    assert note["note_source_value"] == "http://loinc.org|34117-2" and str(note["note_date"])[:10] == "2026-10-25"
    assert note["person_id"] == row(home, "person")["person_id"]
    assert note["visit_occurrence_id"] == row(home, "visit_occurrence")["visit_occurrence_id"]


def test_again_changes_nothing_and_a_corrected_file_keeps_its_texts(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "in.ndjson"
    path.write_bytes(lines(WHO, attached(b"Apyrexie.")))
    take_in(home, ledger, path)
    before = digests(home)
    again = take_in(home, ledger, path)
    assert (again.new, again.texts) == (False, 1) and digests(home) == before
    path.write_bytes(lines(WHO, attached(b"Apyrexie."), ENCOUNTER))
    for _ in range(2):
        assert take_in(home, ledger, path).texts == 1
        assert row(home, "note")["note_text"] == "Apyrexie."


def test_every_format_and_what_cannot_be_read(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    two_forms = attached(pdf([column(LINES)]), "application/pdf", id="two")
    two_forms["content"] = two_forms["content"] + attached(b"La forme texte.")["content"]
    documents = [
        attached(html(LINES), "text/html", id="html"),
        attached(pdf([column(LINES)]), "application/pdf", id="pdf"),
        two_forms,
        attached(b"DOUTEUX", id="held"),
        attached(b"%PDF-1.4 cut", "application/pdf", id="cut"),
        DOCUMENT | {"id": "broken", "content": [{"attachment": {"data": "@@@"}}]},
        DOCUMENT | {"id": "elsewhere", "content": [{"attachment": {"url": "Binary/1"}}]},
        attached(b"x", id="wrong", status="entered-in-error"),
    ]
    (tmp_path / "in.ndjson").write_bytes(lines(WHO, *documents))
    report = take_in(home, ledger, tmp_path / "in.ndjson")
    assert (report.documents, report.texts, report.held_back) == (7, 3, 1)
    texts = rows(home, "note")["note_text"].tolist()
    assert sorted(texts)[:4] == [""] * 4 and "La forme texte." in texts
    assert sum("dyspnée" in text for text in texts) == 2
    aside = rows(home, "quarantine")
    assert sorted(aside["kind"]) == ["corrupt", "held-back", "not_base64"]
    assert aside["line"].tolist() and set(aside["file"]) == {"in.ndjson"}


def test_without_the_extra_documents_are_listed_as_before(
    home: Home, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "in.ndjson"
    path.write_bytes(lines(WHO, attached(b"Apyrexie.")))
    with monkeypatch.context() as without:
        without.setattr(fhir_documents, "EXTRA", ("no_such_library",))
        report = take_in(home, ledger, path)
        assert (report.documents, report.texts) == (1, None) and row(home, "note")["note_text"] == ""
    assert take_in(home, ledger, path).texts == 1
    assert row(home, "note")["note_text"] == "Apyrexie."
