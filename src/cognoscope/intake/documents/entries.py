"""The rows of a list of documents, each with what it says of one document, or why it cannot be used."""

import csv
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.documents.jsonl import is_jsonl, read_jsonl
from cognoscope.intake.documents.layout import DocumentsMapping, Part, found_columns, reading
from cognoscope.intake.documents.refused import LARGEST_FILE
from cognoscope.intake.mapping import MappedColumn
from cognoscope.intake.tables_chunks import Chunk, Rejected
from cognoscope.intake.tables_files import read_chunks
from cognoscope.intake.tables_sheets import read_parquet
from cognoscope.intake.tables_typing import Typist, Wanted

ROWS_A_CHUNK = 2_000
"""Of a Parquet file: rows with texts are large."""

BLANKS = " \t\r\n\u00a0"
REST: tuple[Part, ...] = ("title", "visit", "type", "document", "family", "given", "birth_date")


@dataclass(frozen=True)
class Entry:
    """One document as its list names it; either `text` or `file` is given. All but `line` may identify somebody."""

    line: int
    person: str
    at: datetime
    text: str | None = None
    file: str | None = None
    rest: dict[str, str] = field(default_factory=dict)

    def digest(self, content: bytes) -> str:
        """Names the document and what the list says of it."""
        said = hashlib.sha256(content)
        for value in (self.person, self.at.isoformat(), self.file or "", *(self.rest.get(name, "") for name in REST)):
            said.update(b"\0" + value.encode("utf-8", "surrogatepass"))
        return said.hexdigest()


def entries(
    path: Path, mapping: DocumentsMapping | None, time_zone: str, at: datetime
) -> Iterator[list[Entry | Rejected]]:
    """The rows of a list, some thousand at a time, in their order.

    Args:
        path: CSV, XLSX, Parquet or JSON lines.
        mapping: how to read it.
        time_zone: of the hospital; times with an offset become its local time.
        at: the moment of the ingest; what is dated later is rejected.

    Raises:
        InvalidInput: it is no table, or lacks a column that is needed.
    """
    latest = at.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)
    columns: dict[Part, MappedColumn] = {}
    with Typist(time_zone) as typist, _long_cells():
        for chunk in _chunks(path, mapping):
            if not chunk.names:
                yield list(chunk.rejected)
                continue
            if not columns:
                columns = dict(found_columns(chunk.names, mapping, path.name))
            yield _entries(chunk, columns, typist, latest)


def _chunks(path: Path, mapping: DocumentsMapping | None) -> Iterator[Chunk]:
    with path.open("rb") as stream:
        head = stream.read(4)
    if head == b"PAR1":
        return read_parquet(path, path.name, rows=ROWS_A_CHUNK)
    return read_jsonl(path) if is_jsonl(path) else read_chunks(path, reading(mapping))


@contextmanager
def _long_cells() -> Iterator[None]:
    """Python's reader of CSV refuses cells above 128 KB unless told otherwise."""
    before = csv.field_size_limit(LARGEST_FILE)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _entries(
    chunk: Chunk, columns: dict[Part, MappedColumn], typist: Typist, latest: datetime
) -> list[Entry | Rejected]:
    values = {part: _values(chunk, mapped) for part, mapped in columns.items()}
    body: Part = "text" if "text" in columns else "file"
    heading = {part: mapped.column or part for part, mapped in columns.items()}
    wanted = [
        Wanted("person", "text", heading["person"], required=True),
        Wanted("date", "datetime", heading["date"], columns["date"].format, required=True, latest=latest),
        Wanted("row", "integer", "row"),
    ]
    numbers = pa.array([str(index) for index in range(chunk.rows)], pa.string())
    typed, rejected = typist.type(wanted, [values["person"], values["date"], numbers], chunk.lines)
    found: list[Entry | Rejected] = [*chunk.rejected, *rejected]
    texts = values[body].to_pylist()
    rest = {part: values[part].to_pylist() for part in REST if part in values}
    for line, person, when, row in zip(
        *(typed[name].to_pylist() for name in ("line", "person", "date", "row")), strict=True
    ):
        content = texts[row]
        if content is None:
            found.append(Rejected(line, "empty", f"{heading[body]}: empty"))
            continue
        said = {part: each[row] for part, each in rest.items() if each[row]}
        given: Any = {body: content}
        found.append(Entry(line, person, when, rest=said, **given))  # type: ignore[arg-type]
    return sorted(found, key=lambda each: each.line)


def _values(chunk: Chunk, mapped: MappedColumn) -> pa.Array:
    """A column as text, null where it is empty or stands for nothing."""
    if mapped.column is None:
        return pa.repeat(pa.scalar(str(mapped.constant), pa.string()), chunk.rows)
    at = [index for index, name in enumerate(chunk.names) if name == mapped.column]
    if len(at) > 1:
        raise InvalidInput(f"The list has {len(at)} columns {mapped.column!r}: rename all but the one that is meant.")
    values = chunk.columns[at[0]]
    trimmed = pc.utf8_trim(values, BLANKS)
    absent = pc.is_in(trimmed, pa.array(["", *mapped.missing], pa.string()))
    if mapped.values:
        names = pa.array(list(mapped.values), pa.string())
        to = pa.array(list(mapped.values.values()), pa.string())
        trimmed = pc.coalesce(to.take(pc.index_in(trimmed, names)), trimmed)
    return pc.if_else(absent, pa.scalar(None, pa.string()), trimmed)
