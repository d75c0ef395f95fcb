"""Values with their units in a text, and the CTCAE grade that they reach by themselves.

Thresholds are those of CTCAE v5 that are absolute or multiples of the upper limit of normal (`N`); whoever knows the
baseline, the symptoms or the laboratory's limits may grade otherwise, so the words come with the grade.
"""

import re
from dataclasses import dataclass
from functools import cache

from cognoscope.apps.pharmacy.reactions.lexicon import rows
from cognoscope.apps.pharmacy.reactions.tokens import Token

_NUMBER = re.compile(
    r"(?P<between>[^\d.;\n]{0,18}?)(?P<number>\d{1,3}(?:[ \u202f]\d{3})+|\d+(?:[.,]\d+)?)\s*(?:fois la normale|x)?\s*"
    r"(?P<unit>x\s?uln|x\s?10\^?9/l|10\^?9/l|g/dl|g/l|mg/dl|mmol/l|/mm3|°\s?c|ms\b|n\b)?",
    re.IGNORECASE,
)
_BARE = {"10016558": (35.0, 43.0), "10022402": (0.5, 30.0)}
"""Values that are said without a unit, and the range in which they can be what they seem."""


@dataclass(frozen=True)
class Rule:
    """A row of `measures.csv`: `floors` are the thresholds from which, or below which, grades 1 to 4 begin."""

    code: str
    unit: str
    factor: float
    high: bool
    floors: tuple[float | None, ...]


@dataclass(frozen=True)
class Measured:
    """A value in the text and its grade; the code is of the reaction that it would be."""

    code: str
    start: int
    stop: int
    grade: int


def measured(text: str, words: list[Token]) -> list[Measured]:
    """The values that reach a grade, in order; one for each name in the text."""
    found: list[Measured] = []
    names = _names()
    for at, word in enumerate(words):
        rules = names.get(word.plain, ())
        if at + 1 < len(words):
            rules = rules or names.get(f"{word.plain} {words[at + 1].plain}", ())
        match = _NUMBER.match(text, word.stop) if rules else None
        if match is None:
            continue
        unit = re.sub(r"\s+", "", (match["unit"] or "").lower()).replace("xuln", "x uln")
        number = float(re.sub(r"[ \u202f]", "", match["number"]).replace(",", "."))
        for rule in rules:
            grade = _grade(rule, number * rule.factor) if rule.unit.replace(" ", "") == unit.replace(" ", "") else 0
            low, high = _BARE.get(rule.code, (0.0, float("inf")))
            if grade and low <= number <= high and (unit or rule.code in _BARE):
                found.append(Measured(rule.code, word.start, match.end(), grade))
                break
    return found


def _grade(rule: Rule, value: float) -> int:
    """The highest grade whose threshold the value passes, 0 where none is."""
    reached = 0
    for grade, floor in enumerate(rule.floors, start=1):
        if floor is not None and (value > floor if rule.high else value < floor):
            reached = grade
    return reached


@cache
def _names() -> dict[str, tuple[Rule, ...]]:
    found: dict[str, tuple[Rule, ...]] = {}
    from cognoscope.intake.plain_words import plain_words

    for row in rows("measures.csv"):
        floors = tuple(float(row[f"grade_{number}"]) if row[f"grade_{number}"] else None for number in range(1, 5))
        rule = Rule(row["code"], row["unit"], float(row["factor"]), row["direction"] == "high", floors)
        for name in row["names"].split("|"):
            plain = plain_words(name)
            found[plain] = (*found.get(plain, ()), rule)
    return found
