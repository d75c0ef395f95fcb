"""A search in the warehouse's documents as a page asks it: words and filters in, hits with their persons out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from cognoscope.core.home import Home
from cognoscope.intake.reading.rows import mentions as mentions_of
from cognoscope.intake.warehouse import Warehouse
from cognoscope.web.documents import opened

if TYPE_CHECKING:
    from cognoscope.intake.search import Hit, SearchIndex, SearchQuery

PAGE = 20
COUNTED = 20_000
"""With more documents than this they are not counted by year: that would hold up the page."""

TITLES = 30


@dataclass(frozen=True)
class Asked:
    """What the address asks for, as it was typed."""

    text: str = ""
    since: date | None = None
    until: date | None = None
    title: str = ""
    condition: str = ""
    denied: bool = False
    newest: bool = False
    page: int = 1

    @property
    def anything(self) -> bool:
        """Whether something is looked for."""
        return bool(self.text.strip() or self.since or self.until or self.title or self.condition)


@dataclass(frozen=True)
class Answer:
    """A page of hits, each with its person's pseudonym; documents by year, empty where there are too many."""

    total: int
    complete: bool
    hits: list[tuple["Hit", str]]
    years: list[tuple[int, int]]
    pages: int


def open_search(home: Home) -> "SearchIndex":
    """The index of an installation.

    Raises:
        NotInstalled: the extra `text` is missing.
    """
    # Tantivy is part of an extra: it is asked for only by who searches.
    from cognoscope.intake.search import open_index

    return open_index(home)


def answer(index: "SearchIndex", warehouse: Warehouse, asked: Asked) -> Answer:
    """Look for what is asked; the documents of those who refused the reuse of their data are not there.

    Raises:
        InvalidInput: the words cannot be searched for, or a page too far down is asked for.
    """
    from cognoscope.intake.search import SearchQuery

    with opened(warehouse) as backend:
        query = SearchQuery(
            text=asked.text,
            since=asked.since,
            until=asked.until,
            titles=(asked.title,) if asked.title else (),
            note_ids=_with_condition(backend, asked) if asked.condition else None,
            asserted_only=not asked.denied,
            order="date" if asked.newest else "relevance",
            limit=PAGE,
            offset=(asked.page - 1) * PAGE,
        )
        found = index.search(query, mentions=backend)
        names = _pseudonyms(backend, {hit.person_id for hit in found.hits})
        hits = [(hit, names.get(hit.person_id, "")) for hit in found.hits]
        years = _by_year(index, backend, query) if 0 < found.total <= COUNTED else []
    return Answer(found.total, found.complete, hits, years, -(-found.total // PAGE))


def titles(warehouse: Warehouse) -> list[str]:
    """The most frequent titles of documents, kept while the warehouse does not change."""
    key = (warehouse.folder, len(warehouse.manifest().files("note")))
    if key not in _TITLES:
        with opened(warehouse) as backend:
            rows = backend.con.execute(
                "SELECT note_title FROM note WHERE note_title <> '' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ?",
                [TITLES],
            ).fetchall()
        _TITLES.clear()
        _TITLES[key] = sorted(title for (title,) in rows)
    return _TITLES[key]


_TITLES: dict[tuple[Path, int], list[str]] = {}


def _with_condition(backend: Any, asked: Asked) -> tuple[int, ...]:
    """Documents that speak of the condition, said of the patient unless what is denied is asked for too."""
    table = mentions_of(backend)
    table = table.filter(table.group == "condition", table.label == asked.condition)
    if not asked.denied:
        table = table.filter(table.asserted)
    return tuple(table.select("note_id").distinct().to_pyarrow().column("note_id").to_pylist())


def _pseudonyms(backend: Any, persons: set[int]) -> dict[int, str]:
    if not persons:
        return {}
    rows = backend.con.execute(
        "SELECT person_id, person_source_value FROM person WHERE person_id IN (SELECT unnest(?))", [sorted(persons)]
    ).fetchall()
    return {key: name for key, name in rows if name}


def _by_year(index: "SearchIndex", backend: Any, query: "SearchQuery") -> list[tuple[int, int]]:
    """How many of the documents with these words are of each year, years without any in between."""
    ids = pa.table({"note_id": pa.array(index.note_ids(replace(query, asserted_only=False)), pa.int64())})
    backend.con.register("found_notes", ids)
    rows = backend.con.execute(
        "SELECT year(note_date), count(*) FROM note SEMI JOIN found_notes USING (note_id) GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return filled(rows)


def filled(rows: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The counts of consecutive years, 0 where there is none."""
    known = dict(rows)
    return [(year, known.get(year, 0)) for year in range(min(known), max(known) + 1)] if known else []
