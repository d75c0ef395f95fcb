"""Leaves out reports in which what was searched for is only denied, supposed or somebody else's.

The index knows words, the reading knows who they are said of. The best hits are looked at together, with their
mentions in one query; a text is opened only where a denied mention holds a word that was searched for. So `total` is
exact up to `MOST` hits and a lower bound above.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from cognoscope.intake.search.parse import Parsed, Term
from cognoscope.intake.search.passages import Span, spans

MOST = 1_000

Said = tuple[int, int, bool]
"""A mention: characters from, to (excluded), and whether it is asserted of the patient."""


def open_reports(
    note_ids: Sequence[int], parsed: Parsed, backend: Any, text_of: Callable[[int], str], *, near: bool
) -> list[int]:
    """Those of the reports, in the same order, in which the words are not only denied.

    Args:
        note_ids: reports that hold the words.
        parsed: the words.
        backend: an Ibis backend that holds the reading's tables.
        text_of: gives a report's text.
        near: whether the words were found with typing errors too.
    """
    doubtful = _doubtful(note_ids, parsed, backend, near=near)
    return [
        note_id
        for note_id in note_ids
        if note_id not in doubtful or _holds(spans(text_of(note_id), parsed, near=near), doubtful[note_id])
    ]


def _doubtful(note_ids: Sequence[int], parsed: Parsed, backend: Any, *, near: bool) -> dict[int, list[Said]]:
    """Reports with a denied mention that holds one of the words, with all their mentions."""
    # Ibis takes a second to import, which a search that asks for no mentions need not wait for.
    from cognoscope.intake.reading.rows import mentions

    if not note_ids or not parsed.required:
        return {}
    table = mentions(backend, note_ids).select("note_id", "start", "stop", "asserted", "lexical_variant").to_pyarrow()
    said: dict[int, list[Said]] = defaultdict(list)
    doubtful: set[int] = set()
    known: dict[str, bool] = {}
    for note_id, start, stop, asserted, words in zip(*(column.to_pylist() for column in table.columns), strict=True):
        said[note_id].append((start, stop, asserted))
        if not asserted:
            if words not in known:
                known[words] = _touches(words, parsed, near=near)
            if known[words]:
                doubtful.add(note_id)
    return {note_id: said[note_id] for note_id in doubtful}


def _touches(words: str, parsed: Parsed, *, near: bool) -> bool:
    """Whether one of the words searched for is among these; of words side by side, one is enough."""
    single = Parsed(
        tuple(
            (Term((word,), quoted=term.quoted or len(term.words) > 1, prefix=term.prefix),)
            for group in parsed.required
            for term in group
            for word in term.words
        )
    )
    return any(spans(words, single, near=near))


def _holds(marks: list[list[Span]], said: list[Said]) -> bool:
    """Whether each group of words stands somewhere where no mention, or not only denied ones, cover it."""
    return all(not group or any(_open(span, said) for span in group) for group in marks)


def _open(span: Span, said: list[Said]) -> bool:
    over = [asserted for start, stop, asserted in said if start < span[1] and span[0] < stop]
    return not over or any(over)
