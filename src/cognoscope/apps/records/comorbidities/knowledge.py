"""The tables of this folder, read once: conditions and weights, grades, exclusions, CIM-10 prefixes, words."""

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from cognoscope.core.noun import Sentence


@dataclass(frozen=True)
class Condition:
    """A condition of the index, or a habit, in its common or its severe form."""

    name: str
    severe: bool
    group: str
    words: Sentence
    charlson_1987: int
    quan_2011: int
    quan_category: str


@dataclass(frozen=True)
class Grade:
    """How far a condition has gone: `rank` orders the grades of one condition, `severe` changes its weight."""

    rank: int
    severe: bool
    words: Sentence


@dataclass(frozen=True)
class Exclusion:
    """Words that are read as a condition but do not count as it."""

    condition: str
    pattern: re.Pattern[str]
    why: Sentence


@cache
def conditions() -> dict[tuple[str, bool], Condition]:
    """By name and severity, in the order of the page."""
    return {
        (row["condition"], row["severe"] == "yes"): Condition(
            row["condition"],
            row["severe"] == "yes",
            row["group"],
            _words(row),
            int(row["charlson_1987"]),
            int(row["quan_2011"]),
            row["quan_category"],
        )
        for row in _rows("conditions.csv")
    }


def condition(name: str, severe: bool) -> Condition:
    """That form of a condition; the common one where it has no severe form."""
    return conditions().get((name, severe)) or conditions()[name, False]


@cache
def grades() -> dict[tuple[str, str], Grade]:
    """By condition and folded status or severity."""
    return {
        (row["condition"], row["value"]): Grade(int(row["rank"]), row["severe"] == "yes", _words(row))
        for row in _rows("grades.csv")
    }


@cache
def exclusions() -> tuple[Exclusion, ...]:
    """What is read as a condition and does not count."""
    return tuple(
        Exclusion(row["condition"], re.compile(row["pattern"]), _words(row)) for row in _rows("exclusions.csv")
    )


@cache
def cim10() -> tuple[tuple[str, bool | None, str], ...]:
    """Condition, severity (None where the codes say nothing of it) and prefix without a dot, longest prefixes first."""
    found = [
        (row["condition"], {"yes": True, "no": False}.get(row["severe"]), row["prefix"].replace(".", ""))
        for row in _rows("cim10.csv")
    ]
    return tuple(sorted(found, key=lambda row: -len(row[2])))


@cache
def age_points() -> tuple[tuple[int, int], ...]:
    """Points of the age-adjusted index, from which age on."""
    return tuple((int(row["from_age"]), int(row["points"])) for row in _rows("age_points.csv"))


@cache
def measures() -> dict[str, Sentence]:
    """How each measurement is called."""
    return {row["label"]: _words(row) for row in _rows("measures.csv")}


@cache
def frequent_words(language: str) -> frozenset[str]:
    """Short words that a text in that language cannot do without."""
    return frozenset(next(row["words"] for row in _rows("languages.csv") if row["language"] == language).split())


def folded(words: str) -> str:
    """Lower case, without accents, white space as single spaces: how the tables are written."""
    plain = unicodedata.normalize("NFD", words)
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).lower().split())


def _words(row: dict[str, str]) -> Sentence:
    return Sentence(fr=row["fr"], en=row["en"])


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(files(__package__).joinpath(name).read_text("utf-8").splitlines()))
