"""From the chance of each word and the terms of the dictionary to spans of disorders."""

import csv
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from cognoscope.intake.reading.disorders_terms import Match
from cognoscope.intake.reading.disorders_tokens import Token, form

TERM_FROM = 0.2
"""Mean chance from which a term of the dictionary is taken; chosen on QUAERO's dev partition."""

WORDS_FROM = 0.85
"""Mean chance from which words that are no term are taken; chosen on QUAERO's dev partition."""

LONGEST = 12
"""Words that a span may have: no disorder of a report is longer, and a text of garbage gives none."""


def spans(
    read: Sequence[Token],
    found: Sequence[Match],
    chances: NDArray[np.float32],
    term_from: float = TERM_FROM,
    words_from: float = WORDS_FROM,
) -> list[tuple[int, int]]:
    """Runs of words (first included, last excluded), in order, none overlapping; of two that overlap the longer one.

    Args:
        read: `n` words.
        found: terms among them.
        chances: `(n, 3)` chance of each word to be outside, to begin and to go on.
        term_from: least mean chance of a term.
        words_from: least mean chance of a run that the classifier alone finds.
    """
    inside = 1.0 - chances[:, 0]
    sums = np.concatenate([[0.0], np.cumsum(inside)])
    kept = [(m.first, m.last) for m in found if sums[m.last] - sums[m.first] >= term_from * (m.last - m.first)]
    labels = chances.argmax(axis=1)
    for first, last in _runs(labels):
        first, last = _trimmed(read, first, last)
        if 0 < last - first <= LONGEST and sums[last] - sums[first] >= words_from * (last - first):
            kept.append((first, last))
    return [span for span in _longest(kept) if not _vague(read, *span)]


def _vague(read: Sequence[Token], first: int, last: int) -> bool:
    said = [token.form for token in read[first:last] if token.form]
    return len(said) == 1 and said[0] in generic()


@cache
def generic() -> frozenset[str]:
    """Words that name no disorder by themselves: `anomalie`, `syndrome`."""
    table = files(__package__).joinpath("disorders_generic.csv").read_text(encoding="utf-8")
    return frozenset(form(row["word"]) for row in csv.DictReader(table.splitlines()))


def _runs(labels: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Runs of a beginning (or a going on after an outside) and what goes on."""
    before = np.concatenate([[0], labels[:-1]])
    starts = np.flatnonzero((labels == 1) | ((labels == 2) & (before == 0)))
    ended = (labels != 2).astype(np.int64)
    stops = np.append(np.flatnonzero(ended), len(labels))
    return [(int(start), int(stops[np.searchsorted(stops, start + 1)])) for start in starts]


def _trimmed(read: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    while last > first and not read[last - 1].word.isalnum():
        last -= 1
    while last > first and not read[last - 1].form and read[last - 1].word != "A":
        last -= 1
    while first < last and not (read[first].form and read[first].word.isalnum()):
        first += 1
    return first, last


def _longest(kept: list[tuple[int, int]]) -> list[tuple[int, int]]:
    chosen: list[tuple[int, int]] = []
    taken: set[int] = set()
    for first, last in sorted(set(kept), key=lambda span: (span[0] - span[1], span)):
        if taken.isdisjoint(range(first, last)):
            chosen.append((first, last))
            taken.update(range(first, last))
    return sorted(chosen)
