"""Prescriptions from files, Bundles and the warehouse: what is read, what is refused, and nothing of an identity."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.apps.pharmacy.interactions.cases import AS_OF
from tests.apps.pharmacy.interactions.knowledge_examples import load_into, tiny, write

from cognoscope.apps.pharmacy.interactions import APPLICATION, case_files
from cognoscope.apps.pharmacy.interactions.case_fhir import from_bundle
from cognoscope.apps.pharmacy.interactions.case_files import cases_from_file, read_prescription
from cognoscope.apps.pharmacy.interactions.case_warehouse import cases_from_warehouse
from cognoscope.apps.pharmacy.interactions.orders import Order, Patient
from cognoscope.apps.pharmacy.interactions.prescription_case import prescription_of
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.intake.warehouse import open_warehouse

ATC = "http://www.whocc.no/atc"


def coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def bundle(*resources: object) -> dict[str, Any]:
    return {"resourceType": "Bundle", "entry": [{"resource": each} for each in resources]}


FULL = bundle(
    {
        "resourceType": "Patient",
        "id": "p-secret",
        "name": [{"family": "Canari"}],
        "gender": "female",
        "birthDate": "1944",
    },
    {
        "resourceType": "MedicationRequest",
        "id": "r1",
        "status": "draft",
        "medicationCodeableConcept": coded(ATC, "A10BA02"),
        "authoredOn": "2026-11-21",
        "dosageInstruction": [
            {
                "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
                "doseAndRate": [{"doseQuantity": {"value": 850, "unit": "mg"}}],
            }
        ],
    },
    {"resourceType": "MedicationRequest", "id": "r2", "status": "active", "medicationReference": {"reference": "#m"}}
    | {"contained": [{"resourceType": "Medication", "id": "m", "code": {"text": "Cardionel"}}]},
    {"resourceType": "MedicationRequest", "status": "stopped", "medicationCodeableConcept": {"text": "Fluidan"}},
    {"resourceType": "MedicationRequest", "doNotPerform": True, "medicationCodeableConcept": {"text": "Fluidan"}},
    {"resourceType": "AllergyIntolerance", "code": {"text": "Pénicilline"}, "patient": {"reference": "Patient/x"}},
    {"resourceType": "AllergyIntolerance", "code": {"text": "Noix"}, "clinicalStatus": coded("x", "resolved")},
    {"resourceType": "Condition", "code": coded("http://hl7.org/fhir/sid/icd-10", "I48.2")},
    {"resourceType": "Condition", "code": coded("http://hl7.org/fhir/sid/icd-10", "I50")}
    | {"verificationStatus": coded("x", "refuted")},
    {
        "resourceType": "Observation",
        "status": "final",
        "code": coded("http://loinc.org", "62238-1"),
        "effectiveDateTime": "2026-11-20T08:00:00Z",
        "valueQuantity": {"value": 24, "code": "mL/min"},
    },
)


def test_a_bundle_gives_orders_and_what_is_known_of_the_person() -> None:
    patient, orders = from_bundle(FULL, "stay:1", "x.json")
    assert [(order.key, order.system, order.code, order.text, order.dose, order.draft) for order in orders] == [
        ("r1", "ATC", "A10BA02", "", "1700 mg/j", True),
        ("r2", "", "", "Cardionel", "", False),
    ]
    assert (patient.age, patient.sex, patient.allergies, patient.conditions) == (82, "f", ("Pénicilline",), ("I48.2",))
    assert [(one.name, one.value) for one in patient.measurements] == [("62238-1", 24.0)]


@pytest.fixture
def knowledge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_files, "default_knowledge", tiny)


def test_a_file_becomes_one_case_without_name_or_identifier(tmp_path: Path, knowledge: None) -> None:
    file = tmp_path / "canari.json"
    file.write_text(json.dumps(FULL), encoding="utf-8")
    (case,) = cases_from_file(file, AS_OF)
    text = case.canonical().decode()
    assert "Canari" not in text and "p-secret" not in text and "canari" not in text
    (proposal,) = APPLICATION.propose(case)
    assert proposal.headline is not None and "Contre-indication" not in proposal.headline.text.fr
    assert proposal.headline.element == "renal-metformin-metformine"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Cardionel\n\n# note\n  Fluidan 20 mg\n", ["Cardionel", "Fluidan 20 mg"]),
        ("medicine,dose\nCardionel,200 mg/j\nFluidan,20 mg/j\n", ["Cardionel", "Fluidan"]),
        ("médicament;voie\nCardionel;orale\n", ["Cardionel"]),
        ('["Cardionel", {"text": "Fluidan", "draft": true}]', ["Cardionel", "Fluidan"]),
        (
            '{"orders": ["Cardionel"], "patient": {"age": 70, "measurements": [{"name": "INR", "value": 3}]}}',
            ["Cardionel"],
        ),
        ("", []),
    ],
)
def test_lists_csv_and_json(text: str, names: list[str]) -> None:
    assert [order.text for order in read_prescription(text, "stay:1", "x")[1]] == names


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"a": 1}',
        "[1]",
        '{"resourceType": "Patient"}',
        '{"orders": [], "patient": []}',
        '{"orders": [], "patient": {"age": "old"}}',
        '{"orders": [], "patient": {"measurements": [{"name": "INR"}]}}',
        '{"orders": [{"text": "x", "start": "yesterday"}]}',
        json.dumps(bundle({"resourceType": "Patient"}, {"resourceType": "Patient"})),
        "[" * 100_000,
    ],
)
def test_what_is_no_prescription_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_prescription(text, "stay:1", "liste.json")
    assert str(refused.value).startswith("liste.json") and str(refused.value).rstrip()[-1] == "."


def test_unreadable_files_are_refused(tmp_path: Path, knowledge: None) -> None:
    large = tmp_path / "large.txt"
    large.write_bytes(b"x" * 5_000_001)
    wrong = tmp_path / "wrong.txt"
    wrong.write_bytes("Préviscan".encode("utf-16"))
    for path in (tmp_path / "absent.txt", large, wrong):
        with pytest.raises(InvalidInput):
            cases_from_file(path, AS_OF)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KINDS = ("Patient", "MedicationRequest", "Observation", "Condition", "AllergyIntolerance", "Medication")
KEYS = """id status code coding birthDate gender medicationCodeableConcept medicationReference contained
dosageInstruction valueQuantity effectiveDateTime authoredOn clinicalStatus verificationStatus
component doseAndRate timing"""
kinds, keys = st.sampled_from(KINDS), st.sampled_from(sorted(KEYS.split()))
resources = st.builds(
    lambda kind, rest: {"resourceType": kind} | rest, kinds, st.dictionaries(keys, json_values, max_size=6)
)


@settings(deadline=None, max_examples=150)
@given(st.lists(resources, max_size=5), st.sampled_from(["Bundle", "Patient", None]))
def test_any_bundle_is_read_or_refused(some: list[dict[str, Any]], kind: str | None) -> None:
    try:
        patient, orders = from_bundle(bundle(*some) | {"resourceType": kind}, "stay:1", "x")
    except InvalidInput:
        return
    assert isinstance(patient, Patient) and all(isinstance(order, Order) and order.key for order in orders)


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=200) | json_values.map(json.dumps))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_prescription(text, "stay:1", "x")
    except InvalidInput as refused:
        assert str(refused).startswith("x")


def fill(home: Home, tmp_path: Path) -> None:
    """Two stays: one in progress with three orders, one over."""
    load_into(home.knowledge, write(tmp_path))
    day = date(2026, 11, 18)

    def days(*values: date | None) -> pa.Array:
        return pa.array(values, pa.date32())

    drugs = [f"{ATC}|J01FA09", f"{ATC}|C10AA01", "Cardionel", f"{ATC}|B01AA12"]
    tables = {
        "person": pa.table(
            {"person_id": [7], "year_of_birth": [1940], "month_of_birth": [2], "gender_concept_id": [8532]}
            | {"race_concept_id": [0], "ethnicity_concept_id": [0]}
        ),
        "visit_occurrence": pa.table(
            {
                "visit_occurrence_id": [41, 42],
                "person_id": [7, 7],
                "visit_concept_id": [9201, 9201],
                "visit_start_date": days(day, date(2026, 1, 1)),
                "visit_end_date": days(date(2026, 11, 21), date(2026, 1, 9)),
                "visit_type_concept_id": [32817, 32817],
                "care_site_id": [3, 3],
            }
        ),
        "drug_exposure": pa.table(
            {
                "drug_exposure_id": [1, 2, 3, 4],
                "person_id": [7] * 4,
                "drug_concept_id": [0] * 4,
                "drug_exposure_start_date": days(*[day] * 4),
                "drug_exposure_end_date": days(day, date(2026, 11, 25), date(2026, 11, 25), date(2026, 11, 19)),
                "drug_type_concept_id": [32838] * 4,
                "visit_occurrence_id": [41] * 4,
                "drug_source_value": drugs,
            }
        ),
        "condition_occurrence": pa.table(
            {
                "condition_occurrence_id": [1],
                "person_id": [7],
                "condition_concept_id": [0],
                "condition_start_date": days(date(2020, 1, 1)),
                "condition_type_concept_id": [32817],
                "condition_source_value": ["http://hl7.org/fhir/sid/icd-10-fr|I48.2"],
            }
        ),
        "measurement": pa.table(
            {
                "measurement_id": [1, 2],
                "person_id": [7, 7],
                "measurement_concept_id": [0, 0],
                "measurement_date": days(date(2026, 11, 20), date(2026, 11, 30)),
                "measurement_type_concept_id": [32817] * 2,
                "measurement_source_value": ["http://loinc.org|2823-3"] * 2,
                "value_as_number": [4.1, 7.0],
                "unit_source_value": ["mmol/L"] * 2,
            }
        ),
        "observation": pa.table(
            {
                "observation_id": [1],
                "person_id": [7],
                "observation_concept_id": [0],
                "observation_date": days(date(2020, 1, 1)),
                "observation_type_concept_id": [32817],
                "observation_source_value": ["http://snomed.info/sct|416098002"],
                "value_source_value": [f"{ATC}|J01CA04"],
            }
        ),
    }
    open_warehouse(home).commit("c" * 64, 0, tables)


def test_the_warehouse_gives_the_stays_in_progress(home: Home, tmp_path: Path) -> None:
    fill(home, tmp_path)
    at = datetime(2026, 11, 21, 15, tzinfo=UTC)
    (case,) = cases_from_warehouse(open_warehouse(home), at)
    asked = prescription_of(case)
    assert (case.subject, asked.age, asked.sex, asked.ward) == ("stay:41", 86, "f", "3")
    assert [(drug.key, drug.label) for drug in asked.drugs] == [
        ("d1", "clarithromycine"),
        ("d2", "simvastatine"),
        ("d3", "CARDIONEL 200 mg, comprimé"),
    ], "what ended on the 19th is over; what ends the day it began has no known end"
    assert asked.conditions == ["I48.2"] and [one.value for one in asked.results] == [4.1]
    assert [one.atc for one in asked.allergies] == [("J01CA04",)]
    (proposal,) = APPLICATION.propose(case)
    assert proposal.headline is not None and proposal.headline.text.fr.startswith("Contre-indication")
    later = cases_from_warehouse(open_warehouse(home), at + timedelta(hours=3))
    assert [one.digest for one in later] == [case.digest], "the same data the same day propose nothing anew"


def test_an_empty_warehouse_has_no_case(home: Home) -> None:
    assert cases_from_warehouse(open_warehouse(home), AS_OF) == []
