"""The case of a person: the most recent reports, and what was read in them.

Table `note`: one row a report, the most recent first: `note_id`, `note_date`, `note_title`, `note_text`
(pseudonymised). Table `mention`: one row a mention, `note_row` its row of `note`, `start` and `stop` its characters.
Facts: `age` (years), `sex`, `documents_left_out` (older reports, beyond `MAX_CHARACTERS`), `documents_unread` (kept
reports in which conditions have not been looked for).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
import pandas as pd

from cognoscope.apps.records.comorbidities.model import MENTION_COLUMNS
from cognoscope.core.case import Case, Column, Fact, Table
from cognoscope.core.errors import InvalidInput
from cognoscope.intake.reading.dates_of import dates_of
from cognoscope.intake.reading.mention import Mention

KIND = "reports-of-a-person"
MAX_CHARACTERS = 200_000
"""How much text a case holds at most: the most recent whole reports."""
TEXTS = ("group", "label", "code", "vocabulary", "status", "severity", "unit", "date")
FLAGS = ("negated", "hypothesis", "family", "history", "reported")


@dataclass(frozen=True)
class Note:
    """A pseudonymised report with what was read in it; `read` says whether conditions were looked for."""

    note_id: str
    note_date: str
    title: str
    text: str
    mentions: Sequence[Mention]
    read: bool = True


def build_case(
    subject: str,
    notes: Sequence[Note],
    as_of: datetime,
    age: int | None = None,
    sex: str | None = None,
    source: str = "",
) -> Case:
    """The case of the reports known at `as_of`; a later one does not enter."""
    known = [note for note in notes if note.note_date <= f"{as_of:%Y-%m-%d}"]
    known.sort(key=lambda note: (note.note_date, note.note_id), reverse=True)
    kept: list[Note] = []
    size = 0
    for note in known:
        size += len(note.text)
        if kept and size > MAX_CHARACTERS:
            break
        kept.append(note)
    facts = (
        Fact(name="age", value=age, unit="year"),
        Fact(name="sex", value=sex),
        Fact(name="documents_left_out", value=len(known) - len(kept)),
        Fact(name="documents_unread", value=sum(not note.read for note in kept)),
    )
    tables = (_notes(kept), _mentions(kept))
    return Case(kind=KIND, subject=subject, as_of=as_of, facts=facts, tables=tables, source=source)


def read_mentions(case: Case) -> pd.DataFrame:
    """The case's mentions as the frame that `model` takes, with `row`, `start`, `stop`, `code`, `value` and `unit`.

    Raises:
        InvalidInput: a table or column is missing, of another type, or points out of the texts.
    """
    notes, mentions = case.table("note"), case.table("mention")
    if notes is None or mentions is None:
        raise InvalidInput("The case holds no reports or no mentions.")
    try:
        frame = pd.DataFrame({column.name: list(column.values) for column in mentions.columns}, dtype=object)
        texts, dates = _values(notes, "note_text"), _values(notes, "note_date")
        if not all(isinstance(cell, str) for cell in (*texts, *dates)):
            raise InvalidInput("A report of the case has no text or no date.")
        for row, start, stop in zip(frame["note_row"], frame["start"], frame["stop"], strict=True):
            if not (0 <= row < len(texts) and 0 <= start < stop <= len(texts[row])):
                raise InvalidInput("A mention points out of its report.")
    except (KeyError, TypeError) as error:
        raise InvalidInput("The tables of the case are not those of reports and mentions.") from error
    frame = frame.astype(dict.fromkeys(FLAGS, bool) | dict.fromkeys(TEXTS, str))
    frame = frame.rename(columns={"note_row": "note"})
    frame["person"] = case.subject
    frame["note_date"] = [dates[row] for row in frame["note"]]
    frame["words"] = [
        texts[row][start:stop] for row, start, stop in zip(frame["note"], frame["start"], frame["stop"], strict=True)
    ]
    return frame[[*MENTION_COLUMNS, "start", "stop", "code", "vocabulary", "value", "unit"]]


def _values(table: Table, name: str) -> tuple[object, ...]:
    column = table.column(name)
    if column is None:
        raise KeyError(name)
    return column.values


def _notes(notes: Sequence[Note]) -> Table:
    return Table(
        name="note",
        columns=(
            Column(name="note_id", type="text", values=tuple(note.note_id for note in notes)),
            Column(name="note_date", type="date", values=tuple(note.note_date for note in notes)),
            Column(name="note_title", type="text", values=tuple(note.title for note in notes)),
            Column(name="note_text", type="text", values=tuple(note.text for note in notes)),
        ),
    )


def _mentions(notes: Sequence[Note]) -> Table:
    rows = [(place, mention) for place, note in enumerate(notes) for mention in _dated(note)]
    integers = {
        "note_row": tuple(place for place, _ in rows),
        "start": tuple(mention.start for _, mention in rows),
        "stop": tuple(mention.stop for _, mention in rows),
    }
    return Table(
        name="mention",
        columns=(
            *(Column(name=name, type="integer", values=values) for name, values in integers.items()),
            *(Column(name=name, type="text", values=tuple(getattr(one, name) for _, one in rows)) for name in TEXTS),
            *(Column(name=name, type="boolean", values=tuple(getattr(one, name) for _, one in rows)) for name in FLAGS),
            Column(name="value", type="number", values=tuple(mention.value for _, mention in rows)),
        ),
    )


def _dated(note: Note) -> list[Mention]:
    """The mentions in the order of the text; conditions get the date of their sentence."""
    ordered = sorted(note.mentions, key=lambda one: (one.start, one.stop, one.group, one.label, one.code))
    dates = dates_of(note.text, [(one.start, one.stop) for one in ordered])
    return [
        msgspec.structs.replace(one, date=date) if date and not one.date and one.group == "condition" else one
        for one, date in zip(ordered, dates, strict=True)
    ]
