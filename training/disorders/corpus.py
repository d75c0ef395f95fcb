"""Words with their labels (0 outside, 1 begins a disorder, 2 goes on), from QUAERO and from made sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cognoscope.datasets.text import AnnotatedText, Span, read_quaero
from cognoscope.intake.reading.disorders_features import features
from cognoscope.intake.reading.disorders_terms import matches
from cognoscope.intake.reading.disorders_tokens import Token, tokens

LONGEST = 120
"""Words of a sequence: long documents are cut at ends of lines."""


@dataclass(frozen=True)
class Sequence:
    """Inputs of one run of words, as the classifier takes them, and the label of each."""

    rows: NDArray[np.int32]
    places: NDArray[np.int64]
    flags: NDArray[np.float32]
    labels: NDArray[np.int64]
    groups: NDArray[np.float32]


GROUPS = ("ANAT", "CHEM", "DEVI", "DISO", "GEOG", "LIVB", "OBJC", "PHEN", "PHYS", "PROC")
"""Groups that the classifier learns beside its task: what a word is when it is no disorder."""


def quaero(path: Path, group: str = "DISO") -> list[Sequence]:
    """The documents of a partition, the outermost entities of a group as labels."""
    return [sequence for document in read_quaero(path) for sequence in cut(document, group)]


def outermost(spans: Iterable[Span], label: str) -> list[Span]:
    """Spans of a label that lie in no other of them."""
    kept: list[Span] = []
    for span in sorted((s for s in spans if s.label == label and s.stop > s.start), key=lambda s: (s.start, -s.stop)):
        if not kept or span.start >= kept[-1].stop:
            kept.append(span)
    return kept


def cut(document: AnnotatedText, label: str) -> list[Sequence]:
    """One document as sequences of at most about LONGEST words."""
    read = tokens(document.text)
    labels = np.zeros(len(read), dtype=np.int64)
    for span in outermost(document.spans, label):
        inside = [n for n, token in enumerate(read) if token.start < span.stop and token.stop > span.start]
        labels[inside] = 2
        labels[inside[:1]] = 1
    groups = np.zeros((len(read), len(GROUPS)), dtype=np.float32)
    for span in document.spans:
        if span.label in GROUPS:
            inside = [n for n, token in enumerate(read) if token.start < span.stop and token.stop > span.start]
            groups[inside, GROUPS.index(span.label)] = 1.0
    found = matches(read)
    made, start = [], 0
    for end in _ends(read, labels):
        part = [
            m._replace(first=m.first - start, last=m.last - start) for m in found if start <= m.first and m.last <= end
        ]
        made.append(Sequence(*features(read[start:end], part), labels[start:end], groups[start:end]))
        start = end
    return made


def _ends(read: list[Token], labels: NDArray[np.int64]) -> list[int]:
    ends, start = [], 0
    for n, token in enumerate(read):
        if n - start >= LONGEST // 2 and token.word == "\n" and labels[n] != 2:
            ends.append(n + 1)
            start = n + 1
    return [*ends, len(read)] if start < len(read) else ends
