"""From a list of documents to rows of `note`, once each, however the list comes."""

import gzip
import json
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from tests.intake.documents.files import LINES, docx, html, rtf
from tests.intake.documents.taking_in import folder_of, take_in, write_list
from tests.intake.fhir_examples import ENCOUNTER, PATIENT, digests, lines, row, rows
from tests.intake.fhir_examples import take_in as take_fhir_in

from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake import keys
from cognoscope.intake.documents import batches
from cognoscope.intake.documents.layout import DocumentsMapping, read_documents_mapping
from cognoscope.intake.documents.visits import KINDS
from cognoscope.intake.pseudonyms import Pseudonymiser, person_id
from cognoscope.intake.warehouse import open_warehouse

FILES = {"a.txt": "\n".join(LINES).encode(), "b.rtf": rtf(LINES), "c.docx": docx(LINES), "d.html": html(LINES)}


def pseudonymiser(home: Home) -> Pseudonymiser:
    return Pseudonymiser.from_file(home.key_file, date_shift=home.settings().date_shift)


def test_a_folder_with_its_list(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "in", FILES, NDA="7")
    (folder / "autre.txt").write_text("pas dans la liste")
    report = take_in(home, ledger, folder)
    assert (report.tally.read, report.tally.written, report.passed_over, report.new) == (4, 4, 1, True)
    notes = rows(home, "note")
    for text in notes["note_text"]:
        assert [line for line in text.split("\n") if line] == list(LINES)
    assert set(notes["person_id"]) == {person_id(pseudonymiser(home).person(f"IPP{n}")) for n in range(4)}
    assert set(notes["note_date"].astype(str)) == {"2025-02-03"}
    assert set(notes["note_datetime"]) == {pd.Timestamp("2025-02-03 10:30")}
    assert set(notes["note_title"]) == {"Compte rendu"} and set(notes["note_source_value"]) == {"CRH"}
    assert set(notes["visit_occurrence_id"]) == {pseudonymiser(home).key63("visit_occurrence", "7")}
    (event,) = [entry.event for entry in ledger.entries(event="IngestFinished")]
    assert (event.format, event.read, event.written) == ("documents", 4, 4)  # type: ignore[union-attr]


def test_again_changes_nothing_and_a_longer_list_redoes_only_what_is_new(
    home: Home, ledger: Ledger, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "in", FILES)
    take_in(home, ledger, folder)
    before = digests(home)
    again = take_in(home, ledger, folder)
    assert (again.new, again.tally.written) == (False, 4) and digests(home) == before
    assert len(ledger.entries(event="IngestFinished")) == 1
    more = FILES | {"e.txt": b"Nouveau compte rendu."}
    third = take_in(home, ledger, folder_of(folder, more))
    assert (third.tally.written, third.tally.ignored) == (1, 4)
    folder_of(folder, more | {"a.txt": b"Compte rendu corrige."})
    fourth = take_in(home, ledger, folder)
    assert (fourth.tally.written, fourth.tally.ignored) == (1, 4)
    notes = rows(home, "note")
    assert len(notes) == 5 and "Compte rendu corrige." in set(notes["note_text"])


