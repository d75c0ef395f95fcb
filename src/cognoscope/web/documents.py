"""Reports of the warehouse as a page shows them: one with what was read in it, or a person's list."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.pseudonyms import person_id
from cognoscope.intake.reading.rows import QUALIFIERS, TEXT_FIELDS
from cognoscope.intake.reading.rows import mentions as mentions_of
from cognoscope.intake.warehouse import Warehouse

COLUMNS = ("start", "stop", "component", "value", *TEXT_FIELDS, *QUALIFIERS)


@dataclass(frozen=True)
class Listed:
    """A line of a person's list of documents."""

    note_id: int
    date: date
    title: str


@dataclass(frozen=True)
class Read:
    """A current mention; fields as in `cognoscope.intake.reading.mention.Mention`, `component` says who read it."""

    start: int
    stop: int
    component: str
    value: float | None
    group: str
    label: str
    code: str
    vocabulary: str
    status: str
    severity: str
    unit: str
    date: str
    negated: bool
    hypothesis: bool
    family: bool
    history: bool
    reported: bool

    @property
    def qualifiers(self) -> tuple[str, ...]:
        """The names of those that hold, in their fixed order."""
        return tuple(name for name in QUALIFIERS if getattr(self, name))


@dataclass(frozen=True)
class Document:
    """A report, its person's pseudonym ('' where the source gave none), and its neighbours of the same person."""

    note_id: int
    date: date
    title: str
    text: str
    person: str
    mentions: tuple[Read, ...]
    before: Listed | None
    after: Listed | None


@contextmanager
def opened(warehouse: Warehouse) -> Iterator[Any]:
    """The warehouse as committed now, without those who refused the reuse of their data."""
    backend = warehouse.connect()
    try:
        yield backend
    finally:
        backend.disconnect()


def read_document(warehouse: Warehouse, note_id: int) -> Document | None:
    """The report with that key; None where there is none, or none that may be shown."""
    with opened(warehouse) as backend:
        row = backend.con.execute(
            "SELECT note.note_date, note.note_title, note.note_text, note.person_id, person.person_source_value "
            "FROM note LEFT JOIN person USING (person_id) WHERE note.note_id = ?",
            [note_id],
        ).fetchone()
        if row is None:
            return None
        day, title, text, about, pseudonym = row
        near = "SELECT note_id, note_date, note_title FROM note WHERE person_id = ? AND (note_date, note_id) "
        before = backend.con.execute(
            near + "< (?, ?) ORDER BY note_date DESC, note_id DESC LIMIT 1", [about, day, note_id]
        ).fetchone()
        after = backend.con.execute(
            near + "> (?, ?) ORDER BY note_date, note_id LIMIT 1", [about, day, note_id]
        ).fetchone()
        table = mentions_of(backend)
        found = table.filter(table.note_id == note_id).select(*COLUMNS).to_pyarrow().to_pylist()
    read = sorted((Read(**one) for one in found), key=lambda one: (one.start, one.stop, one.group, one.label))
    return Document(note_id, day, title or "", text, pseudonym or "", tuple(read), _listed(before), _listed(after))


def documents_of(warehouse: Warehouse, pseudonym: str, most: int) -> list[Listed]:
    """The newest reports of a person; none for a name that is no pseudonym."""
    try:
        key = person_id(pseudonym)
    except InvalidInput:
        return []
    with opened(warehouse) as backend:
        rows = backend.con.execute(
            "SELECT note_id, note_date, note_title FROM note WHERE person_id = ? "
            "ORDER BY note_date DESC, note_id DESC LIMIT ?",
            [key, most],
        ).fetchall()
    return [Listed(note_id, day, title or "") for note_id, day, title in rows]


def _listed(row: tuple[int, date, str | None] | None) -> Listed | None:
    return None if row is None else Listed(row[0], row[1], row[2] or "")
