"""Documents as rows of OMOP's `note`, of `note_origin`, by which an unchanged one is known, and of `quarantine`."""

from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any

import pyarrow as pa

from cognoscope.intake.cdm import TABLES
from cognoscope.intake.documents.items import Item
from cognoscope.intake.tables_chunks import Rejected

EHR_NOTE = 32831
NOTE = (
    "note_id", "person_id", "note_date", "note_datetime", "note_type_concept_id", "note_class_concept_id",
    "note_title", "note_text", "encoding_concept_id", "language_concept_id", "visit_occurrence_id", "note_source_value",
)  # fmt: skip
ORIGIN = ("note_id", "person_id", "content_key")


class NoteRows:
    """Gathers the rows of one batch."""

    def __init__(self, source: str, file: str) -> None:
        self._source = source
        self._file = file
        self._notes: list[tuple[Any, ...]] = []
        self._origins: list[tuple[int, int, int]] = []

    def add(self, item: Item, text: str, title: str | None, kind: str | None) -> None:
        """A document with its cleaned text, title and type; its date moves with the person's."""
        at = item.at + timedelta(days=item.days)
        moment = None if at.time() == time(0) else at
        self._notes.append(
            (
                item.note_id,
                item.person_id,
                at.date(),
                moment,
                EHR_NOTE,
                item.class_concept,
                title,
                text,
                0,
                0,
                item.visit,
                kind,
            )
        )
        self._origins.append((item.note_id, item.person_id, item.content_key))

    def tables(self, rejected: Sequence[Rejected]) -> dict[str, pa.Table]:
        """What there is, by table."""
        aside = [(self._source, self._file, each.line, each.kind, each.reason) for each in rejected]
        found = (
            ("note", NOTE, self._notes),
            ("note_origin", ORIGIN, self._origins),
            ("quarantine", tuple(TABLES["quarantine"].schema.names), aside),
        )
        return {name: _table(name, columns, rows) for name, columns, rows in found if rows}


def _table(name: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    schema = TABLES[name].schema
    values = zip(columns, zip(*rows, strict=True), strict=True)
    return pa.table({column: pa.array(each, schema.field(column).type) for column, each in values})
