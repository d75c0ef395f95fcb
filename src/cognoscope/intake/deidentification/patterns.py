"""Identities that are recognised by how they are written: numbers, dates, addresses, mail and web addresses."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cognoscope.intake.deidentification import lexicon
from cognoscope.intake.deidentification.checks import CHECKS, place_follows
from cognoscope.intake.deidentification.lexicon import plain
from cognoscope.intake.deidentification.span import Label, Span
from cognoscope.intake.deidentification.tokens import BIT, Bits, Tokens

BEFORE, AFTER = 12, 16
_MAIL_BEFORE = re.compile(r"[\w.+\-]{1,64}[ ]?$")
_MAIL_AFTER = re.compile(r"@[ ]?[\w\-]{1,64}(?:\.[\w\-]{1,40}){0,6}")
_URL = re.compile(r"(?:https?://|www\.)(?=[^\s/]*\.)[^\s<>()\[\]\"]{3,200}")
_CITY = re.compile(
    r"[ \t\u00a0]{0,3},?[ \t\u00a0]{0,3}\n?((?:[A-ZÀ-ÖØ-Þ][\w.]*|(?:sur|sous|les|le|la|lès|en|de|du|des|d|l|et|aux)"
    r"(?=[ \n'’\-]{1,2}[A-ZÀ-ÖØ-Þ]))(?:(?:[ '’\-]|\n-?|-\n)(?:[A-ZÀ-ÖØ-Þ][\w.]*|"
    r"(?:sur|sous|les|le|la|lès|en|de|du|des|d|l|et|aux)(?=[ \n'’\-]{1,2}[A-ZÀ-ÖØ-Þ]))){0,5}(?:[ ]\d{1,2}(?!\d))?)"
)


class Pattern(NamedTuple):
    """One written form."""

    label: Label
    where: str
    form: re.Pattern[str]
    group: int
    check: str


@cache
def patterns() -> tuple[Pattern, ...]:
    """The forms of `patterns.toml`, compiled."""
    content = tomllib.loads(files(__package__).joinpath("patterns.toml").read_text(encoding="utf-8"))
    macros: dict[str, str] = content["macros"]

    def filled(form: str) -> str:
        return re.sub(r"\{([a-z]+)\}", lambda found: macros[found.group(1)], form)

    return tuple(
        Pattern(
            row["label"], row["where"], re.compile(filled(row["pattern"])), row.get("group", 0), row.get("check", "")
        )
        for row in content["pattern"]
    )


def passages(
    tokens: Tokens, wanted: NDArray[np.bool_], before: int = BEFORE, after: int = AFTER
) -> list[tuple[int, int]]:
    """Ranges of tokens around the wanted ones, merged where they touch.

    Args:
        tokens: of one text.
        wanted: (n,) true where something should be looked at.
        before: tokens to take along on the left; `after`: on the right.
    """
    hits = np.flatnonzero(wanted)
    if not len(hits):
        return []
    starts, stops = hits - before, hits + after + 1
    breaks = np.flatnonzero(starts[1:] > stops[:-1])
    firsts = np.concatenate([[0], breaks + 1])
    lasts = np.concatenate([breaks, [len(hits) - 1]])
    count = len(tokens.texts)
    return [(max(int(starts[a]), 0), min(int(stops[b]), count)) for a, b in zip(firsts, lasts, strict=True)]


def digit_mass(flags: Bits) -> NDArray[np.bool_]:
    """(n,) true where at least four digits, or two numbers beside a separator, stand within a few tokens."""
    digits = (flags & BIT["digits"]) > 0
    weight = np.where(digits, np.where((flags & BIT["short"]) > 0, 2, 4), 0)
    total = np.convolve(weight, np.ones(9, np.int64))[4:-4] if len(weight) else weight
    return np.asarray(digits & (total >= 6) | digits & ((flags & BIT["long"]) > 0) | digits & (weight == 4))


def found_by_form(tokens: Tokens) -> list[Span]:
    """Spans of every written form, overlaps included."""
    text, flags = tokens.text, tokens.flags
    wanted = {
        "digits": digit_mass(flags),
        "month": (flags & BIT["month"]) > 0,
        "age": (flags & BIT["age"]) > 0,
        "word": (flags & (BIT["street"])) > 0,
    }
    spans = list(_mails(text)) if "@" in text else []
    if "http" in text or "www." in text:
        spans += [Span(match.start(), match.end(), "URL") for match in _URL.finditer(text)]
    for where, mask in wanted.items():
        for first, last in passages(tokens, mask):
            low, high = tokens.starts[first], tokens.starts[last]
            for pattern in patterns():
                if pattern.where == where:
                    spans += _matches(pattern, text, low, high)
    return spans


def city_after(text: str, stop: int) -> Iterator[Span]:
    """The capitalised words after a postcode that ends at `stop`, where they can be a city."""
    city = _CITY.match(text, stop)
    if city and place_follows("", text[stop : stop + 40]):
        yield Span(city.start(1), _city_end(text, *city.span(1)), "VILLE", 0.95)


def _city_end(text: str, start: int, stop: int) -> int:
    """Where the city ends: before the first everyday word that is no part of names of places."""
    for word in list(re.finditer(r"[^\W\d_]+", text[start:stop]))[1:]:
        low = plain(word.group())
        cued = {"phone", "title", "mail", "ipp", "nda", "secu", "birth", "month"}.intersection(
            lexicon.cues().get(low, ())
        )
        if cued or (low in lexicon.common() and len(low) > 3 and low not in lexicon.words("city")):
            return start + len(text[start : start + word.start()].rstrip(" '’-\n"))
    return stop


def _matches(pattern: Pattern, text: str, low: int, high: int) -> Iterator[Span]:
    check = CHECKS[pattern.check]
    for match in pattern.form.finditer(text, low, high):
        start, stop = match.span(pattern.group)
        while stop > start and text[stop - 1] in " \t\n,-.'’":
            stop -= 1
        if check(text[start:stop], text[stop : stop + 40]) and stop > start:
            yield Span(start, stop, pattern.label)


def _mails(text: str) -> Iterator[Span]:
    at = text.find("@")
    while at >= 0:
        before = _MAIL_BEFORE.search(text, max(0, at - 66), at)
        after = _MAIL_AFTER.match(text, at)
        if before and after:
            yield Span(before.start(), after.end(), "MAIL")
        at = text.find("@", at + 1)
