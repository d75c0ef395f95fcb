"""Stays in progress with their prescriptions, as FHIR R4: a few that a pharmacist must see, most that are in order."""

import csv
import json
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

from cognoscope.demo.patients import ATC, CIM10, LOINC, UCUM, Resource, invented_patient
from cognoscope.intake.medicines import Medicines

CIS = "https://base-donnees-publique.medicaments.gouv.fr/cis"
WARDS = ("Cardiologie", "Gériatrie", "Médecine interne", "Chirurgie", "Pneumologie")


@cache
def _known() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("prescriptions.toml").read_text(encoding="utf-8"))


def write_prescriptions(path: Path, medicines: Medicines, count: int, at: datetime, seed: int) -> int:
    """Write `count` stays in progress at `at`; the first are those of `prescriptions.toml`; returns the lines.

    Medicines are coded by the CIS code that the reference in force gives their label.
    """
    lines = 0
    with path.open("w", encoding="utf-8") as stream:
        for number in range(count):
            rng = Random(f"prescriptions-{seed}-{number}")  # noqa: S311
            for resource in _stay(number, medicines, at, rng):
                stream.write(json.dumps(resource, ensure_ascii=False, separators=(",", ":")) + "\n")
                lines += 1
    return lines


def _stay(number: int, medicines: Medicines, at: datetime, rng: Random) -> Iterator[Resource]:
    told = _known()["stay"]
    planned = told[number] if number < len(told) else _ordinary(rng)
    patient, resource = invented_patient(f"demo-p{number:04d}", f"P{number:07d}", at.date(), rng, youngest=30)
    resource["birthDate"] = f"{at.year - planned['age']}-01-15"
    yield resource
    stay, began = f"{patient.id}-1", at - timedelta(days=rng.randrange(1, 6), hours=3)
    about = {
        "subject": {"reference": f"Patient/{patient.id}"},
        "encounter": {"reference": f"Encounter/{stay}"},
    }
    yield {
        "resourceType": "Encounter",
        "id": stay,
        "status": "in-progress",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
        "subject": about["subject"],
        "period": {"start": began.isoformat()},
        "serviceProvider": {"display": planned["ward"]},
    }
    for place, name in enumerate(planned["drugs"]):
        yield {
            "resourceType": "MedicationRequest",
            "id": f"{stay}-m{place}",
            "status": "active",
            "intent": "order",
            **about,
            "medicationCodeableConcept": _coded(name, medicines),
            "authoredOn": (at - timedelta(hours=2 + place)).isoformat(),
        }
    for place, code in enumerate(planned.get("codes", ())):
        yield {
            "resourceType": "Condition",
            "id": f"{stay}-c{place}",
            **about,
            "code": {"coding": [{"system": CIM10, "code": code}]},
            "recordedDate": began.isoformat(),
            "onsetDateTime": began.isoformat(),
        }
    for place, (code, label, value, unit, hours) in enumerate(planned.get("tests", ())):
        yield {
            "resourceType": "Observation",
            "id": f"{stay}-b{place}",
            "status": "final",
            **about,
            "code": {"coding": [{"system": LOINC, "code": code, "display": label}]},
            "effectiveDateTime": (at - timedelta(hours=hours)).isoformat(),
            "valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit},
        }
    if "allergy" in planned:
        code, label = planned["allergy"]
        yield {
            "resourceType": "AllergyIntolerance",
            "id": f"{stay}-a",
            "clinicalStatus": {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
                        "code": "active",
                    }
                ]
            },
            "patient": about["subject"],
            "code": {"coding": [{"system": ATC, "code": code, "display": label}]},
            "recordedDate": began.isoformat(),
        }


def _ordinary(rng: Random) -> dict[str, Any]:
    usual = rng.sample(_known()["usual"], rng.choice((2, 2, 3)))
    return {
        "ward": rng.choice(WARDS),
        "age": rng.randrange(38, 91),
        "drugs": list(dict.fromkeys(name for names in usual for name in names)),
        "tests": [["2823-3", "Potassium", round(rng.gauss(4.2, 0.3), 1), "mmol/L", rng.randrange(2, 40)]],
    }


def _coded(name: str, medicines: Medicines) -> dict[str, Any]:
    label = _labels()[name]
    found = medicines.resolve(label).medicines
    cis = next((medicine.cis[0] for medicine in found if medicine.cis), None)
    coding = [{"system": CIS, "code": cis, "display": label}] if cis else []
    return {"coding": coding, "text": label}


@cache
def _labels() -> dict[str, str]:
    """A medicine's whole label by what stands before its first comma."""
    text = files(__package__).joinpath("medicines.csv").read_text(encoding="utf-8")
    labels = (row["label"] for row in csv.DictReader(text.splitlines()))
    return {label.rpartition(", ")[0]: label for label in labels}
