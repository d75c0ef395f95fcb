"""A denomination taken apart: its name, the strengths, and the words of its form and route."""

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from cognoscope.intake.medicines.names import fold

UNITS = (
    r"mg|g|kg|mcg|ug|µg|μg|ng|microgrammes?|milligrammes?|grammes?|nanogrammes?|ui|u|unites?|millions?|mui|m ?ui|iu|ml|"
    r"l|cl|litres?|mmol|mol|meq|mbq|gbq|kbq|ch|dh|pour cent|pour mille|ppm|kcal|kj|ufc|bq|cm2|gouttes?|doses?"
)
_NUMBER = r"\d{1,3}(?: \d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_STRENGTH = re.compile(rf"(?<![a-z0-9])(?:{_NUMBER})\s*(?:%|(?:{UNITS})\b)")
_NUMBERS = re.compile(rf"({_NUMBER})\s*([a-zµμ%]*)")
_WORDS = re.compile(r"[a-z]+|\d+(?:[.,]\d+)*")
_COMMA = re.compile(r",(?!\d)|,(?=\d+\s*(?:ch|dh))")
_DILUTION = re.compile(r"degre de dilution")
_THOUSANDTHS = ({"g", "gramme", "grammes"}, {"mg", "milligramme", "milligrammes"})


@dataclass(frozen=True)
class Parts:
    """name: the words before strength and form, joined by single spaces. `numbers`: those after the name, as typed;
    `doses`: the same with the numbers that say the same in a unit a thousand times smaller or larger. `rest`: the other
    words after the name. `written`: the name with its punctuation. `whole`: every word and number.
    """

    name: str
    written: str
    numbers: frozenset[str]
    doses: frozenset[str]
    rest: frozenset[str]
    whole: str


def key(text: str) -> str:
    """The words and numbers of a text, without accents and punctuation; words and numbers are apart (b 12)."""
    return " ".join(_WORDS.findall(fold(text)))


@lru_cache(maxsize=65536)
def parts(text: str) -> Parts:
    """Take a denomination apart, the official one or what somebody typed."""
    folded = fold(text)
    found = (_COMMA.search(folded), _STRENGTH.search(folded), _DILUTION.search(folded))
    end = min((match.start() for match in found if match and match.start() > 0), default=len(folded))
    return rebuilt(folded[:end], folded[end:])


def rebuilt(name: str, rest: str) -> Parts:
    """The parts of a name and what follows it, when somebody knows where one ends; both folded."""
    held = _NUMBERS.findall(rest)
    plain = frozenset(_number(number) for number, _ in held)
    doses = plain | frozenset(other for number, unit in held for other in _same(number, unit))
    short = shorthand()
    words = frozenset(short.get(word, word) for word in re.findall(r"[a-z]+", rest) if len(word) > 1)
    named, after = _WORDS.findall(name), _WORDS.findall(rest)
    return Parts(" ".join(named), name.strip(), plain, doses, words - {""}, " ".join([*named, *after]))


@cache
def shorthand() -> dict[str, str]:
    """Words of prescriptions (cp, gel, matin) and the word of a denomination each stands for; empty: it says none."""
    text = files(__package__).joinpath("shorthand.csv").read_text(encoding="utf-8")
    return {row["written"]: row["word"] for row in csv.DictReader(text.splitlines())}


def _number(written: str) -> str:
    plain = written.replace(" ", "").replace(",", ".")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _same(written: str, unit: str) -> list[str]:
    value = float(_number(written))
    if unit in _THOUSANDTHS[0]:
        return [_number(f"{value * 1000:.6f}")]
    if unit in _THOUSANDTHS[1]:
        return [_number(f"{value * 1000:.6f}"), _number(f"{value / 1000:.6f}")]
    return [_number(f"{value / 1000:.6f}")] if unit.startswith("microg") or unit in ("µg", "μg", "mcg", "ug") else []
