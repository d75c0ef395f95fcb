"""Stays from a JSON file and from the warehouse; what the stay finally carries."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from tests.apps.records.coding.cases import AS_OF, LETTER, happen, record, usable

from cognoscope.apps.records.coding.app import propose
from cognoscope.apps.records.coding.case import build_case, known_by
from cognoscope.apps.records.coding.case_file import read_stays
from cognoscope.apps.records.coding.case_warehouse import CIM10, cases_from_warehouse, code_in
from cognoscope.apps.records.coding.outcomes import outcomes
from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.intake.warehouse import open_warehouse

STAY = {"stay": "s1", "age_years": 70, "sex": "f", "diagnoses": [{"code": "J18.9", "role": "dp"}]}


def column(case: Case, table: str, name: str) -> tuple[object, ...]:
    found = case.table(table)
    values = found.column(name) if found else None
    return values.values if values else ()


@pytest.mark.parametrize(
    "text",
    [json.dumps(STAY), json.dumps([STAY]), json.dumps({"stays": [STAY]}), json.dumps(STAY) + "\n"],
)
def test_a_file_holds_one_stay_or_several(tmp_path: Path, text: str):
    (tmp_path / "stays.json").write_text(text, encoding="utf-8")
    (stay,) = read_stays(tmp_path / "stays.json")
    assert stay.stay == "s1" and stay.diagnoses[0].code == "J18.9"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no stay"),
        ("[]", "no stay"),
        ("{not json", "not JSON"),
        ('{"stay": "s 1"}', "stay"),
        ('{"stay": "s1", "age_years": 500}', "age_years"),
        ('{"stay": "s1", "colour": 1}', "colour"),
        ('{"stay": "s1", "biology": [{"label": "crp", "value": "much"}]}', "biology"),
        ("[3]", "stay 1"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str):
    (tmp_path / "stays.json").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=said):
        read_stays(tmp_path / "stays.json")


def test_no_such_file(tmp_path: Path):
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_stays(tmp_path / "absent.json")


def test_nothing_later_than_as_of_enters():
    made = record()
    made.notes.insert(0, {"note_date": "2026-12-01", "note_title": None, "note_text": "Plus tard : asthme."})
    made.mentions.append({"note": 1, "start": 0, "stop": 5, "group": "disorder", "label": "disorder"})
    made.drugs.append({"atc": "L01XA01", "date": "2026-12-01", "source": "file"})
    known = known_by(made, AS_OF.date())
    assert [note["note_date"] for note in known.notes] == ["2026-11-20"]
    assert [mention["note"] for mention in known.mentions] == [0]
    assert "L01XA01" not in column(build_case(made, AS_OF), "drug", "atc")


def test_codes_of_the_source():
    assert code_in("http://hl7.org/fhir/sid/icd-10-fr|E11.9", CIM10) == "E11.9"
    assert code_in("e119", CIM10) == "E119"
    assert code_in("http://snomed.info/sct|44054006", CIM10) is None and code_in(None, CIM10) is None


def send(home: Home) -> None:
    """One coded stay with a report, and a visit that is no hospital stay."""
    day, end = date(2026, 11, 14), date(2026, 11, 20)
    days, ids = pa.array([day, day]), [4101, 4102]
    tables = {
        "person": pa.table({"person_id": [1], "gender_concept_id": [8507], "year_of_birth": [1952]}),
        "visit_occurrence": pa.table(
            {
                "visit_occurrence_id": ids,
                "person_id": [1, 1],
                "visit_concept_id": [9201, 9202],
                "visit_start_date": days,
                "visit_end_date": pa.array([end, end]),
            }
        ),
        "condition_occurrence": pa.table(
            {
                "condition_occurrence_id": [1, 2, 3],
                "person_id": [1] * 3,
                "condition_start_date": pa.array([day] * 3),
                "visit_occurrence_id": [4101, 4101, 4102],
                "condition_source_value": ["icd|J18.9", "icd|E03.9", "icd|I10"],
                "condition_status_source_value": ["x|DP", "x|DAS", None],
            }
        ),
        "drug_exposure": pa.table(
            {
                "drug_exposure_id": [1, 2],
                "person_id": [1, 1],
                "drug_exposure_start_date": days,
                "visit_occurrence_id": [4101, 4101],
                "drug_source_value": ["http://www.whocc.no/atc|A10BA02", "rxnorm|12345"],
            }
        ),
        "measurement": pa.table(
            {
                "measurement_id": [1],
                "person_id": [1],
                "measurement_date": pa.array([day]),
                "visit_occurrence_id": [4101],
                "measurement_source_value": ["http://loinc.org|2339-0"],
                "value_as_number": [2.1],
                "unit_source_value": ["http://unitsofmeasure.org|g/L"],
            }
        ),
        "note": pa.table(
            {
                "note_id": [11],
                "person_id": [1],
                "note_date": pa.array([end]),
                "note_title": pa.array([None], pa.string()),
                "note_text": [LETTER],
                "visit_occurrence_id": [4101],
            }
        ),
    }
    open_warehouse(home).commit("d" * 64, 0, tables)


def test_a_stay_of_the_warehouse(home: Home):
    send(home)
    (case,) = cases_from_warehouse(open_warehouse(home), AS_OF)
    assert (case.subject, case.fact("age_years"), case.fact("sex"), case.fact("days")) == ("stay:4101", 74, "m", 6)
    assert case.as_of == AS_OF.replace(hour=23, minute=59, second=59, day=20)
    assert column(case, "diagnosis", "role") == ("dp", "das") and column(case, "drug", "atc") == ("A10BA02",)
    codes, coherence = propose(case)
    assert codes.value is not None and codes.value.element("dp-J18.9") is not None
    assert coherence.value is not None and coherence.value.element("missing-E11.9") is not None


def test_running_the_next_day_makes_the_same_case(home: Home):
    send(home)
    (first,) = cases_from_warehouse(open_warehouse(home), AS_OF)
    (second,) = cases_from_warehouse(open_warehouse(home), AS_OF + timedelta(days=1))
    assert first.digest == second.digest


def test_old_and_future_stays_are_left_out(home: Home):
    send(home)
    for other in (datetime(2026, 11, 19, tzinfo=UTC), datetime(2027, 1, 15, tzinfo=UTC)):
        assert cases_from_warehouse(open_warehouse(home), other) == []


def test_outcomes_say_what_the_stay_holds_once_settled(home: Home):
    proposals = propose(usable()[0])
    at = happen(home)
    assert outcomes(open_warehouse(home), proposals, AS_OF + timedelta(days=5)) == []
    known = {each.element: each.value for each in outcomes(open_warehouse(home), proposals, at)}
    assert known["dp-J18.9"] is True and known["missing-E11.9"] is True and known["unlikely-E03.9"] is False
