"""A denomination taken apart: its name, the strengths, and the words of its form and route."""

import re
from dataclasses import dataclass
from functools import lru_cache

from cognoscope.intake.medicines.names import fold

_UNITS = (
    r"mg|g|kg|mcg|ug|ng|microgrammes?|milligrammes?|grammes?|nanogrammes?|ui|u|unites?|millions?|mui|m ?ui|iu|ml|l|cl|"
    r"litres?|mmol|mol|meq|mbq|gbq|kbq|ch|dh|lp|pour cent|pour mille|ppm|kcal|kj|ufc|axa|ui axa|bq|cm2|gouttes?|doses?"
)
_STRENGTH = re.compile(rf"(?<![a-z0-9])(\d+(?:[ .,]\d+)*)\s*(?:%|(?:{_UNITS})\b)")
_WORDS = re.compile(r"[a-z]+|\d+(?:[.,]\d+)*")
_COMMA = re.compile(r",(?!\d)|,(?=\d+\s*(?:ch|dh))")
_DILUTION = re.compile(r"degre de dilution")


@dataclass(frozen=True)
class Parts:
    """name: the words before strength and form, joined by single spaces. `numbers`: those of the strengths, as written
    but for grouping. `rest`: the words after the name.
    """

    name: str
    numbers: frozenset[str]
    rest: frozenset[str]
    whole: str


def key(text: str) -> str:
    """The words and numbers of a text, without accents and punctuation."""
    return " ".join(_WORDS.findall(fold(text)))


@lru_cache(maxsize=65536)
def parts(text: str) -> Parts:
    """Take a denomination apart, the official one or what somebody typed."""
    folded = fold(text)
    found = (_COMMA.search(folded), _STRENGTH.search(folded), _DILUTION.search(folded))
    ends = [match.start() for match in found if match]
    end = min((each for each in ends if each > 0), default=len(folded))
    name, rest = folded[:end], folded[end:]
    numbers = frozenset(_number(found) for found in re.findall(r"\d+(?:[ .,]\d+)*", rest))
    words = frozenset(word for word in re.findall(r"[a-z]+", rest) if len(word) > 1)
    return Parts(key(name), numbers, words, key(text))


def _number(written: str) -> str:
    plain = written.replace(" ", "").replace(",", ".")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
