"""Lines broken at the edge of the paper become whole again; lines that their author ended stay lines.

A line goes on in the next one where the next one's first word would not have fitted on it: that is why it was broken.
"""

import csv
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from cognoscope.intake.documents.pdf_lines import Line

GAP = 1.9
"""Distance between two lines of one paragraph, in heights of a letter's box, at most."""

SIZES = 1.25
"""Ratio of heights up to which two lines are of the same print."""

SLACK = 2.0
"""Points that a justified line may fall short."""

SHORT = 0.75
BREAKS = 0.03
"""Share of lines that end in a hyphen from which on words are broken; below it only compounds are, at their hyphen."""

FEW_LINES = 15
COLUMN_SHARE = 0.3
ITEM = re.compile(r"(?:[-–—•·▪◦‣*►→oO]\s|\d{1,2}[.)/°]\s|\d{1,2}[.)]\d|[a-z][.)]\s|\[[ xX]?\])")
HEADING = re.compile(r"[A-ZÀ-Ý][^.:;]{0,50} ?:(?:\s|$)")
BROKEN_WORD = re.compile(r"(\w+)[-\u00ad\u2010\u2011]$")
STICKS = re.compile(r"\w[’'/]$")
"""What no space follows: an elision, two words with a stroke between."""

FIRST_WORD = re.compile(r"\w+")
WORD = re.compile(r"\w+(?:-\w+)*")


class Words(NamedTuple):
    """Whole words of a document, and whether its words are broken at the ends of lines."""

    whole: frozenset[str]
    broken: bool


def text_of_pages(pages: Sequence[list[Line]]) -> str:
    """The text of the pages; one line a paragraph or list item, an empty line where the page leaves space."""
    known = _words(pages)
    out: list[str] = []
    last: Line | None = None
    edge = 0.0
    for page in pages:
        new_page = True
        for line, its_edge in zip(page, _edges(page), strict=True):
            text = line.text.replace("\u00ad", "-") if line.text[:-1].count("\u00ad") else line.text
            goes_on = last is not None and (_over_page(last, line) if new_page else _goes_on(last, line, edge))
            if not out or last is None:
                out.append(text)
            elif goes_on:
                out[-1] = _joined(out[-1], text, known)
            else:
                if not new_page and _apart(last, line):
                    out.append("")
                out.append(text)
            last, edge, new_page = line, its_edge, False
    return "\n".join(each.replace("\u00ad", "-") for each in out)


def joined_by_length(text: str) -> str:
    """The same for text without places, as an OCR gives it: a line goes on if it is nearly as long as the longest."""
    blocks = []
    for block in re.split(r"\n\s*\n", text):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        longest = max(map(len, lines), default=0)
        known = Words(frozenset(WORD.findall(text)), broken=True)
        out: list[str] = []
        before = 0
        for line in lines:
            full = longest > 40 and before >= 0.8 * longest and not (ITEM.match(line) or HEADING.match(line))
            if out and (full or BROKEN_WORD.search(out[-1])):
                out[-1] = _joined(out[-1], line, known)
            else:
                out.append(line)
            before = len(line)
        blocks.append("\n".join(out))
    return "\n\n".join(blocks)


def _edges(page: list[Line]) -> list[float]:
    """For each line, how far right its column goes."""
    if not page:
        return []
    left, right = min(line.left for line in page), max(line.right for line in page)
    width = page[0].page[0]
    if right < SHORT * width:
        # No line comes near the margin, so none was broken by it.
        return [width - left] * len(page)
    middle = (left + right) / 2
    first = [line for line in page if line.right <= middle + 10]
    second = [line for line in page if line.left >= middle - 10]
    if len(first) < COLUMN_SHARE * len(page) or len(second) < COLUMN_SHARE * len(page):
        return [right] * len(page)
    ends = max(line.right for line in first)
    return [ends if line.right <= middle + 10 else right for line in page]


def _goes_on(line: Line, following: Line, edge: float) -> bool:
    gap = line.bottom - following.bottom
    same_print = 1 / SIZES <= line.height / following.height <= SIZES
    if not (0 < gap <= GAP * line.height) or not same_print:
        return False
    if ITEM.match(following.text) or HEADING.match(following.text):
        return False
    space = 0.25 * line.height
    return line.right + space + following.first_word > edge - SLACK


def _over_page(line: Line, following: Line) -> bool:
    return line.text.rstrip()[-1] not in ".:;!?" and following.text[0].islower() and not ITEM.match(following.text)


def _apart(line: Line, following: Line) -> bool:
    return line.bottom - following.bottom > GAP * max(line.height, following.height)


def _joined(before: str, after: str, known: Words) -> str:
    broken = BROKEN_WORD.search(before)
    second = FIRST_WORD.match(after)
    if second is not None and STICKS.search(before):
        return f"{before}{after}"
    if broken is None or second is None:
        return f"{before} {after}"
    first, rest = broken.group(1), second.group()
    stem = before[: broken.end(1)]
    if _keeps_hyphen(first, rest, known):
        return f"{stem}-{after}"
    return f"{stem}{after}"


def _keeps_hyphen(first: str, rest: str, known: Words) -> bool:
    """Whether the hyphen belongs to the word: the document's own other words decide first."""
    whole = known.whole
    if f"{first}{rest}" in whole:
        return False
    if (
        not known.broken
        or f"{first}-{rest}" in whole
        or {first, rest} <= whole
        or not rest[0].islower()
        or not first[-1].isalpha()
    ):
        return True
    before, after = _kept()
    return first.casefold() in before or rest.casefold() in after


def _words(pages: Sequence[list[Line]]) -> Words:
    """Whole words of the document, those with a hyphen too; not the halves of broken ones."""
    found: set[str] = set()
    broken, lines, breaks = False, 0, 0
    for line in (line for page in pages for line in page):
        words = WORD.findall(BROKEN_WORD.sub("", line.text))
        found.update(words[1:] if broken else words)
        broken = BROKEN_WORD.search(line.text) is not None
        lines, breaks = lines + 1, breaks + broken
    return Words(frozenset(found), broken=lines < FEW_LINES or breaks >= BREAKS * lines)


@cache
def _kept() -> tuple[frozenset[str], frozenset[str]]:
    with files("cognoscope.intake.documents").joinpath("hyphens.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    before, after = ({row["part"] for row in rows if row["place"] == place} for place in ("before", "after"))
    return frozenset(before), frozenset(after)
