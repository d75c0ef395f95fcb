"""What a hospital enters about a person after an image, put into the warehouse of a test."""

from datetime import date

import pyarrow as pa

from cognoscope.core.home import Home
from cognoscope.intake.warehouse import open_warehouse

PSEUDONYM = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
SUBJECT = f"person:{PSEUDONYM}"
PERSON = 7


def commit(home: Home, **tables: pa.Table) -> None:
    """Put these tables into the warehouse, beside the person of `SUBJECT`."""
    person = pa.table({"person_id": [PERSON], "person_source_value": [PSEUDONYM]})
    open_warehouse(home).commit("d" * 64, 0, {"person": person, **tables})


def conditions(*codes: str, day: date) -> pa.Table:
    """Diagnoses by their codes of CIM-10."""
    system = "http://hl7.org/fhir/sid/icd-10-fr|"
    return pa.table(
        {
            "condition_occurrence_id": list(range(1, len(codes) + 1)),
            "person_id": [PERSON] * len(codes),
            "condition_start_date": pa.array([day] * len(codes)),
            "condition_source_value": [system + code for code in codes],
        }
    )


def measurements(code: str, amount: float, unit: str, day: date) -> pa.Table:
    """One measured value."""
    return pa.table(
        {
            "measurement_id": [1],
            "person_id": [PERSON],
            "measurement_date": pa.array([day]),
            "measurement_source_value": [f"http://loinc.org|{code}"],
            "value_as_number": [amount],
            "unit_source_value": [unit],
        }
    )
