"""Dates and lapses of time in a text: 10 mars 2024, 03/02/2024, March 10, 2024, `trois jours après`, `depuis 15
jours`.
"""

import re
from dataclasses import dataclass

from cognoscope.apps.pharmacy.reactions.lexicon import cues
from cognoscope.apps.pharmacy.reactions.tokens import Token
from cognoscope.intake.plain_words import plain_words

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier january jan janv", "fevrier february feb fev fevr", "mars march mar", "avril april apr avr",
            "mai may",
            "juin june jun", "juillet july jul juil", "aout august aug", "septembre september sep sept",
            "octobre october oct",
            "novembre november nov", "decembre december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_NUMBERS = {
    word: number
    for number, words in {
        1: "un une one a an", 2: "deux two", 3: "trois three", 4: "quatre four", 5: "cinq five", 6: "six",
        7: "sept seven",
        8: "huit eight", 9: "neuf nine", 10: "dix ten", 12: "douze twelve", 15: "quinze fifteen", 20: "vingt twenty",
        30: "trente thirty",
    }.items()
    for word in words.split()
}  # fmt: skip
_DAYS = {"minute": 1 / 1440, "min": 1 / 1440, "heure": 1 / 24, "hour": 1 / 24, "h": 1 / 24, "jour": 1, "day": 1, "j": 1,
         "semaine": 7, "week": 7, "mois": 30, "month": 30, "an": 365, "annee": 365, "year": 365}  # fmt: skip
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?!\d)|(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_AFTER = {"apres", "later", "after", "plus", "suivant", "suivante"}
_SINCE = {"depuis", "since"}
_AGO = {"ago"}


@dataclass(frozen=True)
class Dated:
    """A date in the text, ISO 8601, as precise as it was said. `day_first`: 03/02/2024 read as 3 February."""

    start: int
    stop: int
    date: str


@dataclass(frozen=True)
class Lapse:
    """A span of time in the text, in days; `kind`: `after` (trois jours après), `since` (depuis), `ago` (il y a)."""

    start: int
    stop: int
    days: float
    kind: str


def dates_of(text: str, words: list[Token]) -> list[Dated]:
    """The dates of a text, in order."""
    found = [Dated(*match.span(), iso) for match in _NUMERIC.finditer(text) if (iso := _numeric(match))]
    for at, word in enumerate(words):
        month = _MONTHS.get(word.plain)
        if month is None:
            continue
        before = words[at - 1] if at else None
        after = list(words[at + 1 : at + 3])
        day = _day(before.plain) if before and before.sentence == word.sentence else None
        start = before.start if before is not None and day else word.start
        if day is None and after and (day := _day(after[0].plain)) is not None:
            after = after[1:]
        year = next((int(each.plain) for each in after[:1] if re.fullmatch(r"(19|20)\d\d", each.plain)), None)
        if year is None or any(one.start <= word.start < one.stop for one in found):
            continue
        iso = f"{year}-{month:02d}-{day:02d}" if day else f"{year}-{month:02d}"
        found.append(Dated(start, after[0].stop, iso))
    return sorted(found, key=lambda one: one.start)


def lapses_of(words: list[Token]) -> list[Lapse]:
    """The lapses of time of a text, in order."""
    found: list[Lapse] = []
    for at, word in enumerate(words[:-1]):
        unit = words[at + 1]
        scale = _DAYS.get(unit.plain.rstrip("s") if unit.plain != "mois" else "mois")
        number = float(word.plain) if word.plain.isdigit() and len(word.plain) < 4 else _NUMBERS.get(word.plain)
        if scale is None or number is None or word.sentence != unit.sentence:
            continue
        before = [each.plain for each in words[max(0, at - 4) : at] if each.sentence == word.sentence]
        later = [each.plain for each in words[at + 2 : at + 4] if each.sentence == word.sentence]
        if _SINCE & set(before[-1:]):
            kind = "since"
        elif before[-3:] == ["il", "y", "a"] or _AGO & set(later[:1]):
            kind = "ago"
        elif _AFTER & set(later) or before[-2:] == ["bout", "de"] or "within" in before or before[-1:] == ["en"]:
            kind = "after"
        else:
            continue
        found.append(Lapse(word.start, unit.stop, number * scale, kind))
    for hit in cues("latency").find(words):
        found.append(Lapse(words[hit.first].start, words[hit.stop - 1].stop, float(hit.meaning), "after"))
    return sorted(found, key=lambda one: one.start)


def _numeric(match: re.Match[str]) -> str | None:
    if match[4]:
        year, month, day = int(match[4]), int(match[5]), int(match[6])
    else:
        day, month, year = int(match[1]), int(match[2]), int(match[3])
        year += 2000 if year < 70 else 1900 if year < 100 else 0
    return f"{year}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else None


def _day(word: str) -> int | None:
    plain = plain_words(word)
    number = re.fullmatch(r"(\d{1,2})(?:er|st|nd|rd|th)?", plain)
    return int(number[1]) if number and 1 <= int(number[1]) <= 31 else None
