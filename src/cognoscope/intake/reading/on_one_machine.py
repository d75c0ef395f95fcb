"""Reads what is unread, on all cores of the machine; killed at any moment, the next run goes on where it stopped."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from cognoscope.intake.processes import spread
from cognoscope.intake.reading.component import COMPONENTS, Component, component
from cognoscope.intake.reading.unread import count_unread, unread
from cognoscope.intake.reading.work import Done, Task, do
from cognoscope.intake.warehouse import Warehouse
from cognoscope.intake.writelock import exclusive

CHUNK = 1000
"""Reports read and committed together: what a kill can cost."""

PATIENCE_SECONDS = 3600.0

LOST = (
    "A process of the reading was ended from outside, perhaps for want of memory: what was committed is safe; run "
    "`cognoscope read` again and it goes on where it stopped."
)


@dataclass(frozen=True)
class Read:
    """What one component did."""

    system: str
    documents: int
    mentions: int
    refused: int


Progress = Callable[[str, int, int], None]
"""Told the component's name, how many reports it has read and how many there were to read."""


def read_warehouse(
    warehouse: Warehouse,
    on: date,
    *,
    names: Iterable[str] = COMPONENTS,
    workers: int | None = None,
    progress: Progress = lambda name, done, total: None,
) -> list[Read]:
    """Let each component read the reports it has not read in its present version.

    A report is read once for each version of each component; a new version of one component re-reads for that one
    only; a report whose text has changed is read again.

    Args:
        warehouse: holds `note`; gets rows in `note_nlp`, `note_reading` and, for failures, `quarantine`.
        on: the day of reading (`nlp_date`).
        names: the components, of `COMPONENTS`.
        workers: processes; default: one a core.
        progress: told after each chunk.

    Raises:
        NotInstalled: the extra that a component needs is missing.
        WorkerLost: a process was ended from outside.
    """
    lock = warehouse.folder / "reading.lock"
    with exclusive(lock, f"the readings of {warehouse.folder}", lambda sentence: None, PATIENCE_SECONDS):
        return [_read(warehouse, component(name), on, workers or os.cpu_count() or 1, progress) for name in names]


def _read(warehouse: Warehouse, reader: Component, on: date, workers: int, progress: Progress) -> Read:
    backend = warehouse.connect()
    try:
        total = count_unread(backend.con, reader)
        documents = mentions = refused = 0
        if total:
            source = source_of(warehouse, reader)
            chunks = unread(backend.con, reader, min(CHUNK, -(-total // workers)))
            tasks = (Task(reader.name, source, notes, on) for notes in chunks)
            for part, done in enumerate(_work(tasks, min(workers, total))):
                warehouse.commit(source, part, done.tables)
                documents += done.documents
                mentions += done.mentions
                refused += done.refused
                progress(reader.name, documents, total)
            warehouse.settle()
        return Read(f"{reader.name}:{reader.version[:12]}", documents, mentions, refused)
    finally:
        backend.disconnect()


def source_of(warehouse: Warehouse, reader: Component) -> str:
    """Names one run's parts: each run that has something to write gets a place of its own in the order of commits."""
    committed = sum(len(source.parts) for source in warehouse.manifest().sources.values())
    return hashlib.sha256(f"reading\0{reader.name}\0{reader.version}\0{committed}".encode()).hexdigest()


def _work(tasks: Iterator[Task], workers: int) -> Iterator[Done]:
    return map(do, tasks) if workers == 1 else spread(do, ((task,) for task in tasks), workers, LOST)
