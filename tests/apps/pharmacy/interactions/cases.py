"""Sample cases of pharmacy.interactions: invented prescriptions on an invented knowledge."""

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
from tests.apps.pharmacy.interactions.knowledge_examples import tiny

from cognoscope.apps.pharmacy.interactions.case import Measurement, Order, Patient, build_case
from cognoscope.core.case import Case, Column, Table
from cognoscope.core.home import Home
from cognoscope.intake.warehouse import open_warehouse

AS_OF = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def patient(**changes: object) -> Patient:
    """A woman of 81 with a weak kidney, a penicillin allergy and a potassium of the day before."""
    said: dict[str, object] = {
        "subject": "stay:4101",
        "age": 81,
        "sex": "f",
        "egfr": 28,
        "allergies": ("pénicilline",),
        "conditions": ("I48.2",),
        "measurements": (Measurement("2823-3", 4.3, "mmol/L", AS_OF - timedelta(hours=20)),),
        "ward": "CARD",
    }
    return Patient(**(said | changes))  # type: ignore[arg-type]


def orders(*names: str) -> list[Order]:
    """Orders of these names, keyed as the warehouse does."""
    return [Order(f"d{number}", name) for number, name in enumerate(names, start=1)]


def usable() -> list[Case]:
    """Cases on which there is something to propose."""
    heavy = orders(
        "Simvax", "Clarimyx", "Cardionel", "Fluidan", "Spirotone", "Ramipax", "Glucomet", "Luminax", "Wxyzine"
    )
    light = orders("Doloprane", "Spirotone", "Ramipax")
    return [
        build_case(patient(), heavy, tiny(), AS_OF),
        build_case(patient(subject="stay:4102", egfr=90, allergies=()), light, tiny(), AS_OF),
        build_case(Patient("stay:4103"), orders("Cardionel", "Doloprane"), tiny("stopp-start"), AS_OF),
    ]


def abstaining() -> dict[str, Case]:
    """Cases on which there is nothing honest to say."""
    garbage = Case(
        kind="prescription",
        subject="stay:9",
        as_of=AS_OF,
        tables=(Table(name="drug", columns=(Column(name="key", type="text", values=("d1",)),)),),
    )
    return {
        "empty": build_case(patient(), [], tiny(), AS_OF),
        "too short": build_case(patient(), orders("Wxyzine"), tiny(), AS_OF),
        "out of range": build_case(patient(age=400), orders("Cardionel"), tiny(), AS_OF),
        "kidney out of range": build_case(patient(egfr=-4), orders("Cardionel"), tiny(), AS_OF),
        "garbage": garbage,
        "another kind": Case(kind="hospital-stay", subject="stay:9", as_of=AS_OF),
        "no thesaurus": build_case(patient(), orders("Cardionel"), tiny("ansm"), AS_OF),
        "no medicines": build_case(patient(), orders("Cardionel"), tiny("bdpm"), AS_OF),
        "unreadable policy": _with_policy("{}"),
    }


def _with_policy(text: str) -> Case:
    from cognoscope.apps.pharmacy.interactions.prescription_case import with_recalled

    return with_recalled(build_case(patient(), orders("Cardionel"), tiny(), AS_OF), [], text)


def happen(home: Home) -> datetime:
    """Let the first usable case's simvastatin be stopped the next day, and a potassium follow."""
    day = date(2026, 11, 20)
    count = 9
    drugs = pa.table(
        {
            "drug_exposure_id": list(range(1, count + 1)),
            "person_id": [7] * count,
            "drug_concept_id": [0] * count,
            "drug_exposure_start_date": pa.array([day] * count, pa.date32()),
            "drug_exposure_end_date": pa.array([date(2026, 11, 22)] + [date(2026, 11, 30)] * (count - 1), pa.date32()),
            "drug_type_concept_id": [32838] * count,
            "visit_occurrence_id": [4101] * count,
        }
    )
    results = pa.table(
        {
            "measurement_id": [1],
            "person_id": [7],
            "measurement_concept_id": [0],
            "measurement_date": pa.array([date(2026, 11, 23)], pa.date32()),
            "measurement_type_concept_id": [32817],
            "visit_occurrence_id": [4101],
            "measurement_source_value": ["http://loinc.org|2823-3"],
            "value_as_number": [6.2],
            "unit_source_value": ["mmol/L"],
        }
    )
    open_warehouse(home).commit("b" * 64, 0, {"drug_exposure": drugs, "measurement": results})
    return AS_OF + timedelta(days=4)
