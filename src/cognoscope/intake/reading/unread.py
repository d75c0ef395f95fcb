"""Which reports a component has yet to read: those it never read, in this version, with the text they have now."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from cognoscope.intake.reading.component import Component
from cognoscope.intake.reading.mention import Mention
from cognoscope.intake.reading.rows import content_digest, mention_rows, nlp_system


@dataclass(frozen=True)
class Notes:
    """Some reports: keys, whom they are about, pseudonymised texts; all of one length."""

    note_ids: Sequence[int]
    person_ids: Sequence[int]
    texts: Sequence[str]


def count_unread(connection: Any, component: Component) -> int:
    """How many reports wait for the component.

    Args:
        connection: DuckDB with the warehouse's views (`Warehouse.connect().con`).
        component: the reader.
    """
    query = f"SELECT count(*) FROM ({_UNREAD})"  # noqa: S608
    return int(connection.execute(query, _parameters(component)).fetchone()[0])


def unread(connection: Any, component: Component, size: int) -> Iterator[Notes]:
    """The reports that wait, at most `size` at a time, always in the same order."""
    rows = connection.execute(f"{_UNREAD} ORDER BY note.note_id", _parameters(component))
    while batch := rows.fetchmany(size):
        note_ids, person_ids, texts = zip(*batch, strict=True)
        yield Notes(note_ids, person_ids, texts)


def tables_of(component: Component, notes: Notes, found: Sequence[list[Mention]], on: date) -> dict[str, pa.Table]:
    """NOTE_NLP rows of what was found, and the rows of `note_reading` that say it was read."""
    digests = [content_digest(text) for text in notes.texts]
    readings = {
        "note_reading_id": [_reading_key(note_id, component.name) for note_id in notes.note_ids],
        "note_id": list(notes.note_ids),
        "person_id": list(notes.person_ids),
        "component": [component.name] * len(digests),
        "nlp_system": [nlp_system(component, digest) for digest in digests],
        "content_digest": digests,
        "mentions": [len(mentions) for mentions in found],
    }
    return {
        "note_nlp": mention_rows(component, notes.note_ids, notes.texts, found, on),
        "note_reading": pa.table(readings),
    }


# Sixteen digits of the digest, as `content_digest` gives them.
_UNREAD = """
SELECT note.note_id, note.person_id, note.note_text FROM note
LEFT JOIN note_reading reading ON reading.note_id = note.note_id AND reading.component = $name
WHERE note.note_text <> '' AND (
    reading.nlp_system IS NULL OR reading.nlp_system <> $prefix || substr(sha256(note.note_text), 1, 16)
)
"""


def _parameters(component: Component) -> dict[str, str]:
    return {"name": component.name, "prefix": nlp_system(component, "")}


def _reading_key(note_id: int, name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{note_id}\0{name}".encode()).digest()[:8]) >> 1
