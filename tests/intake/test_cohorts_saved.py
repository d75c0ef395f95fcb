"""Cohorts are kept in the ledger as definitions, and extracts leave under its eyes."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.intake.search.hospital import texts, with_reports

from cognoscope.core.actor import Role, person, program
from cognoscope.core.errors import InvalidInput, NotAllowed
from cognoscope.core.events import ExtractExported
from cognoscope.intake import optout
from cognoscope.intake.cohorts import Cohort, Event, Sex, TextFound
from cognoscope.intake.cohorts_extract import export
from cognoscope.intake.cohorts_saved import history, latest, named, save, saved
from cognoscope.intake.pseudonyms import person_id

AT = datetime(2025, 5, 1, 8, 0, tzinfo=UTC)
CLINICIAN = person("ana", Role.CLINICIAN)
MANAGER = person("max", Role.MANAGER)
OFFICER = person("dora", Role.DATA_PROTECTION_OFFICER)
WOMEN = Cohort(name="women", criterion=Sex(concepts=(8532,)))
COUGH = Cohort(name="cough", criterion=TextFound(text="toux"))


def test_a_definition_comes_back_as_it_was_saved(ledger):
    first = save(ledger, WOMEN, CLINICIAN, AT)
    assert first.cohort == WOMEN
    assert (first.actor, first.at) == (CLINICIAN, AT)
    assert latest(ledger, "women") == first == named(ledger, "women")
    assert save(ledger, WOMEN, MANAGER, AT) == first
    assert ledger.head().seq == first.seq


def test_the_last_definition_of_a_name_counts_and_the_others_stay(ledger):
    save(ledger, WOMEN, CLINICIAN, AT)
    save(ledger, COUGH, CLINICIAN, AT)
    both = Cohort(name="women", criterion=Sex(concepts=(8532, 8507)))
    save(ledger, both, CLINICIAN, AT)
    assert named(ledger, "women").cohort == both
    assert [each.cohort for each in history(ledger, "women")] == [both, WOMEN]
    assert [each.cohort for each in saved(ledger)] == [both, COUGH]
    assert ledger.verify().intact


def test_programs_save_no_cohorts_and_unknown_names_are_said(ledger):
    with pytest.raises(NotAllowed):
        save(ledger, WOMEN, program("run"), AT)
    assert latest(ledger, "women") is None
    with pytest.raises(InvalidInput, match="women"):
        named(ledger, "women")


@pytest.fixture
def warehouse(home):
    reports = texts(*["Toux grasse."] * 12, *["Rien."] * 3)
    made = with_reports(home, reports)
    ids = [report["person_id"] for report in reports]
    rows = {"person_id": ids, "gender_concept_id": [8532] * 15, "year_of_birth": [1960] * 15}
    visits = {"visit_occurrence_id": ids, "person_id": ids, "visit_start_date": [date(2025, 1, 1)] * 15}
    made.commit("b" * 64, 0, {"person": pa.table(rows), "visit_occurrence": pa.table(visits)})
    return made


def extract(cohort, warehouse, folder, ledger, actor=MANAGER, purpose="étude de la toux", **more):
    return export(cohort, warehouse, folder, purpose=purpose, actor=actor, ledger=ledger, at=AT, **more)


def test_an_extract_holds_the_members_rows_and_the_ledger_knows(warehouse, ledger, tmp_path):
    done = extract(COUGH, warehouse, tmp_path / "out", ledger)
    assert (done.persons, done.rows["person"], done.rows["visit_occurrence"], done.warning) == (12, 12, 12, "")
    assert "note" not in done.rows
    assert sorted(pq.read_table(done.folder / "visit_occurrence.parquet")["person_id"].to_pylist()) == list(
        range(101, 113)
    )
    assert Cohort.from_json((done.folder / "cohort.json").read_bytes()) == COUGH
    (entry,) = ledger.entries(event="ExtractExported")
    assert entry.event == ExtractExported(what=f"cohort:cough:{COUGH.digest[:12]}", rows=24, purpose="étude de la toux")
    assert entry.actor == MANAGER


def test_reports_go_only_when_asked_for_and_csv_can_be_read(warehouse, ledger, tmp_path):
    done = extract(COUGH, warehouse, tmp_path / "out", ledger, notes=True, form="csv")
    assert done.rows["note"] == 12
    assert (done.folder / "note.csv").read_text(encoding="utf-8").count("Toux grasse.") == 12


def test_who_refused_is_in_no_extract(home, warehouse, ledger, tmp_path):
    refusing = "0123456789abcdef" * 2
    key = person_id(refusing)
    with_reports(home, [{"note_id": 99, "person_id": key, "note_text": "Toux."}], source="c")
    warehouse.commit(
        "d" * 64, 0, {"person": pa.table({"person_id": [key], "gender_concept_id": [8532], "year_of_birth": [1960]})}
    )
    assert extract(COUGH, warehouse, tmp_path / "before", ledger).persons == 13
    optout.change(home, refusing, refuses=True, ledger=ledger, actor=program("test"), at=AT)
    done = extract(COUGH, warehouse, tmp_path / "after", ledger, notes=True)
    assert done.persons == 12
    assert key not in pq.read_table(done.folder / "note.parquet")["person_id"].to_pylist()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"actor": CLINICIAN}, NotAllowed),
        ({"actor": program("run")}, NotAllowed),
        ({"purpose": "  "}, InvalidInput),
        ({"cohort": Cohort(name="none", criterion=Event(kind="drug"))}, InvalidInput),
        ({"cohort": Cohort(name="few", criterion=TextFound(text="rien"))}, NotAllowed),
    ],
)
def test_what_must_not_leave_does_not(warehouse, ledger, tmp_path, change, error):
    arguments = {"cohort": COUGH, "warehouse": warehouse, "folder": tmp_path / "out", "ledger": ledger, **change}
    with pytest.raises(error):
        extract(**arguments)
    assert not (tmp_path / "out").exists()
    assert ledger.entries(event="ExtractExported") == []


def test_the_officer_is_warned_of_a_small_cohort(warehouse, ledger, tmp_path):
    few = Cohort(name="few", criterion=TextFound(text="rien"))
    done = extract(few, warehouse, tmp_path / "out", ledger, actor=OFFICER)
    assert done.persons == 3
    assert "recognised" in done.warning


def test_a_folder_with_something_in_it_is_left_alone(warehouse, ledger, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("kept")
    with pytest.raises(InvalidInput, match="folder"):
        extract(COUGH, warehouse, tmp_path / "out", ledger)
    assert (tmp_path / "out" / "mine").read_text() == "kept"
