"""FHIR resources that the tests of intake share, and one call that takes them in."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from cognoscope.core.actor import program
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake import keys
from cognoscope.intake.fhir import Report, ingest_fhir
from cognoscope.intake.warehouse import open_warehouse

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"


def code(system: str, value: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": value}]}


PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [
        {"system": "urn:oid:1.2.250.1.71", "value": "IPP1", "type": {"coding": [{"code": "PI"}]}},
        {"system": "urn:oid:1.2.250.1.213.1.4.10", "value": "162126587913677"},
    ],
    "gender": "female",
    "birthDate": "1962-12-27",
}
ENCOUNTER = {
    "resourceType": "Encounter",
    "id": "e1",
    "status": "finished",
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "EMER"},
    "subject": {"reference": "Patient/p1"},
    "period": {"start": "2026-10-24T23:30:00Z", "end": "2026-10-25T03:00:00+01:00"},
}
CONDITION = {
    "resourceType": "Condition",
    "id": "c1",
    "code": code(SNOMED, "15777000"),
    "subject": {"reference": "Patient/p1"},
    "encounter": {"reference": "Encounter/e1"},
    "onsetDateTime": "2020-03",
}
OBSERVATION = {
    "resourceType": "Observation",
    "id": "o1",
    "status": "final",
    "category": [code(CATEGORY, "laboratory")],
    "code": code(LOINC, "2345-7"),
    "subject": {"reference": "Patient/p1"},
    "encounter": {"reference": "Encounter/e1"},
    "effectiveDateTime": "2026-10-25T01:00:00+01:00",
    "valueQuantity": {"value": 5.5, "unit": "mmol/L", "code": "mmol/L"},
    "referenceRange": [{"low": {"value": 4}, "high": {"value": 6}}],
}
REQUEST = {
    "resourceType": "MedicationRequest",
    "id": "m1",
    "status": "active",
    "medicationCodeableConcept": code("http://www.whocc.no/atc", "N02BE01"),
    "subject": {"reference": "Patient/p1"},
    "authoredOn": "2026-10-25",
    "dispenseRequest": {"numberOfRepeatsAllowed": 2, "quantity": {"value": 30}},
}
STATEMENT = {
    "resourceType": "MedicationStatement",
    "id": "s1",
    "status": "active",
    "medicationCodeableConcept": code("http://www.whocc.no/atc", "B01AC06"),
    "subject": {"reference": "Patient/p1"},
    "effectivePeriod": {"start": "2026-01-01", "end": "2027-01-01"},
}
PROCEDURE = {
    "resourceType": "Procedure",
    "id": "r1",
    "status": "completed",
    "code": code(SNOMED, "73761001"),
    "subject": {"reference": "Patient/p1"},
    "performedPeriod": {"start": "2026-10-25T02:00:00+01:00", "end": "2026-10-25T02:30:00+01:00"},
}
ALLERGY = {
    "resourceType": "AllergyIntolerance",
    "id": "a1",
    "clinicalStatus": code("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active"),
    "category": ["medication"],
    "code": code("http://www.whocc.no/atc", "J01CA04"),
    "patient": {"reference": "Patient/p1"},
    "recordedDate": "2026-10-25",
}
DOCUMENT = {
    "resourceType": "DocumentReference",
    "id": "d1",
    "status": "current",
    "type": code(LOINC, "34117-2"),
    "subject": {"reference": "Patient/p1"},
    "date": "2026-10-25T04:00:00Z",
    "context": {"encounter": [{"reference": "Encounter/e1"}]},
}
EVERY = (PATIENT, ENCOUNTER, CONDITION, OBSERVATION, REQUEST, STATEMENT, PROCEDURE, DOCUMENT)
TABLE_OF = {
    "Patient": "person",
    "Encounter": "visit_occurrence",
    "Condition": "condition_occurrence",
    "Observation": "measurement",
    "MedicationRequest": "drug_exposure",
    "MedicationStatement": "drug_exposure",
    "Procedure": "procedure_occurrence",
    "DocumentReference": "note",
}


def lines(*resources: object) -> bytes:
    return b"".join(json.dumps(resource).encode() + b"\n" for resource in resources)


def bundle(*resources: dict[str, Any], full_url: str = "urn:uuid:{id}", **options: Any) -> bytes:
    entries = [{"fullUrl": full_url.format(**resource), "resource": resource} for resource in resources]
    return json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}, **options).encode()


def take_in(home: Home, ledger: Ledger, path: Path, at: datetime = AT) -> Report:
    keys.create(home)
    return ingest_fhir(path, warehouse=open_warehouse(home), ledger=ledger, actor=program("intake"), at=at)


@contextmanager
def connected(home: Home) -> Iterator[Any]:
    backend = open_warehouse(home).connect()
    try:
        yield backend
    finally:
        backend.disconnect()


def rows(home: Home, name: str) -> pd.DataFrame:
    with connected(home) as backend:
        return backend.table(name).execute()


def row(home: Home, name: str) -> dict[str, Any]:
    found = rows(home, name)
    assert len(found) == 1, found
    return found.iloc[0].to_dict()


def digests(home: Home) -> dict[str, tuple[int, int]]:
    """Rows of each table and an order-free digest of them."""
    with connected(home) as backend:
        found = {}
        for name in backend.list_tables():
            counted = backend.raw_sql(f'SELECT count(*), bit_xor(hash(t)) FROM "{name}" t').fetchone()
            found[name] = (counted[0], counted[1] or 0)
        return found
