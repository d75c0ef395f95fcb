"""A second reader of cleaned texts: another training, no word list, surrogates hidden; what it still sees is doubt.

It shares the form of the first classifier and neither its weights nor its word lists, so that a name which the first
reader took for an everyday word, or for a drug, is judged here by its letters and its neighbours alone.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cognoscope.intake.deidentification.classifier import LABELS, Classifier, sequence
from cognoscope.intake.deidentification.companies import without_companies
from cognoscope.intake.deidentification.false_alarms import without_false_alarms
from cognoscope.intake.deidentification.finder import ranges
from cognoscope.intake.deidentification.span import Cleaned, Label, Span
from cognoscope.intake.deidentification.tokens import BIT, Tokens, Words

KEPT = ("", "DATE", "HOPITAL", "VILLE")
"""What may stay, or tells little of a patient: in ordinary prose a town or a hospital alone is no leak."""

WORTH_A_LOOK = 0.3
"""Probability from which it is asked whether a token is a known false alarm."""

_EXPLAINED = np.bitwise_or.reduce(
    [BIT[name] for name in ("medical", "common", "title", "month", "hospital", "unit", "phone", "named", "role")]
)
_KEPT = [LABELS.index(label) for label in KEPT]


class Seen(NamedTuple):
    """The likeliest identity that is left: its probability and its label (empty where there is none)."""

    probability: float
    label: str


class SecondReader:
    """Reads cleaned texts again.

    Args:
        words: may be shared with the first reader, which then has no text under way.

    Raises:
        NotInstalled: the extra `text` is missing.
    """

    def __init__(self, words: Words) -> None:
        self._words = words
        self._classifier = Classifier(self._words, "second")

    def read(self, cleaned: Sequence[Cleaned]) -> list[Seen]:
        """What is left in each text, surrogates aside."""
        self._words.forget()
        windows: list[tuple[Tokens, NDArray[np.int64]]] = []
        owners: list[int] = []
        left: list[NDArray[np.bool_]] = []
        for owner, one in enumerate(cleaned):
            tokens = Tokens(one.text, self._words)
            indices = sequence(tokens)
            wanted = suspects(tokens, one)[indices]
            for first, last in ranges(np.flatnonzero(wanted), len(indices)):
                windows.append((tokens, indices[first:last]))
                owners.append(owner)
                left.append(wanted[first:last])
        spans: list[list[Span]] = [[] for _ in cleaned]
        if windows:
            scores = self._classifier.probabilities(windows)
            for owner, (tokens, indices), wanted, score in zip(owners, windows, left, scores, strict=True):
                spans[owner] += _spans(tokens, indices, wanted, score)
        return [_likeliest(one.text, found) for one, found in zip(cleaned, spans, strict=True)]


def _spans(
    tokens: Tokens, indices: NDArray[np.int64], wanted: NDArray[np.bool_], score: NDArray[np.float32]
) -> Iterator[Span]:
    identity = (1 - score[:, _KEPT].sum(axis=1)) * wanted
    for row in np.flatnonzero(identity >= WORTH_A_LOOK).tolist():
        labels = score[row].copy()
        labels[_KEPT] = 0
        label: Label = LABELS[int(labels.argmax())]  # type: ignore[assignment]
        index = int(indices[row])
        yield Span(tokens.starts[index], tokens.starts[index + 1], label, float(identity[row]))


def _likeliest(text: str, spans: list[Span]) -> Seen:
    """The likeliest of the spans that are neither a maker's nor one of the known false alarms."""
    if not spans:
        return Seen(0.0, "")
    real = without_false_alarms(text, list(without_companies(text, spans)))
    best = max(real, key=lambda span: span.score, default=None)
    return Seen(best.score, best.label) if best else Seen(0.0, "")


def suspects(tokens: Tokens, cleaned: Cleaned) -> NDArray[np.bool_]:
    """(n,) true at unknown capitalised words and at numbers of four digits or more that are no part of a surrogate."""
    starts = np.array(tokens.starts[:-1])
    capital, explained = (tokens.flags & BIT["capital"]) > 0, (tokens.flags & _EXPLAINED) > 0
    found = (tokens.sizes > 1) & ((capital & ~explained) | (((tokens.flags & BIT["digits"]) > 0) & (tokens.sizes > 3)))
    for change in cleaned.replaced:
        found &= (starts < change.new_start) | (starts >= change.new_stop)
    return np.asarray(found, np.bool_)
