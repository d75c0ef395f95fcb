"""Adverse reactions in a patient's own English, as exact spans of the text."""

import math
from typing import NamedTuple

from cognoscope.apps.pharmacy.reactions.spans_chain import best, chance, spans
from cognoscope.apps.pharmacy.reactions.spans_model import record, scores
from cognoscope.apps.pharmacy.reactions.spans_tokens import sentences

LEAST = 1e-6
LEAST_SCORE = 0.3
"""Of a span that is proposed. F1 is highest near half its own value (Lipton et al. 2014, 10.1007/978-3-662-44851-9_15);
on the dev partition it changes by less than 0.01 between 0.25 and 0.45."""

MOST_CHARACTERS = 200_000
"""Of a text that are read; a longer one is no person's account of a reaction."""


class Span(NamedTuple):
    """`text[start:stop]` is a reaction; `score`, the calibrated chance that exactly these words are one."""

    start: int
    stop: int
    score: float


def find(text: str) -> list[Span]:
    """The reactions of an English text, in its order; spans do not overlap.

    Withdrawal effects, signs of the treated illness and indications are told apart and left out. The model knows
    nothing of other languages: ask for English first.

    Raises:
        NotInstalled: without the extra `text`.
    """
    found = []
    for words in sentences(text[:MOST_CHARACTERS]):
        for first, last, score in read([word.text for word in words]):
            found.append(Span(words[first].start, words[last - 1].stop, score))
    return found


def read(words: list[str]) -> list[tuple[int, int, float]]:
    """The reactions of one sentence already cut into words: first word, word after the last, score."""
    kept = record()
    said = scores(words)
    found = []
    for span in spans(best(said, kept.chain), kept.chain):
        sure = min(max(chance(said, span, kept.chain), LEAST), 1 - LEAST)
        odds = kept.slope * math.log(sure / (1 - sure)) + kept.offset
        score = 1 / (1 + math.exp(-odds))
        if score >= LEAST_SCORE:
            found.append((*span, score))
    return found
