"""Leaves out reports in which what was searched for is only denied, supposed or somebody else's.

The index knows words, the reading knows who they are said of. Hits are looked at from the best down, some hundreds at
a time, and their mentions are fetched in one query; so `total` is exact up to `MOST` hits and a lower bound above.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from cognoscope.intake.reading.rows import mentions as mentions_of
from cognoscope.intake.search.parse import Parsed
from cognoscope.intake.search.passages import Span, spans
from cognoscope.intake.search.query import SearchQuery
from cognoscope.intake.search.results import Found

AT_ONCE = 500
MOST = 2_000


@dataclass(frozen=True)
class Asserted:
    """The page, how many there are, and whether every hit was looked at."""

    hits: list[Found]
    total: int
    complete: bool


def asserted(pages: Iterable[list[Found]], parsed: Parsed, query: SearchQuery, backend: Any) -> Asserted:
    """The hits of a query that are not only denied."""
    kept: list[Found] = []
    looked_at = 0
    for page in pages:
        looked_at += len(page)
        said = _mentions(backend, [found.note_id for found in page])
        kept += [
            found for found in page if _holds(spans(found.text, parsed, near=query.fuzzy), said.get(found.note_id, []))
        ]
    return Asserted(kept[query.offset : query.offset + query.limit], len(kept), looked_at < MOST)


def _holds(marks: list[list[Span]], mentions: list[tuple[int, int, bool]]) -> bool:
    """Whether each group of words stands somewhere where no mention, or not only denied ones, cover it."""
    return all(not group or any(_open(span, mentions) for span in group) for group in marks)


def _open(span: Span, mentions: list[tuple[int, int, bool]]) -> bool:
    over = [is_asserted for start, stop, is_asserted in mentions if start < span[1] and span[0] < stop]
    return not over or any(over)


def _mentions(backend: Any, note_ids: list[int]) -> dict[int, list[tuple[int, int, bool]]]:
    if not note_ids:
        return {}
    table = mentions_of(backend)
    rows = table.filter(table.note_id.isin(note_ids)).select("note_id", "start", "stop", "asserted").to_pyarrow()
    ordered = sorted(zip(*(column.to_pylist() for column in rows.columns), strict=True))
    return {note: [row[1:] for row in group] for note, group in groupby(ordered, key=lambda row: row[0])}
