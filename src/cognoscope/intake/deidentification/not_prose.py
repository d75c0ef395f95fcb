"""Program code that a web page left in a text: no name stands in it."""

import re

AROUND = 120
"""Characters before and after a place that are looked at."""
LEAST = 2

_MARK = re.compile(
    r"\bvar [\w$]+ ?=|\bfunction ?\(|\w\(\)|\) ?;|\} ?;|; ?\}|\} ?\)|= ?\[\]|/{4}|[\w\]] ?= ?document\b|"
    r"\w ?=+ ?[\"'][^\"']*[\"'] ?;"
)
"""Braces alone do not count: letters in Rich Text Format keep theirs."""


def has_code(text: str) -> bool:
    """Whether a text may hold program code at all."""
    return ";" in text and ("function" in text or "var " in text)


def in_code(text: str, start: int, stop: int) -> bool:
    """Whether characters `start` to `stop` stand between marks of program code."""
    first = max(0, start - AROUND, text.rfind("\n\n", 0, start))
    last = text.find("\n\n", stop)
    last = min(len(text), stop + AROUND, last if last >= 0 else len(text))
    found = _MARK.finditer(text, first, last)
    return next(found, None) is not None and next(found, None) is not None
