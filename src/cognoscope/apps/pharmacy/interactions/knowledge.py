"""The application's own written knowledge, read once: analytes, routes, duplicates, limits, allergies."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from cognoscope.apps.pharmacy.interactions.alerts import Words


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of one of the folder's CSV files."""
    text = files(__package__).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def listed(cell: str) -> tuple[str, ...]:
    """`A|B` as ("A", "B")."""
    return tuple(filter(None, cell.split("|")))


_FOLD = str.maketrans("àâäáãåéèêëíìîïóòôöõúùûüçñ’", "aaaaaaeeeeiiiiooooouuuucn'")


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """Lower case, without French accents and with single spaces."""
    return " ".join(text.lower().replace("œ", "oe").translate(_FOLD).split())


@dataclass(frozen=True, slots=True)
class Analyte:
    """Something a laboratory or a monitor measures: its names and its own unit."""

    name: str
    words: Words
    unit: str
    factors: dict[str, float]


@cache
def analytes() -> dict[str, Analyte]:
    """By their own name."""
    return {
        row["analyte"]: Analyte(
            row["analyte"],
            (row["fr"], row["en"]),
            row["unit"],
            {unit: float(factor) for unit, _, factor in (each.rpartition(":") for each in listed(row["units"]))},
        )
        for row in rows("analytes")
    }


@cache
def _analyte_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for row in rows("analytes"):
        for name in (row["analyte"], row["fr"], row["en"], *listed(row["loinc"]), *listed(row["words"])):
            names[fold(name)] = row["analyte"]
    return names


def measured(name: str, value: float, unit: str) -> tuple[Analyte, float] | None:
    """The analyte of a LOINC code or a label, and the value in its own unit; None where either is not known.

    A result without a unit counts as given in the analyte's own only where no other one would be plausible: never for
    creatinine, whose mg/L and µmol/L are both usual.
    """
    found = _analyte_names().get(fold(name.rpartition("|")[2]))
    if found is None:
        return None
    analyte = analytes()[found]
    written = unit.strip().rpartition("|")[2].lower()
    if not written:
        return None if found in ("creatinine", "glucose", "calcium") else (analyte, value)
    factor = 1.0 if written == analyte.unit.lower() else analyte.factors.get(written)
    return None if factor is None else (analyte, round(value * factor, 4))


@cache
def _routes() -> tuple[frozenset[str], tuple[str, ...]]:
    named = rows("routes")
    words = frozenset(fold(row["word"]) for row in named if row["kind"] == "route")
    return words, tuple(row["word"] for row in named if row["kind"] == "atc")


def is_local(routes: Iterable[str], atc: tuple[str, ...]) -> bool:
    """Whether a drug acts where it is put: every route it may be given by is local, or, with no route, every code."""
    words, codes = _routes()
    given = [fold(route.rpartition("|")[2]) for route in routes if route.strip()]
    if given:
        return all(route in words or route.removeprefix("voie ") in words for route in given)
    return bool(atc) and all(code.startswith(codes) for code in atc)


@dataclass(frozen=True, slots=True)
class Limit:
    """A drug, the renal function or hepatic class from which something is to be said, and what."""

    rule: str
    atc: tuple[str, ...]
    low: float
    high: float
    classes: str
    level: str
    words: Words
    source: str


@cache
def renal() -> tuple[Limit, ...]:
    """Limits by clearance in mL/min, from `low` (included) to `high`."""
    return tuple(
        Limit(
            row["rule"],
            listed(row["atc"]),
            float(row["from"]),
            float(row["below"]),
            "",
            row["level"],
            (row["fr"], row["en"]),
            row["source"],
        )
        for row in rows("renal")
    )


@cache
def hepatic() -> tuple[Limit, ...]:
    """Limits by Child-Pugh class."""
    return tuple(
        Limit(
            row["rule"],
            listed(row["atc"]),
            0.0,
            0.0,
            row["child_pugh"],
            row["level"],
            (row["fr"], row["en"]),
            row["source"],
        )
        for row in rows("hepatic")
    )


@dataclass(frozen=True, slots=True)
class Family:
    """Drugs that one allergy covers."""

    name: str
    words: Words
    atc: tuple[str, ...]
    source: str


@cache
def families() -> dict[str, Family]:
    """By name."""
    return {
        row["family"]: Family(row["family"], (row["fr"], row["en"]), listed(row["atc"]), row["source"])
        for row in rows("allergy_families")
    }


@cache
def _family_words() -> dict[str, str]:
    return {
        fold(word): row["family"]
        for row in rows("allergy_families")
        for word in (row["family"], row["fr"], row["en"], *listed(row["words"]))
    }


def family_named(text: str) -> Family | None:
    """The family that words name as a whole (`allergie aux pénicillines` names the penicillins), or None."""
    words = re.sub(r"^(allergie|allergique|intolerance|hypersensibilite)( (a l'|aux?|a la|a) ?)? ?", "", fold(text))
    found = _family_words().get(words.strip(" ."))
    return families()[found] if found else None


_ACTION = re.compile(r"surveill|control|dosage|mesur|verifi|ecg|electrocardio")
_SENTENCE = re.compile(r"[.;\n]+")


@lru_cache(maxsize=16384)
def monitors_in(text: str) -> tuple[str, ...]:
    """The analytes that a text asks to look at, in the order of the file."""
    said = " ; ".join(part for part in _SENTENCE.split(fold(text.replace("\n", " "))) if _ACTION.search(part))
    if not said:
        return ()
    return tuple(row["analyte"] for row in rows("monitoring") if any(word in said for word in listed(row["words"])))


CRITERION_WORDS = "criteria"


@cache
def criterion_words() -> dict[str, str]:
    """Our own short French words for each STOPP/START criterion."""
    return {row["id"]: row["fr"] for row in rows(CRITERION_WORDS)}


@cache
def criterion_analytes() -> dict[tuple[str, str, str], str]:
    """The analyte that a criterion's LOINC code and limit mean."""
    return {(row["loinc"], row["operator"], row["value"]): row["analyte"] for row in rows("criterion_analytes")}
