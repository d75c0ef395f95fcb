"""Which of the dates found are birth dates although nothing says so: those that stand right after somebody's name."""

import re
from collections.abc import Sequence

import msgspec

from cognoscope.intake.deidentification.dates import read_date
from cognoscope.intake.deidentification.span import Span

_BETWEEN = re.compile(r"[\s,|/\-(]{1,4}(?:(?:M|F|H|Masculin|Féminin|Homme|Femme)\b[\s|,/\-]{1,4})?(?:le )?")
_NAMES = ("NOM", "PRENOM")


def birth_dates(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans, whole dates beside a name called birth dates, and every other writing of a birth date too.

    A name and a date side by side are the head of a document about that person; where it is the date of an act instead,
    what is lost is its day, which is better than keeping a birthday.
    """
    found = list(spans)
    born = {_day(text, span) for span in found if span.label == "DATE_NAISSANCE"} - {None}
    for index, span in enumerate(found):
        if span.label != "DATE":
            continue
        before = found[index - 1] if index else None
        beside = before is not None and before.label in _NAMES and _BETWEEN.fullmatch(text, before.stop, span.start)
        hour = re.match(r"[ ]?(?:à |a )?\d{1,2}[:h]\d{2}", text[span.stop : span.stop + 8])
        if (beside and not hour and _whole(text, span)) or _day(text, span) in born:
            found[index] = msgspec.structs.replace(span, label="DATE_NAISSANCE")
    return found


def whole_dates(written: Sequence[Span], likely: Sequence[Span]) -> list[Span]:
    """The dates recognised by their form, called birth dates where the classifier thinks so of most of their tokens."""
    learned = [span for span in likely if span.label in ("DATE", "DATE_NAISSANCE")]
    found = []
    for span in written:
        if span.label == "DATE":
            inside = [one.label for one in learned if span.start <= one.start < span.stop]
            born = 2 * inside.count("DATE_NAISSANCE") > len(inside)
            found.append(msgspec.structs.replace(span, label="DATE_NAISSANCE") if born else span)
    return found


def _whole(text: str, span: Span) -> bool:
    written = text[span.start : span.stop]
    read = read_date(written)
    return read.parts in ("dmy", "ymd") if read else len(written) > 12


def _day(text: str, span: Span) -> object:
    read = read_date(text[span.start : span.stop])
    return read.day if read and read.parts in ("dmy", "ymd") else None
