"""What one process of the reading does with a chunk of reports; the caller commits the rows.

The rows travel rather than being written here: the warehouse is locked only while they are committed, so that an ingest
need not wait for a reading of hours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from cognoscope.core.errors import CognoscopeError
from cognoscope.intake.reading.component import Component
from cognoscope.intake.reading.component import component as find
from cognoscope.intake.reading.mention import Mention
from cognoscope.intake.reading.unread import Notes, tables_of


@dataclass(frozen=True)
class Task:
    """One chunk for one component."""

    component: str
    source: str
    notes: Notes
    on: date


@dataclass(frozen=True)
class Done:
    """A chunk that is read but not committed: rows by table."""

    tables: dict[str, pa.Table]
    documents: int
    mentions: int
    refused: int


def do(task: Task) -> Done:
    """Read the chunk.

    A report that the component fails on is entered as read without mentions, and in `quarantine`, so that one report
    never stops the others nor is tried for ever; a new version tries it again.
    """
    reader = find(task.component)
    found, refused = read_each(reader, task.notes.texts)
    tables = tables_of(reader, task.notes, found, task.on) | refusals(reader, task.source, task.notes, refused)
    return Done(tables, len(found), sum(map(len, found)), len(refused))


def refusals(reader: Component, source: str, notes: Notes, refused: Mapping[int, str]) -> dict[str, pa.Table]:
    """Rows of `quarantine` for the reports that the component failed on, by their place; nothing where none failed."""
    if not refused:
        return {}
    rows = {
        "source": [source] * len(refused),
        "file": [f"note {notes.note_ids[place]}" for place in refused],
        "line": pa.array([0] * len(refused), pa.int64()),
        "kind": [f"reading {reader.name}"] * len(refused),
        "reason": [f"The component {reader.name} failed on this report ({why})." for why in refused.values()],
    }
    return {"quarantine": pa.table(rows)}


def read_each(reader: Component, texts: Sequence[str]) -> tuple[list[list[Mention]], dict[int, str]]:
    """Mentions of each text, and by place the kind of failure of those that the reader could not read."""
    try:
        return reader.read(texts), {}
    except CognoscopeError:
        raise
    except Exception:
        found: list[list[Mention]] = []
        refused: dict[int, str] = {}
        for place, text in enumerate(texts):
            try:
                found += reader.read([text])
            except Exception as error:
                # The kind alone: a message could quote the report.
                refused[place] = type(error).__name__
                found.append([])
        return found, refused
