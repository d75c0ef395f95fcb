"""The words of invented reports: a letter at the end of a stay and a note of the first day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any


@dataclass(frozen=True)
class Patient:
    """Who an invented letter is about, with everything that must not remain in it."""

    id: str
    number: str
    ins: str
    woman: bool
    family: str
    given: str
    born: date
    phone: str
    address: str


@dataclass(frozen=True)
class Stay:
    """An invented stay: what it was for, and the long illnesses its patient came with."""

    id: str
    start: datetime
    end: datetime
    what: dict[str, Any]
    backgrounds: list[dict[str, Any]]


def letters(patient: Patient, stay: Stay, known: dict[str, Any], rng: Random) -> Iterator[tuple[str, str, datetime]]:
    """Title, text and moment of each report of the stay."""
    doctor = rng.choice(known["doctors"])
    words = [rng.choice(background["words"]) for background in stay.backgrounds]
    words += [rng.choice(known["smoking"]), rng.choice(known["alcohol"])]
    has = {stay.what["code"][:3], *(background["code"][:3] for background in stay.backgrounds)}
    words.append(rng.choice([sentence for code, sentence in known["negatives"] if code not in has]))
    yield (
        "Observation d'entrée",
        _filled(patient, stay, rng, _first_day(patient, stay, doctor, words)),
        stay.start + timedelta(hours=4),
    )
    yield (
        "Compte rendu d'hospitalisation",
        _filled(patient, stay, rng, _discharge(patient, stay, doctor, words, rng.choice(known["family"]))),
        stay.end,
    )


def _first_day(patient: Patient, stay: Stay, doctor: str, words: list[str]) -> list[str]:
    return [
        f"{patient.family.upper()} {patient.given} - IPP {patient.number} - né{{e}} le {patient.born:%d/%m/%Y}",
        f"Observation d'entrée du {stay.start:%d/%m/%Y}, Dr {doctor}",
        "",
        "Motif d'hospitalisation :",
        stay.what["reason"],
        "",
        "Antécédents :",
        *(f"- {line}" for line in words),
        "",
        "Examen clinique :",
        stay.what["exam"],
    ]


def _discharge(patient: Patient, stay: Stay, doctor: str, words: list[str], family: str) -> list[str]:
    return [
        "HÔPITAL DE DÉMONSTRATION",
        f"Service de {stay.what['ward']}",
        f"Dr {doctor}, secrétariat : 01 99 00 12 34, secretariat@hopital-demonstration.example",
        "",
        f"Patient{{e}} : {patient.family.upper()} {patient.given}",
        f"Né{{e}} le : {patient.born:%d/%m/%Y}    IPP : {patient.number}    N° SS : {patient.ins}",
        f"Adresse : {patient.address}    Tél : {patient.phone}",
        "",
        "COMPTE RENDU D'HOSPITALISATION",
        f"Séjour du {stay.start:%d/%m/%Y} au {stay.end:%d/%m/%Y}",
        "",
        "Cher confrère,",
        f"{{Civil}} {patient.family.upper()}, {{age}} ans, a été hospitalisé{{e}} dans le service.",
        "",
        "Motif d'hospitalisation :",
        stay.what["reason"],
        "",
        "Antécédents :",
        *(f"- {line}" for line in words),
        f"Antécédents familiaux : {family}",
        "",
        "Traitement à l'entrée :",
        *(f"- {background['drug'][2]}" for background in stay.backgrounds),
        "",
        "Histoire de la maladie :",
        stay.what["story"],
        "",
        "Examen clinique :",
        stay.what["exam"],
        "",
        "Évolution dans le service :",
        stay.what["course"],
        "",
        "Conclusion :",
        stay.what["conclusion"],
        "",
        f"{{Civil}} {patient.family.upper()} sera revu{{e}} en consultation dans un mois.",
        f"Bien confraternellement, Dr {doctor}",
    ]


def _filled(patient: Patient, stay: Stay, rng: Random, lines: list[str]) -> str:
    age = stay.start.year - patient.born.year
    return "\n".join(lines).format(
        Civil="Madame" if patient.woman else "Monsieur",
        e="e" if patient.woman else "",
        age=age,
        systolic=round(rng.gauss(134, 14)),
        pulse=round(rng.gauss(92, 11)),
    )
