"""Dates that a report gives to what it mentions: `en 2015`, `depuis mars 2018`, `le 12/03/2019`, `(2012)`.

A rule of our own: `eds.dates` also reads durations and relative dates (`il y a trois ans`) but takes half the time of a
pipeline. Only absolute dates are read here, only in the sentence of a mention. A date belongs to the last mention
before it (`diabète depuis 2012, HTA`), or, where the sentence mentions nothing before it, to all that come after it
(`en 2015, infarctus`). Precision is kept: a year alone stays a year.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from datetime import date

MONTHS = {
    **{"janvier": 1, "janv": 1, "février": 2, "fevrier": 2, "févr": 2, "fevr": 2, "fév": 2, "mars": 3, "avril": 4},
    **{"avr": 4, "mai": 5, "juin": 6, "juillet": 7, "juil": 7, "août": 8, "aout": 8, "septembre": 9, "sept": 9},
    **{"octobre": 10, "oct": 10, "novembre": 11, "nov": 11, "décembre": 12, "decembre": 12, "déc": 12, "dec": 12},
}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_YEAR = r"(?:19|20)\d\d"
_DATE = re.compile(
    rf"""(?ix)
    (?<![\d/.,-])(?:
        (?P<iso>{_YEAR}-\d\d-\d\d)
      | (?P<day>[0-3]?\d)[/.-](?P<month>[01]?\d)[/.-](?P<year>{_YEAR}|\d\d)
      | (?P<only_month>[01]?\d)/(?P<of_year>{_YEAR})
      | (?:(?P<named_day>[0-3]?\d)(?:er)?\ )?\b(?P<name>{_MONTH})\b\.?\ (?P<named_year>{_YEAR})
      | (?:\b(?:en|depuis|dès|vers|courant|début|fin|année|l'année|l’année)\ |\()(?P<alone>{_YEAR})
    )(?![\d/-]|[.,]\d)"""
)
_HINT = re.compile(rf"{_YEAR}|\d[/.-][01]?\d[/.-]\d")
"""What every date holds, and what is ten times quicker to look for than a date."""
BEFORE_HINT, AFTER_HINT = 26, 12
_END = re.compile(r"[.;!?](?=\s|$)|\n")
REACH = 150
"""Characters before or after a mention within which its sentence is looked for."""


def dates_of(text: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    """For each span its nearest date, ISO 8601 (`2019-03-12`, `2019-03` or `2019`), or nothing.

    spans: first and one past last character of each mention of the text, in any order.
    """
    if not spans:
        return []
    dates = _dates(text)
    if not dates:
        return [""] * len(spans)
    starts = sorted(start for start, _ in spans)
    return [_nearest(text, start, stop, dates, starts) for start, stop in spans]


def _dates(text: str) -> list[tuple[int, int, str]]:
    """Start, stop and ISO 8601 form of each absolute date."""
    found, done = [], 0
    for hint in _HINT.finditer(text):
        if hint.start() < done:
            continue
        window = max(done, hint.start() - BEFORE_HINT)
        for match in _DATE.finditer(text, window, min(len(text), hint.end() + AFTER_HINT)):
            done = match.end()
            if iso := _iso(match):
                found.append((match.start(), match.end(), iso))
    return found


def _nearest(text: str, start: int, stop: int, dates: Sequence[tuple[int, int, str]], starts: Sequence[int]) -> str:
    low, high = max(0, start - REACH), min(len(text), stop + REACH)
    near = dates[bisect_left(dates, (low,)) : bisect_left(dates, (high,))]
    if not near:
        return ""
    ends = [match.end() for match in _END.finditer(text, low, start)]
    after = _END.search(text, stop, high)
    low, high = (ends[-1] if ends else low), (after.start() if after else high)
    first, following = (_next(starts, low, len(text)), _next(starts, stop, len(text)))
    mine = [each for each in near if each[1] <= high and stop <= each[0] <= following]
    mine += [each for each in near if low <= each[0] and each[1] <= min(start, first)]
    return min(mine, key=lambda each: (max(each[0] - stop, start - each[1]), -each[0]))[2] if mine else ""


def _next(starts: Sequence[int], place: int, end: int) -> int:
    """Where the first mention at or after a place begins."""
    found = bisect_left(starts, place)
    return starts[found] if found < len(starts) else end


def _iso(match: re.Match[str]) -> str:
    part = match.groupdict()
    if part["alone"]:
        return str(part["alone"])
    if part["iso"]:
        year, month, day = (int(each) for each in part["iso"].split("-"))
    elif part["of_year"]:
        year, month, day = int(part["of_year"]), int(part["only_month"]), 0
    elif part["named_year"]:
        year, month, day = int(part["named_year"]), MONTHS[part["name"].lower()], int(part["named_day"] or 0)
    else:
        year, month, day = int(part["year"]), int(part["month"]), int(part["day"])
        # Two digits: births and events of a report are in the past century or in this one.
        year += 0 if year > 99 else (2000 if year < 50 else 1900)
    try:
        known = date(year, month, day or 1)
    except ValueError:
        return ""
    return f"{known:%Y-%m-%d}" if day else f"{known:%Y-%m}"
