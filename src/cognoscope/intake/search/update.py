"""Brings the index to what the warehouse has committed: what is gone leaves, what is new or changed enters."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cognoscope.intake import optout
from cognoscope.intake.search.state import State
from cognoscope.intake.warehouse import Warehouse

if TYPE_CHECKING:
    import tantivy
    from ibis.backends.duckdb import Backend

Progress = Callable[[int, int], None]
"""Is told how many reports are indexed and of how many."""

HEAP_BYTES = 256 << 20
THREADS = 2
REPORTS_A_COMMIT = 50_000
CHARACTERS_A_COMMIT = 200_000_000
ROWS_AT_ONCE = 2_000

KIND = "coalesce(nullif(note_class_concept_id, 0), nullif(note_type_concept_id, 0), 0)"
CONTENT = (
    "((md5_number_lower(concat_ws(chr(31), person_id, note_date, coalesce(note_title, ''), "
    f"{KIND}, note_text)) >> 1) + 1)::BIGINT"
)
"""Names what of a report goes into the index; never 0."""


@dataclass(frozen=True)
class Updated:
    """Reports that entered the index, that were indexed again, and that left it."""

    added: int
    changed: int
    removed: int


@dataclass(frozen=True)
class _Differences:
    new: NDArray[np.int64]
    changed: NDArray[np.int64]
    gone: NDArray[np.int64]
    contents: NDArray[np.int64]
    """Of `new`, then of `changed`."""


def update(index: "tantivy.Index", state: State, warehouse: Warehouse, progress: Progress | None) -> Updated:
    """See `SearchIndex.update`; the caller is the only writer."""
    at = _state_of(warehouse)
    if state.seen() == at:
        return Updated(0, 0, 0)
    state.begin()
    backend = warehouse.connect()
    try:
        differences = _differences(backend, state)
        writer = index.writer(HEAP_BYTES, THREADS)
        # Who refused must not wait for the new reports to be indexed.
        _remove(writer, state, differences.gone)
        _enter(writer, state, backend, differences, progress)
        writer.wait_merging_threads()
        state.finish(at, backend.con.execute("SELECT alias_person_id, person_id FROM internal.link").fetchall())
    finally:
        backend.disconnect()
    return Updated(len(differences.new), len(differences.changed), len(differences.gone))


def _state_of(warehouse: Warehouse) -> str:
    """Names everything that the view of the reports depends on: parts are never changed."""
    committed = warehouse.manifest()
    files = [part.file for table in ("note", "person_link") for part in committed.files(table)]
    refusals = sorted(optout.opted_out(warehouse.home))
    return hashlib.sha256("\n".join([*files, "", *refusals]).encode()).hexdigest()


def _differences(backend: "Backend", state: State) -> _Differences:
    found = backend.con.execute(f"SELECT note_id, {CONTENT} FROM note").fetchnumpy()  # noqa: S608
    names, contents = (np.asarray(column, dtype=np.int64) for column in found.values())
    known, known_contents = state.known()
    place = np.searchsorted(known, names)
    inside = place < len(known)
    is_known = np.zeros(len(names), dtype=bool)
    is_known[inside] = known[place[inside]] == names[inside]
    changed = is_known.copy()
    changed[is_known] = known_contents[place[is_known]] != contents[is_known]
    gone = known[~np.isin(known, names)]
    return _Differences(
        names[~is_known], names[changed], gone, np.concatenate([contents[~is_known], contents[changed]])
    )


def _remove(writer: "tantivy.IndexWriter", state: State, gone: NDArray[np.int64]) -> None:
    if not len(gone):
        return
    for note_id in gone.tolist():
        writer.delete_documents_by_term("note_id", note_id)
    writer.commit()
    state.drop(gone.tolist())


def _enter(
    writer: "tantivy.IndexWriter",
    state: State,
    backend: "Backend",
    differences: _Differences,
    progress: Progress | None,
) -> None:
    from tantivy import Document

    names = np.concatenate([differences.new, differences.changed])
    content_of = dict(zip(names.tolist(), differences.contents.tolist(), strict=True))
    again = set(differences.changed.tolist())
    done: list[int] = []
    finished, size = 0, 0

    def commit() -> None:
        nonlocal finished, size
        writer.commit()
        state.hold((note_id, content_of[note_id]) for note_id in done)
        finished += len(done)
        size = 0
        done.clear()
        if progress:
            progress(finished, len(names))

    for rows in _reports(backend, names):
        state.expect(note_id for note_id, *_ in rows)
        for note_id, person_id, day, title, kind, text in rows:
            if note_id in again:
                writer.delete_documents_by_term("note_id", note_id)
            document = Document()
            document.add_integer("note_id", note_id)
            document.add_integer("person_id", person_id)
            document.add_integer("day", day.toordinal())
            document.add_integer("kind", kind)
            document.add_text("title", title)
            # An accent written as a character of its own would cut the word in two.
            document.add_text("text", unicodedata.normalize("NFC", text))
            writer.add_document(document)
            done.append(note_id)
            size += len(text)
        if len(done) >= REPORTS_A_COMMIT or size >= CHARACTERS_A_COMMIT:
            commit()
    if done:
        commit()


def _reports(backend: "Backend", names: NDArray[np.int64]) -> Iterator[list[tuple[int, int, date, str, int, str]]]:
    if not len(names):
        return
    wanted = pa.table({"note_id": names})
    backend.con.register("wanted_reports", wanted)
    cursor = backend.con.execute(
        f"SELECT note_id, person_id, note_date, coalesce(note_title, ''), {KIND}, note_text "  # noqa: S608
        "FROM note SEMI JOIN wanted_reports USING (note_id)"
    )
    reader = cursor.fetch_record_batch(ROWS_AT_ONCE)
    for batch in reader:
        yield list(zip(*(column.to_pylist() for column in batch.columns), strict=True))
