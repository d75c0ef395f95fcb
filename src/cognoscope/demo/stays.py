"""Invented hospital stays with their reports, as FHIR R4: a letter holds every kind of identity a real one holds.

The stays of the last days are not coded yet, as in a hospital; of the older ones some were coded wrongly or left
incomplete, so that the coherence check has something to find.
"""

import base64
import json
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

from cognoscope.demo.letters import Patient, Stay, letters
from cognoscope.demo.patients import ATC, CIM10, LOINC, UCUM, Resource, invented_patient

DAYS = 60
UNCODED_DAYS = 5
CCAM = "https://mos.esante.gouv.fr/NOS/TRE_R14-CCAM/FHIR/TRE-R14-CCAM"
SPOILT = 0.3
"""Share of coded stays with one code missing, too many or another's."""


@cache
def blocks() -> dict[str, Any]:
    """What `reports.toml` says."""
    return tomllib.loads(files(__package__).joinpath("reports.toml").read_text(encoding="utf-8"))


def write_stays(path: Path, count: int, today: date, seed: int) -> int:
    """Write `count` stays of as many patients, ended within the 60 days before `today`; returns the lines."""
    lines = 0
    with path.open("w", encoding="utf-8") as stream:
        for number in range(count):
            for resource in _one(number, today, Random(f"stays-{seed}-{number}")):  # noqa: S311
                stream.write(json.dumps(resource, ensure_ascii=False, separators=(",", ":")) + "\n")
                lines += 1
    return lines


def _one(number: int, today: date, rng: Random) -> Iterator[Resource]:
    patient, resource = invented_patient(f"demo-h{number:04d}", f"H{number:07d}", today, rng, youngest=48)
    yield resource
    known = blocks()
    what = rng.choice(known["stays"])
    backgrounds = rng.sample(known["backgrounds"], rng.choice((1, 2, 2, 3)))
    length = rng.randrange(2, 12)
    # The first ones ended yesterday and the days before, so that every demonstration has stays that wait for a coder.
    ended_ago = 1 + number % UNCODED_DAYS if number % 4 == 0 else rng.randrange(1, DAYS)
    end = datetime(today.year, today.month, today.day, 11, tzinfo=UTC) - timedelta(days=ended_ago)
    stay = Stay(f"{patient.id}-1", end - timedelta(days=length), end, what, backgrounds)
    yield _encounter(patient, stay)
    if ended_ago > UNCODED_DAYS:
        yield from _codes(patient, stay, rng)
    yield from _facts(patient, stay, rng)
    for place, (title, text, written) in enumerate(letters(patient, stay, known, rng)):
        yield _document(patient, stay, place, title, text, written)


def _encounter(patient: Patient, stay: Stay) -> Resource:
    return {
        "resourceType": "Encounter",
        "id": stay.id,
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
        "subject": {"reference": f"Patient/{patient.id}"},
        "period": {"start": stay.start.isoformat(), "end": stay.end.isoformat()},
        "serviceProvider": {"display": stay.what["ward"]},
    }


def _codes(patient: Patient, stay: Stay, rng: Random) -> Iterator[Resource]:
    """The diagnoses as somebody coded them, not always rightly."""
    codes = [stay.what["code"], *(background["code"] for background in stay.backgrounds)]
    if rng.random() < SPOILT:
        place = rng.randrange(1, len(codes))
        others = [each["code"] for each in blocks()["backgrounds"] if each["code"] not in codes]
        missing, more = rng.choice(((True, False), (False, True), (True, True)))
        kept = codes[:place] + codes[place + 1 :] if missing else codes
        codes = [*kept, rng.choice(others)] if more else kept
    for place, code in enumerate(codes):
        yield {
            "resourceType": "Condition",
            "id": f"{stay.id}-c{place}",
            "subject": {"reference": f"Patient/{patient.id}"},
            "encounter": {"reference": f"Encounter/{stay.id}"},
            "code": {"coding": [{"system": CIM10, "code": code}]},
            "recordedDate": stay.end.isoformat(),
            "onsetDateTime": stay.start.isoformat(),
        }


def _facts(patient: Patient, stay: Stay, rng: Random) -> Iterator[Resource]:
    about = {
        "subject": {"reference": f"Patient/{patient.id}"},
        "encounter": {"reference": f"Encounter/{stay.id}"},
    }
    drugs = [stay.what["drug"], *(background["drug"][:2] for background in stay.backgrounds)]
    for place, (code, label) in enumerate(drugs):
        coding = {"system": ATC, "code": code, "display": label}
        yield {
            "resourceType": "MedicationRequest",
            "id": f"{stay.id}-m{place}",
            "status": "completed",
            "intent": "order",
            **about,
            "medicationCodeableConcept": {"coding": [coding], "text": label},
            "authoredOn": (stay.start + timedelta(hours=3)).isoformat(),
        }
    tests = [*stay.what["tests"], *(background["test"] for background in stay.backgrounds if background["test"])]
    for place, (code, label, mean, spread, unit) in enumerate(tests):
        yield {
            "resourceType": "Observation",
            "id": f"{stay.id}-b{place}",
            "status": "final",
            **about,
            "code": {"coding": [{"system": LOINC, "code": code, "display": label}]},
            "effectiveDateTime": (stay.start + timedelta(hours=2)).isoformat(),
            "valueQuantity": {
                "value": round(max(0.1, rng.gauss(mean, spread)), 1), "unit": unit, "system": UCUM, "code": unit,
            },
        }  # fmt: skip
    if "act" in stay.what:
        code, label = stay.what["act"]
        yield {
            "resourceType": "Procedure",
            "id": f"{stay.id}-p",
            "status": "completed",
            **about,
            "code": {"coding": [{"system": CCAM, "code": code, "display": label}]},
            "performedDateTime": (stay.start + timedelta(days=1)).isoformat(),
        }


def _document(patient: Patient, stay: Stay, place: int, title: str, text: str, written: datetime) -> Resource:
    return {
        "resourceType": "DocumentReference",
        "id": f"{stay.id}-d{place}",
        "status": "current",
        "type": {"coding": [{"system": LOINC, "code": "11490-0" if place else "34133-9"}], "text": title},
        "description": title,
        "subject": {"reference": f"Patient/{patient.id}"},
        "date": written.isoformat(),
        "content": [
            {
                "attachment": {
                    "contentType": "text/plain; charset=utf-8",
                    "data": base64.b64encode(text.encode()).decode(),
                    "title": title,
                }
            }
        ],
        "context": {"encounter": [{"reference": f"Encounter/{stay.id}"}]},
    }
