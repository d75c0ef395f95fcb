"""Makes FHIR R4 NDJSON of a wanted size: invented persons, mostly Observations of some 700 bytes, always the same."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RECORDS_A_PERSON = 250
VISITS_A_PERSON = 12
KINDS = ("Observation", "Encounter", "Condition", "MedicationRequest", "Procedure", "DocumentReference")
WEIGHTS = (86, 5, 3, 3, 2, 1)
HOSPITAL = "urn:oid:1.2.250.1.71.4.2.2.1123321123"
NATIONAL = "urn:oid:1.2.250.1.213.1.4.10"
UCUM = "http://unitsofmeasure.org"


def write(path: Path, size: int, seed: int = 1) -> int:
    """Write at least `size` bytes of NDJSON; returns the number of records."""
    written = records = 0
    with path.open("wb") as stream:
        for resource in resources(random.Random(seed)):
            line = json.dumps(resource, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
            stream.write(line)
            written += len(line)
            records += 1
            if written >= size:
                return records
    raise AssertionError("the generator does not end")


def resources(chance: random.Random) -> Iterator[dict[str, Any]]:
    """Resources without end: each person, then what belongs to them."""
    number = 0
    while True:
        person = f"{number:08d}-{chance.getrandbits(64):016x}"
        yield patient(person, number, chance)
        for kind in chance.choices(KINDS, WEIGHTS, k=RECORDS_A_PERSON):
            yield resource(kind, person, chance)
        number += 1


def patient(person: str, number: int, chance: random.Random) -> dict[str, Any]:
    """A person with names, two identifiers, an address and a telephone number, all invented."""
    return {
        "resourceType": "Patient",
        "id": person,
        "identifier": [
            {"system": HOSPITAL, "value": f"IPP{number:09d}", "type": {"coding": [{"code": "PI"}]}},
            {"system": NATIONAL, "value": f"{chance.randrange(10**14, 2 * 10**14)}"},
        ],
        "name": [{"use": "official", "family": f"NOM{number}", "given": [f"Prénom{number % 977}"]}],
        "telecom": [{"system": "phone", "value": f"06{chance.randrange(10**8):08d}"}],
        "address": [{"line": [f"{number % 99} rue de l'Invention"], "city": "Valenciennes", "postalCode": "59300"}],
        "gender": chance.choice(("male", "female")),
        "birthDate": f"{chance.randrange(1930, 2020)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}",
    }


def resource(kind: str, person: str, chance: random.Random) -> dict[str, Any]:
    """A resource of that kind about that person."""
    visit = f"{person}-{chance.randrange(VISITS_A_PERSON)}"
    when = (
        f"{chance.randrange(2015, 2026)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}"
        f"T{chance.randrange(24):02d}:{chance.randrange(60):02d}:00+01:00"
    )
    shared = {
        "resourceType": kind,
        "id": f"{chance.getrandbits(128):032x}",
        "subject": {"reference": f"Patient/{person}"},
        "encounter": {"reference": f"Encounter/{visit}"},
    }
    number = chance.randrange(40)
    match kind:
        case "Observation":
            return shared | {
                "meta": {"profile": ["http://hl7.org/fhir/StructureDefinition/vitalsigns"]},
                "status": "final",
                "category": [_code("http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs")],
                "code": _code("http://loinc.org", f"{8300 + number}-5") | {"text": f"Measurement {number}"},
                "effectiveDateTime": when,
                "issued": when,
                "valueQuantity": {"value": round(chance.gauss(80, 20), 1), "unit": "mm", "system": UCUM, "code": "mm"},
                "referenceRange": [{"low": {"value": 60, "unit": "mm"}, "high": {"value": 100, "unit": "mm"}}],
            }
        case "Encounter":
            cls = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": chance.choice(("EMER", "IMP"))}
            shared.pop("encounter")
            return shared | {"id": visit, "status": "finished", "class": cls, "period": {"start": when, "end": when}}
        case "Condition":
            return shared | {"code": _code("http://hl7.org/fhir/sid/icd-10", f"J{10 + number}"), "onsetDateTime": when}
        case "MedicationRequest":
            drug = _code("http://www.whocc.no/atc", f"N02BE{number:02d}")
            return shared | {
                "status": "active",
                "intent": "order",
                "medicationCodeableConcept": drug,
                "authoredOn": when,
            }
        case "Procedure":
            code = _code("http://snomed.info/sct", f"{73761000 + number}")
            return shared | {"status": "completed", "code": code, "performedDateTime": when}
        case _:
            kind_of_text = _code("http://loinc.org", "34117-2")
            shared.pop("encounter")
            return shared | {"status": "current", "type": kind_of_text, "date": when, "content": []}


def _code(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": f"Display of {code}"}]}
