"""What people write for a reaction: our own French and English expressions, each with a code of CTCAE v5.

The expressions of `expressions.csv` were written for this project; the codes are those that the CTCAE table publishes
(MedDRA low level terms).
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from cognoscope.apps.pharmacy.reactions.phrasebook import Phrasebook


@dataclass(frozen=True)
class Known:
    """A term of CTCAE as the lexicon knows it: its code, its own name, and what it is called on a French screen."""

    code: str
    term: str
    french: str


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file of this folder."""
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


WHOLE = {"taking", "self", "negation-chain", "latency", "role"}
"""Kinds of cues whose little words count."""


@cache
def known() -> Mapping[str, Known]:
    """Every term with an expression, by code."""
    return {row["code"]: Known(row["code"], row["term"], row["label_fr"]) for row in rows("expressions.csv")}


@cache
def reactions() -> Phrasebook:
    """Expressions of reactions; the meaning is the code."""
    return Phrasebook((row["expression"], row["code"]) for row in rows("expressions.csv"))


@cache
def cues(kind: str) -> Phrasebook:
    """Expressions of `cues.csv` of one kind; the meaning is the cue's own."""
    expressions = [(row["expression"], row["meaning"]) for row in rows("cues.csv") if row["kind"] == kind]
    return Phrasebook(expressions, whole=kind in WHOLE)


@cache
def languages() -> Mapping[str, frozenset[str]]:
    """The commonest words of some languages."""
    found: dict[str, set[str]] = {}
    for row in rows("cues.csv"):
        if row["kind"] == "language":
            found.setdefault(row["meaning"], set()).add(row["expression"])
    return {language: frozenset(common) for language, common in found.items()}


@cache
def words(kind: str) -> frozenset[str]:
    """Single words of `cues.csv` of one kind, plain."""
    return frozenset(row["expression"] for row in rows("cues.csv") if row["kind"] == kind)
