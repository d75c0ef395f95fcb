"""Invented patients with their emergency stays as FHIR R4 NDJSON, the form a hospital's system would send."""

import json
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

from cognoscope.demo.hospital import Site
from cognoscope.demo.letters import Patient

INS_SYSTEM = "urn:oid:1.2.250.1.213.1.4.8"
HOSPITAL_NUMBERS = "urn:demo:ipp"
LOINC = "http://loinc.org"
CIM10 = "http://hl7.org/fhir/sid/icd-10"
ATC = "http://www.whocc.no/atc"
UCUM = "http://unitsofmeasure.org"

Resource = dict[str, Any]


@cache
def _blocks() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("people.toml").read_text(encoding="utf-8"))


def write_patients(path: Path, sites: tuple[Site, ...], count: int, today: date, seed: int) -> int:
    """Write `count` patients with one to three stays each in the two years before `today`; returns the lines."""
    lines = 0
    with path.open("w", encoding="utf-8") as stream:
        for number in range(count):
            for resource in _patient(number, sites, today, Random(f"{seed}-{number}")):  # noqa: S311
                stream.write(json.dumps(resource, ensure_ascii=False, separators=(",", ":")) + "\n")
                lines += 1
    return lines


def _patient(number: int, sites: tuple[Site, ...], today: date, rng: Random) -> Iterator[Resource]:
    identity = f"demo-{number:05d}"
    _, resource = invented_patient(identity, f"D{number:07d}", today, rng)
    yield resource
    for stay in range(rng.choice((1, 1, 1, 2, 2, 3))):
        yield from _stay(identity, f"{identity}-{stay}", rng.choice(sites[:2]), today, rng)


def invented_patient(
    identity: str, hospital_number: str, today: date, rng: Random, youngest: int = 0
) -> tuple[Patient, Resource]:
    """Somebody invented, as a letter names them and as FHIR does."""
    blocks = _blocks()
    woman = rng.random() < 0.52
    age = max(youngest, min(99, int(rng.betavariate(1.3, 1.5) * 100)))
    born = date(today.year - age, 1, 1) + timedelta(days=rng.randrange(365))
    born = min(born, today - timedelta(days=1100))
    town, postcode = rng.choice(blocks["towns"])
    family = rng.choice(blocks["families"])
    given = rng.choice(blocks["women" if woman else "men"])
    ins = _ins(woman, born, rng)
    # 06 39 98 xx xx is kept by the regulator for fiction.
    phone = f"063998{rng.randrange(10_000):04d}"
    line = f"{rng.randrange(1, 120)} {rng.choice(blocks['streets'])}"
    resource = {
        "resourceType": "Patient",
        "id": identity,
        "identifier": [
            {"use": "official", "system": INS_SYSTEM, "value": ins},
            {"system": HOSPITAL_NUMBERS, "value": hospital_number},
        ],
        "name": [{"use": "official", "family": family, "given": [given]}],
        "gender": "female" if woman else "male",
        "birthDate": born.isoformat(),
        "telecom": [{"system": "phone", "value": phone}],
        "address": [{"line": [line], "city": town, "postalCode": postcode, "country": "FR"}],
    }
    address = f"{line}, {postcode} {town}"
    return Patient(identity, hospital_number, ins, woman, family, given, born, phone, address), resource


def _stay(patient: str, stay: str, site: Site, today: date, rng: Random) -> Iterator[Resource]:
    blocks = _blocks()
    (condition,) = rng.choices(blocks["conditions"], [entry["weight"] for entry in blocks["conditions"]])
    day = today - timedelta(days=rng.randrange(2, 730))
    begins = datetime(day.year, day.month, day.day, rng.randrange(24), rng.randrange(60), tzinfo=UTC)
    ends = begins + timedelta(minutes=rng.randrange(40, 700))
    admitted = rng.random() < site.admitted
    subject = {"reference": f"Patient/{patient}"}
    encounter = {"reference": f"Encounter/{stay}"}
    yield {
        "resourceType": "Encounter",
        "id": stay,
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "EMER"},
        "subject": subject,
        "period": {"start": begins.isoformat(), "end": ends.isoformat()},
        "serviceProvider": {"display": site.name},
    } | (
        {"hospitalization": {"dischargeDisposition": {"coding": [{"code": "hosp"}], "text": "Hospitalisation"}}}
        if admitted
        else {}
    )
    yield {
        "resourceType": "Condition",
        "id": f"{stay}-c",
        "subject": subject,
        "encounter": encounter,
        "code": {"coding": [{"system": CIM10, "code": condition["code"], "display": condition["label"]}]},
        "recordedDate": begins.isoformat(),
        "onsetDateTime": begins.isoformat(),
    }
    measured = (
        ("t", "8310-5", "Température", round(rng.gauss(condition["temperature"], 0.4), 1), "Cel"),
        ("p", "8867-4", "Fréquence cardiaque", round(rng.gauss(86, 14)), "/min"),
        ("s", "8480-6", "Pression artérielle systolique", round(rng.gauss(132, 18)), "mm[Hg]"),
    )
    for letter, code, label, value, unit in measured:
        yield {
            "resourceType": "Observation",
            "id": f"{stay}-{letter}",
            "status": "final",
            "subject": subject,
            "encounter": encounter,
            "code": {"coding": [{"system": LOINC, "code": code, "display": label}]},
            "effectiveDateTime": begins.isoformat(),
            "valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit},
        }
    if rng.random() < 0.8:
        code, label = condition["drug"]
        yield {
            "resourceType": "MedicationRequest",
            "id": f"{stay}-m",
            "status": "completed",
            "intent": "order",
            "subject": subject,
            "encounter": encounter,
            "medicationCodeableConcept": {"coding": [{"system": ATC, "code": code, "display": label}], "text": label},
            "authoredOn": (begins + timedelta(minutes=20)).isoformat(),
        }


def _ins(woman: bool, born: date, rng: Random) -> str:
    """15 digits: sex, year, month, a department and commune, 000 (never given out), and the key 97 - n mod 97."""
    stem = f"{2 if woman else 1}{born:%y%m}{rng.randrange(1, 96):02d}{rng.randrange(1, 990):03d}000"
    return f"{stem}{97 - int(stem) % 97:02d}"
