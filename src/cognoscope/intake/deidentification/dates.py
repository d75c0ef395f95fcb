"""Dates as reports write them: read, shifted, and written again in the same form."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from cognoscope.intake.deidentification.lexicon import plain

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_SHORT = {"jan": 1, "fev": 2, "fevr": 2, "mar": 3, "avr": 4, "jui": 6, "juil": 7, "juill": 7, "aou": 8, "sep": 9}
_SHORT |= {"sept": 9, "oct": 10, "nov": 11, "dec": 12, "janv": 1}
_NUMBERS = {plain(name): index + 1 for index, name in enumerate(MONTHS)} | _SHORT
_PART = re.compile(r"\d+|[^\W\d_]+")
WRITTEN = re.compile(
    r"(?<!\d)\d{1,4}(?:er)?[ \t]{0,2}[./|\- ]?[ \t]{0,2}(?:\d{1,2}|[A-Za-zéûÉÛ]{3,9}\.?)[ \t]{0,2}[./|\- ]?[ \t]{0,2}"
    r"(?:\d{4}|\d{2})(?!\d)|(?<![\d ])\d(?: \d){7}(?! ?\d)"
)
CENTURY = 30


class ReadDate(NamedTuple):
    """The day, and which parts of it the text gives: `y`, `m`, `d`, in order."""

    day: date
    parts: str


def read_date(text: str) -> ReadDate | None:
    """The date some words give, or None; a year of two digits above 30 is of the last century.

    Day and year that are missing are taken as the first and as 2000.
    """
    pieces = _PART.findall(text)
    if len(pieces) == 8 and all(len(piece) == 1 for piece in pieces):
        pieces = ["".join(pieces[:2]), "".join(pieces[2:4]), "".join(pieces[4:])]
    elif len(pieces) == 1 and len(pieces[0]) == 8 and pieces[0].isdecimal():
        pieces = [pieces[0][:2], pieces[0][2:4], pieces[0][4:]]
    pieces = [piece for piece in pieces if plain(piece) not in ("er", "le", "du", "au", "de", "en", "fin", "debut")]
    numbers: list[int] = []
    kinds = ""
    for piece in pieces:
        if piece.isdecimal():
            numbers.append(int(piece))
            kinds += "4" if len(piece) == 4 else "2" if len(piece) <= 2 else "?"
        elif plain(piece) in _NUMBERS:
            numbers.append(_NUMBERS[plain(piece)])
            kinds += "m"
        else:
            return None
    layout = {
        "224": "dmy", "222": "dmy", "422": "ymd", "2m4": "dmy", "2m2": "dmy", "m4": "my", "24": "my", "2m": "dm",
        "22": "dm", "4": "y",
    }.get(kinds)  # fmt: skip
    if layout is None:
        return None
    known = dict(zip(layout, numbers, strict=True))
    year = known.get("y", 2000)
    if year < 100:
        year += 1900 if year > CENTURY else 2000
    try:
        return ReadDate(date(year, known.get("m", 1), known.get("d", 1)), layout)
    except ValueError:
        return None


def shifted(text: str, days: int) -> str | None:
    """The same written date `days` later, or None where it cannot be read.

    A date without its year moves as a day of the year 2000; one without its day moves as its first day; a year alone
    moves as its first of July, so that small shifts keep it.
    """
    read = read_date(text)
    if read is None:
        return None
    base = read.day.replace(month=7) if read.parts == "y" else read.day
    try:
        moved = base + timedelta(days=days)
    except OverflowError:
        return None
    return rewritten(text, read.parts, moved)


def rewritten(text: str, parts: str, day: date) -> str:
    """A day in the form of some written date whose parts are known."""
    compact = "".join(_PART.findall(text))
    if compact.isdecimal() and len(compact) == 8 and parts == "dmy" and max(map(len, _PART.findall(text))) in (1, 8):
        digits = iter(f"{day.day:02d}{day.month:02d}{day.year:04d}")
        return "".join(next(digits) if char.isdecimal() else char for char in text)
    order = iter(parts)

    def other(match: re.Match[str]) -> str:
        piece = match.group()
        if plain(piece) in ("er", "le", "du", "au", "de", "en", "fin", "debut"):
            return "" if plain(piece) == "er" and day.day != 1 else piece
        part = next(order)
        if part == "d":
            return f"{day.day:02d}" if len(piece) == 2 else str(day.day)
        if part == "y":
            return f"{day.year:04d}" if len(piece) == 4 else f"{day.year % 100:02d}"
        if piece.isdecimal():
            return f"{day.month:02d}" if len(piece) == 2 else str(day.month)
        name = MONTHS[day.month - 1]
        return name.upper() if piece.isupper() else name.capitalize() if piece[0].isupper() else name

    return _PART.sub(other, text)
