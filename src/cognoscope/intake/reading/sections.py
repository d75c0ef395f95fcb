"""Parts of a report (motif, antécédents, examen, conclusion ...), told by headings that stand alone or before a colon.

A mention is the whole part: from its heading to the next known one. What stands before the first heading belongs to
none. The headings are data, `sections.csv`: those of EDS-NLP's `eds.sections` and common ones.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from cognoscope.intake.reading.component import Component
from cognoscope.intake.reading.mention import Mention
from cognoscope.intake.reading.reader_version import reader_version

LONGEST_HEADING = 70
BEFORE = re.compile(r"[\s*#=_•▪◦►→\-–—>]*(?:(?:\d{1,2}|[ivx]{1,4}|[a-h])(?:\s*[.)/°]\s*|\s+[-–—:]\s*)+)?[\s*#=_•\-–—]*")
"""What may stand before a heading: bullets, stars, a number or a letter."""

ENDS = re.compile(r"\s*(?::|(?<=\s)[-–—]\s|\*\*|==|\||$)")
"""What ends a heading on its line."""

IN_BRACKETS = re.compile(r"\([^()]*\)")
WORDS = re.compile(r"[a-z0-9]+")


class Headings(NamedTuple):
    """What `sections.csv` says: labels by heading, headings that may begin a sentence, words that may follow one."""

    labels: dict[str, str]
    in_sentence: tuple[str, ...]
    after: frozenset[str]


def read(texts: Sequence[str]) -> list[list[Mention]]:
    """The parts of each text."""
    return [_parts(text) for text in texts]


def folded(text: str) -> str:
    """Small letters without accents, one kind of apostrophe and of space."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'").replace("`", "'"))
    return "".join(each for each in plain if not unicodedata.combining(each))


def _parts(text: str) -> list[Mention]:
    starts = list(_starts(text))
    stops = [*(start for start, _ in starts[1:]), len(text)]
    return [
        Mention(start=start, stop=start + len(text[start:stop].rstrip()), group="section", label=label)
        for (start, label), stop in zip(starts, stops, strict=False)
    ]


def _starts(text: str) -> Iterator[tuple[int, str]]:
    place = 0
    for line in text.split("\n"):
        label = _label(line) if line and not line.isspace() else None
        if label is not None:
            yield place + len(line) - len(line.lstrip()), label
        place += len(line) + 1


def _label(line: str) -> str | None:
    """Which part begins with this line, if one does."""
    head = folded(line[: LONGEST_HEADING + 20])
    marks = BEFORE.match(head)
    for start in dict.fromkeys((marks.end() if marks else 0, 0)):
        label = _heading(head[start:].lstrip(), whole=len(line) <= LONGEST_HEADING)
        if label is not None:
            return label
    return None


def _heading(head: str, *, whole: bool) -> str | None:
    known = _headings()
    end = ENDS.search(head)
    # Without a colon only a whole short line can be a heading.
    if end is not None and (whole or end.group().strip()) and end.start() <= LONGEST_HEADING:
        words = " ".join(IN_BRACKETS.sub(" ", head[: end.start()]).strip(" .;,_*=").split())
        label = known.labels.get(words) or _longest(words, known)
        if label is not None:
            return label
    for phrase in known.in_sentence:
        if head.startswith(phrase) and head[len(phrase) : len(phrase) + 1] in (",", " ", ":", ""):
            return known.labels[phrase]
    return None


def _longest(words: str, known: Headings) -> str | None:
    """The heading with which these words begin, where what follows it changes nothing (a date, `à l'entrée`)."""
    pieces = words.split()
    for count in range(len(pieces) - 1, 0, -1):
        label = known.labels.get(" ".join(pieces[:count]))
        if label is not None:
            rest = WORDS.findall(" ".join(pieces[count:]))
            return label if all(each in known.after or each.isdigit() for each in rest) else None
    return None


@cache
def _headings() -> Headings:
    with files("cognoscope.intake.reading").joinpath("sections.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    labels = {row["heading"]: row["label"] for row in rows if row["label"]}
    in_sentence = tuple(row["heading"] for row in rows if row["in_sentence"])
    return Headings(labels, in_sentence, frozenset(row["heading"] for row in rows if not row["label"]))


COMPONENT = Component("sections", reader_version("sections.py", "sections.csv"), read)