def test_a_document_that_is_changed_and_changed_back(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    for text in ("un", "deux", "un", "deux"):
        folder = folder_of(tmp_path / "in", {"a.txt": text.encode()})
        assert take_in(home, ledger, folder).new and row(home, "note")["note_text"] == text
        assert not take_in(home, ledger, folder).new


@pytest.mark.parametrize("form", ["csv", "jsonl", "jsonl.gz", "parquet", "xlsx"])
def test_a_table_of_texts(home: Home, ledger: Ledger, tmp_path: Path, form: str) -> None:
    frame = pd.DataFrame(
        {
            "note_id": ["n1", "n2", "n3"],
            "person_id": [11, 12, 12],
            "note_datetime": ["2025-02-03 10:30:00", "2025-02-04", "2025-02-05"],
            "note_class_source_value": ["CRH", "CRC", "CRC"],
            "note_text": ['Fièvre.\n"Toux" ; œdème', "<p>Un<br>deux</p>", rtf(["trois"]).decode()],
        }
    )
    path = tmp_path / f"export.{form}"
    if form == "csv":
        frame.to_csv(path, index=False)
    elif form == "parquet":
        frame.to_parquet(path)
    elif form == "xlsx":
        frame.to_excel(path, index=False)
    else:
        text = "\n".join(json.dumps(record, ensure_ascii=False) for record in frame.to_dict("records")).encode()
        path.write_bytes(gzip.compress(text) if form.endswith("gz") else text)
    report = take_in(home, ledger, path)
    assert (report.tally.read, report.tally.written) == (3, 3)
    notes = rows(home, "note").sort_values("note_date")
    assert notes["note_text"].tolist() == ['Fièvre.\n"Toux" ; œdème', "Un\ndeux", "trois"]
    assert set(notes["note_id"]) == {pseudonymiser(home).key63("note", each) for each in frame["note_id"]}
    assert pd.isna(notes["note_datetime"].iloc[1])


def test_a_long_cell_of_csv(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    text = "\n".join(f"ligne {number} du compte rendu" for number in range(20_000))
    write_list(
        tmp_path / "t.csv", ("ipp", "date", "texte"), [("A-1", "01/02/2025", text), ("A-2", "01/02/2025", "court")]
    )
    report = take_in(home, ledger, tmp_path / "t.csv")
    assert report.tally.written == 2 and text in set(rows(home, "note")["note_text"])


def test_rows_that_cannot_be_used_are_named_by_their_line(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "in"
    path.mkdir()
    (path / "a.txt").write_text("texte")
    write_list(
        path / "index.csv",
        ("fichier", "ipp", "date"),
        [
            ("a.txt", "1", "01/02/2025"),
            ("a.txt", "", "01/02/2025"),
            ("a.txt", "1", "demain"),
            ("a.txt", "1", "01/02/2027"),
            ("absent.txt", "1", "01/02/2025"),
            ("../../etc/passwd", "1", "01/02/2025"),
            ("", "1", "01/02/2025"),
        ],
    )
    report = take_in(home, ledger, path)
    assert (report.tally.written, report.tally.quarantined) == (1, 6)
    aside = rows(home, "quarantine").sort_values("line")
    assert aside["line"].tolist() == [3, 4, 5, 6, 7, 8]
    assert aside["kind"].tolist()[3:] == ["missing_file", "missing_file", "empty"]
    assert not aside["reason"].str.contains("absent|passwd|demain").any()


def test_held_back_documents_stay_outside_and_are_counted(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    report = take_in(home, ledger, folder_of(tmp_path / "in", {"a.txt": b"DOUTEUX", "b.txt": b"clair"}))
    assert (report.held_back, report.tally.written) == (1, 1)
    assert row(home, "quarantine")["kind"] == "held-back" and row(home, "note")["note_text"] == "clair"


def test_a_text_on_which_the_cleaner_breaks_is_held_back_alone(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    report = take_in(home, ledger, folder_of(tmp_path / "in", {"a.txt": b"PANNE", "b.txt": b"clair"}))
    assert (report.held_back, report.tally.written) == (1, 1) and row(home, "note")["note_text"] == "clair"
    assert "failed on this document" in row(home, "quarantine")["reason"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_stay_is_found_however_it_came_in(home: Home, ledger: Ledger, tmp_path: Path, kind: str) -> None:
    keys.create(home)
    warehouse = open_warehouse(home)
    key = warehouse.pseudonymiser().key63(kind, "990114477")
    stay = {
        "visit_occurrence_id": [key],
        "person_id": [1],
        "visit_start_date": [date(2025, 2, 3)],
        "visit_end_date": [date(2025, 2, 4)],
    }
    warehouse.commit("a" * 64, 0, {"visit_occurrence": pa.table(stay)})
    take_in(home, ledger, folder_of(tmp_path / "in", {"a.txt": b"texte"}, NDA="990114477"))
    assert row(home, "note")["visit_occurrence_id"] == key


def test_a_mapping_names_the_columns(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "x.txt").write_text("texte")
    write_list(folder / "b.csv", ("N°", "doc", "quand"), [("1", "x.txt", "2025|02|03")], "utf-8")
    write_list(folder / "a.csv", ("autre",), [])
    (tmp_path / "m.toml").write_text(
        'index = "b.csv"\n[columns]\nperson = "N°"\nfile = "doc"\ndate = {column = "quand", format = "%Y|%m|%d"}\n'
        'type = {constant = "CRH"}\n',
        encoding="utf-8",
    )
    take_in(home, ledger, folder, read_documents_mapping(tmp_path / "m.toml"))
    note = row(home, "note")
    assert note["note_date"].date() == date(2025, 2, 3) and note["note_source_value"] == "CRH"
    with pytest.raises(InvalidInput, match="several tables"):
        take_in(home, ledger, folder)
    wrong = DocumentsMapping(columns={"person": "ipp"}, index="b.csv")  # type: ignore[dict-item]
    with pytest.raises(InvalidInput, match="does not have; it has: N°, doc, quand"):
        take_in(home, ledger, folder, wrong)


def test_what_cannot_be_a_list_is_said_in_a_sentence(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no file or folder"):
        take_in(home, ledger, tmp_path / "absent")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInput, match="no table that could say"):
        take_in(home, ledger, tmp_path / "empty")
    write_list(tmp_path / "t.csv", ("a", "texte"), [("1", "x")])
    with pytest.raises(InvalidInput, match="lacks a column for person and date"):
        take_in(home, ledger, tmp_path / "t.csv")
    (tmp_path / "m.toml").write_text("[columns]\nnom = 3", encoding="utf-8")
    with pytest.raises(InvalidInput, match="cannot be used"):
        read_documents_mapping(tmp_path / "m.toml")


def test_a_hospital_number_leads_to_the_person_fhir_knows_and_to_their_identity(
    home: Home, ledger: Ledger, tmp_path: Path
) -> None:
    home.settings_file.write_text("date_shift = true", encoding="utf-8")
    (tmp_path / "in.ndjson").write_bytes(lines(PATIENT | {"name": [{"family": "Quenelle"}]}, ENCOUNTER))
    take_fhir_in(home, ledger, tmp_path / "in.ndjson")
    write_list(
        tmp_path / "t.csv",
        ("ipp", "date", "texte", "titre", "nda"),
        [("IPP1", "24/10/2026", "Vu Quenelle, dossier IPP1", "Courrier Quenelle", "e1")],
    )
    take_in(home, ledger, tmp_path / "t.csv")
    note, visit = row(home, "note"), row(home, "visit_occurrence")
    assert note["person_id"] == visit["person_id"] == row(home, "person")["person_id"]
    assert note["note_text"] == "Vu [...], dossier [...]" and note["note_title"] == "Courrier [...]"
    assert note["visit_occurrence_id"] == visit["visit_occurrence_id"]
    shift = pseudonymiser(home).shift_days(pseudonymiser(home).person("p1"))
    assert (note["note_date"].date() - date(2026, 10, 24)).days == shift


def test_what_the_vault_learns_later_makes_a_document_be_read_again(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    write_list(tmp_path / "t.csv", ("id_document", "ipp", "date", "texte"), [("d", "p1", "24/10/2026", "Vu Quenelle")])
    take_in(home, ledger, tmp_path / "t.csv")
    assert row(home, "note")["note_text"] == "Vu Quenelle"
    (tmp_path / "in.ndjson").write_bytes(lines(PATIENT | {"name": [{"family": "Quenelle"}]}))
    take_fhir_in(home, ledger, tmp_path / "in.ndjson")
    assert take_in(home, ledger, tmp_path / "t.csv").new
    assert row(home, "note")["note_text"] == "Vu [...]"


@pytest.mark.slow
def test_processes_give_the_same_rows_as_one(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    files = {f"{number}.txt": f"Compte rendu {number}, apyrexie".encode() for number in range(60)} | FILES
    folder = folder_of(tmp_path / "in", files)
    report = take_in(home, ledger, folder, workers=2)
    assert report.tally.written == len(files) and len(rows(home, "note")) == len(files)
    assert len(open_warehouse(home).manifest().sources) == 2
    assert len(files) > batches.FIRST_BATCH
