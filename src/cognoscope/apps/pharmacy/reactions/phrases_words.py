"""A patient's phrase in the plain spelling in which phrases are compared."""

import csv
import re
from functools import cache
from importlib.resources import files

LONGEST = 300
"""Characters of a phrase that are read."""

WORD = re.compile(r"[a-z0-9]+")
DRAWN_OUT = re.compile(r"(.)\1{2,}")


def same(phrase: str) -> str:
    """Lower case, letters and digits only: phrases with the same result are one phrase."""
    return " ".join(WORD.findall(phrase[:LONGEST].lower()))


def plain(phrase: str) -> str:
    """`same`, with drawn-out letters shortened, contractions written out and strengthening words taken away."""
    words = DRAWN_OUT.sub(r"\1\1", same(phrase))
    for pattern, replacement in _spelling():
        words = pattern.sub(replacement, words)
    return " ".join(words.split()) or same(phrase)


@cache
def _spelling() -> tuple[tuple[re.Pattern[str], str], ...]:
    text = files(__package__).joinpath("phrases_spelling.csv").read_text(encoding="utf-8")
    return tuple((re.compile(row["pattern"]), row["replacement"]) for row in csv.DictReader(text.splitlines()))
