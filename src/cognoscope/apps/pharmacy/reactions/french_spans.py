"""Reactions in a French text, as spans: what the reader of disorders finds, and our own expressions of reactions.

Nothing here learnt from the annotated product characteristics that `evaluate_french` judges with: they have no
licence to ship.
"""

from functools import cache
from typing import NamedTuple

from cognoscope.apps.pharmacy.reactions.lexicon import rows
from cognoscope.intake.reading.disorders_model import chances
from cognoscope.intake.reading.disorders_spans import spans
from cognoscope.intake.reading.disorders_terms import matches
from cognoscope.intake.reading.disorders_tokens import Token, form, tokens

LONGEST_TEXT = 1_000_000
LONGEST = 10
"""Words of an expression."""

OWN = 0.5
"""Score of our own expressions where the classifier is less sure: they were written by people, for reactions."""


class Span(NamedTuple):
    """Characters `start` to `stop`, and how sure the reading is (0 to 1, no calibrated chance)."""

    start: int
    stop: int
    score: float


def find(text: str) -> list[Span]:
    """The reactions of a text, in the order of their places, none within another.

    Raises:
        NotInstalled: the extra `text` is missing.
    """
    words = tokens(text[:LONGEST_TEXT])
    if not words:
        return []
    terms = matches(words)
    said = chances(words, terms)
    found = {place: float((1 - said[place[0] : place[1], 0]).mean()) for place in spans(words, terms, said)}
    for first, stop in _expressions(words):
        score = max(OWN, float((1 - said[first:stop, 0]).mean()))
        found[first, stop] = max(found.get((first, stop), 0.0), score)
    return [Span(words[first].start, words[stop - 1].stop, round(score, 4)) for (first, stop), score in _apart(found)]


def _expressions(words: list[Token]) -> list[tuple[int, int]]:
    known = _known()
    found, at = [], 0
    while at < len(words):
        said, last = "", 0
        for stop in range(at + 1, min(len(words), at + LONGEST) + 1) if words[at].form else ():
            if not words[stop - 1].form:
                continue
            said = f"{said} {words[stop - 1].form}".strip()
            if said in known:
                last = stop
        if last:
            found.append((at, last))
        at = last or at + 1
    return found


@cache
def _known() -> frozenset[str]:
    french = (row["expression"] for row in rows("expressions.csv") if row["language"] == "fr")
    forms = (" ".join(filter(None, (form(word.word) for word in tokens(one)))) for one in french)
    return frozenset(one for one in forms if len(one) > 2)


def _apart(found: dict[tuple[int, int], float]) -> list[tuple[tuple[int, int], float]]:
    """Of spans that overlap the longest, then the surest."""
    kept: list[tuple[tuple[int, int], float]] = []
    taken: set[int] = set()
    for (first, stop), score in sorted(found.items(), key=lambda one: (one[0][0] - one[0][1], -one[1], one[0])):
        if taken.isdisjoint(range(first, stop)):
            taken.update(range(first, stop))
            kept.append(((first, stop), score))
    return sorted(kept)
