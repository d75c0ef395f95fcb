"""What the reader of measurements knows: analytes by name, units as they are written, and what converts them."""

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from cognoscope.core.errors import NotInstalled


@dataclass(frozen=True)
class Analyte:
    """Something measured: the unit it is reported in, the range a value must lie in to be believed, and whether a
    number without a unit is its value."""

    label: str
    unit: str
    low: float
    high: float
    bare: bool


@dataclass(frozen=True)
class Known:
    """The tables, ready to search.

    value: expression with the groups `number` and `unit`.
    units: (label or `*` for any, unit as `plain_unit` makes it) to the unit's name and factor.
    """

    automaton: Any
    value: re.Pattern[str]
    units: dict[tuple[str, str], tuple[str, float]]

    def unit(self, label: str, written: str) -> tuple[str, float] | None:
        """Name and factor of a unit for an analyte, else for anything, else None."""
        plain = plain_unit(written)
        return self.units.get((label, plain)) or self.units.get(("*", plain))

    def names_in(self, flat: str) -> list[tuple[int, int, Analyte]]:
        """Start, stop and analyte of each name in a flattened text, by place, the longest where they overlap."""
        found: list[tuple[int, int, Analyte]] = []
        for last, (length, analyte) in self.automaton.iter(flat):
            start, stop = last + 1 - length, last + 1
            if _goes_on(flat, start - 1, start) or _goes_on(flat, stop, stop - 1):
                continue
            while found and found[-1][0] >= start:
                found.pop()
            if not found or found[-1][1] <= start:
                found.append((start, stop, analyte))
        return found


def flattened(text: str) -> str:
    """Lower case without accents, character for character: places stay what they were."""
    flat = text.translate(_PLAIN).lower()
    if len(flat) == len(text):
        return flat
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text.translate(_PLAIN))


_PLAIN = {
    code: base
    for code in range(0xC0, 0x250)
    if len(base := unicodedata.normalize("NFD", chr(code))[0]) == 1 and base.isascii()
} | {ord("μ"): "µ", ord("²"): "2", ord("³"): "3", ord("º"): "°", ord("’"): "'", 0xA0: " ", 0x202F: " ", 0x2009: " "}


def plain_unit(written: str) -> str:
    """A unit without spaces, with the micro sign."""
    plain = flattened(written).replace(" ", "")
    return "µ" + plain[1:] if plain.startswith(("ug", "umol", "uui")) else plain


def _goes_on(flat: str, outside: int, inside: int) -> bool:
    return 0 <= outside < len(flat) and flat[outside].isalnum() and flat[inside].isalnum()


@cache
def known() -> Known:
    """The two tables.

    Raises:
        NotInstalled: the extra `text` is missing.
    """
    try:
        import ahocorasick
    except ImportError as error:
        raise NotInstalled("Reading measurements needs the extra `text`: run `make text`.") from error
    automaton = ahocorasick.Automaton()
    for row in _rows("measurements_analytes.csv"):
        analyte = Analyte(row["label"], row["unit"], float(row["low"]), float(row["high"]), row["bare"] == "yes")
        for name in row["names"].split("|"):
            automaton.add_word(name, (len(name), analyte))
    automaton.make_automaton()
    units = {
        (row["analyte"], plain_unit(row["written"])): (row["unit"], float(row["factor"]))
        for row in _rows("measurements_units.csv")
    }
    return Known(automaton, _value_expression({written for _, written in units}), units)


def _value_expression(written: set[str]) -> re.Pattern[str]:
    """A number, and a unit after it if one is known: `/` with or without spaces, `u` for the micro sign."""
    forms = [re.escape(unit).replace("/", " ?/ ?") for unit in sorted(written, key=len, reverse=True)]
    unit = "|".join(form.replace("µ", "[µu]") for form in forms)
    number = r"\d{1,3}(?: \d{3})+(?!\d)|\d{1,6}(?:[.,]\d{1,4})?"
    return re.compile(rf"(?<![\w.,/-])(?P<number>{number})(?!\d|/\d)(?: ?(?P<unit>{unit})(?![\w/]))?")


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(files(__package__).joinpath(name).read_text("utf-8").splitlines()))
