"""What processes are handed: documents one by one with all that is needed to write them, and batches of them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cognoscope.intake.identities import Identity
from cognoscope.intake.tables_chunks import Rejected


@dataclass(frozen=True)
class Item:
    """One document to read, pseudonymise and write; one of `text`, `path` and `content` is given.

    declared: encoding that `content` is said to have.
    type: in words, kept only where it is harmless. code: its type as `system|code`, kept as it is, with its concept.
    """

    line: int
    note_id: int
    content_key: int
    pseudonym: str
    person_id: int
    days: int
    at: datetime
    known: Identity
    visit: int | None = None
    title: str | None = None
    type: str | None = None
    text: str | None = None
    path: Path | None = None
    content: bytes | None = None
    declared: str | None = None
    code: str | None = None
    class_concept: int = 0


@dataclass(frozen=True)
class Batch:
    """What is read and committed together; `read` counts every row of the list in it, `unchanged` those passed over."""

    source: str
    file: str
    items: tuple[Item, ...]
    flaws: tuple[Rejected, ...]
    read: int
    unchanged: int
