"""`cognoscope index`, `search` and `cohort` as somebody types them."""

import io
import json
import sys
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from tests.intake.search.hospital import texts, with_reports

from cognoscope.core.access import AccessLog
from cognoscope.core.actor import Role, program
from cognoscope.intake.cohorts import AllOf, Cohort, Sex, TextFound
from cognoscope.web.accounts import Accounts

pytest.importorskip("tantivy")

PASSWORD = "a long phrase for tests"


@pytest.fixture
def hospital(home, ledger):
    reports = texts(*["Patient traité pour diabète."] * 12, *["Rien à signaler."] * 11)
    warehouse = with_reports(home, reports)
    ids = [report["person_id"] for report in reports]
    persons = {"person_id": ids, "gender_concept_id": [8532] * 23, "year_of_birth": [1960] * 23}
    warehouse.commit("b" * 64, 0, {"person": pa.table(persons)})
    for name, role in (("ana", Role.CLINICIAN), ("max", Role.MANAGER), ("paul", Role.PATIENT)):
        Accounts(ledger).create(
            name, name, [role], program("test"), datetime(2025, 1, 1, tzinfo=UTC), password=PASSWORD
        )
    return home


@pytest.fixture
def keyboard(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD + "\n"))


def test_index_then_search(hospital, type_in):
    assert type_in(hospital, "search", "diabete", status=1)[1].strip().endswith("run `cognoscope index`.")
    out, err = type_in(hospital, "index")
    assert out == "23 reports in the search index: 23 new, 0 changed, 0 removed.\n"
    assert "23 of 23" in err
    assert type_in(hospital, "index")[0].endswith("0 new, 0 changed, 0 removed.\n")
    out, _ = type_in(hospital, "search", "diabete", "--limit", "3")
    assert out.startswith("12 reports, 12 of them exactly")
    assert out.count("Patient traité pour [diabète].") == 3


def test_search_says_what_was_seen_to_the_access_log(hospital, type_in):
    type_in(hospital, "index")
    out, _ = type_in(hospital, "search", "diabete", "--limit", "2", "--json")
    hits = json.loads(out)["hits"]
    with AccessLog.open(hospital.access_url) as log:
        seen = {(entry.what, entry.subject) for entry in log.entries()}
    assert seen == {("search", f"note:{hit['note_id']}") for hit in hits}


@pytest.mark.parametrize(
    ("words", "total"),
    [
        (["diab"], 0),
        (["diabete", "--person", "101"], 1),
        (["diabete", "--since", "2025-01-02"], 0),
        (["diabete", "--until", "2025-01-02", "--newest"], 12),
        (["diabtee", "--exact"], 0),
        (["diabtee"], 12),
        (["diabete", "--title", "Lettre"], 0),
        (["diabete", "--asserted"], 12),
        (["patient -diabete"], 0),
    ],
)
def test_options_of_search(hospital, type_in, words, total):
    type_in(hospital, "index")
    assert json.loads(type_in(hospital, "search", *words, "--json")[0])["total"] == total


def test_a_day_that_is_none_is_one_sentence(hospital, type_in):
    assert "2026-11-21" in type_in(hospital, "search", "x", "--since", "tomorrow", status=1)[1]


def definition(path, name="diabetes"):
    criterion = AllOf(of=(Sex(concepts=(8532,)), TextFound(text="diabète")))
    file = path / f"{name}.json"
    file.write_bytes(Cohort(name=name, criterion=criterion).canonical())
    return str(file)


def test_save_list_count(hospital, type_in, keyboard, tmp_path):
    assert "No cohort" in type_in(hospital, "cohort", "list")[0]
    assert "entry" in type_in(hospital, "cohort", "save", definition(tmp_path), "--account", "ana")[0]
    assert type_in(hospital, "cohort", "list")[0].startswith("diabetes  ")
    (line,) = json.loads(type_in(hospital, "cohort", "list", "--json")[0])
    assert (line["name"], line["by"]) == ("diabetes", "ana")
    out, _ = type_in(hospital, "cohort", "count", "diabetes", "--as-of", "2025-07-02")
    assert out.startswith("12 persons, 12 reports.")
    assert "65-79 12" in out
    assert "2025-01 12" in out
    seen = json.loads(type_in(hospital, "cohort", "count", "diabetes", "--json")[0])
    assert seen["persons"] == {"key": "persons", "number": 12, "shown": "12"}
    # With the index the same persons.
    type_in(hospital, "index")
    assert json.loads(type_in(hospital, "cohort", "count", "diabetes", "--json")[0]) == seen


def test_compare(hospital, ledger, type_in, tmp_path):
    from cognoscope.core.actor import person
    from cognoscope.intake.cohorts_saved import save

    at = datetime(2025, 1, 1, tzinfo=UTC)
    for name, criterion in (("all", Sex(concepts=(8532,))), ("ill", TextFound(text="diabète"))):
        save(ledger, Cohort(name=name, criterion=criterion), person("ana", Role.CLINICIAN), at)
    rows = {
        "condition_occurrence_id": list(range(12)),
        "person_id": list(range(101, 113)),
        "condition_start_date": [date(2025, 1, 1)] * 12,
        "condition_source_value": ["E11.9"] * 12,
    }
    zeros = ("condition_concept_id", "condition_type_concept_id")
    warehouse = with_reports(hospital, [])
    warehouse.commit("e" * 64, 0, {"condition_occurrence": pa.table(rows | {name: [0] * 12 for name in zeros})})
    out, _ = type_in(hospital, "cohort", "compare", "all", "ill")
    assert out.splitlines()[0] == "all: 23 persons; ill: 12; in both: 12."
    assert "condition E11 (code)  12 (52.2%" in out
    assert json.loads(type_in(hospital, "cohort", "compare", "all", "ill", "--json")[0])["persons_a"] == "23"


def test_export(hospital, ledger, type_in, tmp_path, monkeypatch):
    def typed():
        monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD + "\n"))

    typed()
    type_in(hospital, "cohort", "save", definition(tmp_path), "--account", "ana")
    words = ("cohort", "export", "diabetes", str(tmp_path / "out"), "--purpose", "étude")
    typed()
    assert "role" in type_in(hospital, *words, "--account", "ana", status=1)[1]
    typed()
    out, _ = type_in(hospital, *words, "--account", "max", "--notes", "--csv")
    assert "about 12 persons" in out
    assert (tmp_path / "out" / "note.csv").exists()
    (entry,) = ledger.entries(event="ExtractExported")
    assert (entry.actor.id, entry.event.purpose) == ("max", "étude")


def test_a_patient_saves_no_cohort_and_nonsense_is_one_sentence(hospital, type_in, keyboard, tmp_path):
    assert "role" in type_in(hospital, "cohort", "save", definition(tmp_path), "--account", "paul", status=1)[1]
    (tmp_path / "bad.json").write_text('{"name": "x"}')
    assert (
        "docs/search.md"
        in type_in(hospital, "cohort", "save", str(tmp_path / "bad.json"), "--account", "ana", status=1)[1]
    )
    assert (
        "cannot be read" in type_in(hospital, "cohort", "save", str(tmp_path / "no"), "--account", "ana", status=1)[1]
    )
    assert "cohort list" in type_in(hospital, "cohort", "count", "nothing", status=1)[1]
