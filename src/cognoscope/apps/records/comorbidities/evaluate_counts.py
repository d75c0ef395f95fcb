"""Found beside marked: how many of each agree, by document, and the F1 of it with its interval."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from cognoscope.methods.bootstrap import block_counts, interval

DRAWS, SEED = 2000, 20261121

Place = tuple[int, int]


class Agreement(NamedTuple):
    """Of one document: spans found, how many of them are right, spans marked, how many of them were found."""

    found: int
    right: int
    marked: int
    reached: int


class Score(NamedTuple):
    """Precision, recall and F1 over documents; `low` and `high` bound F1 at 95 % (documents resampled)."""

    precision: float
    recall: float
    f1: float
    low: float | None
    high: float | None


def exact(found: Iterable[Place], marked: Iterable[Place]) -> Agreement:
    """Spans agree where they begin and end at the same characters."""
    one, other = set(found), set(marked)
    same = len(one & other)
    return Agreement(len(one), same, len(other), same)


def partial(found: Iterable[Place], marked: Iterable[Place]) -> Agreement:
    """Spans agree where they share a character."""
    one, other = set(found), set(marked)
    right = sum(any(_overlap(a, b) for b in other) for a in one)
    reached = sum(any(_overlap(a, b) for b in one) for a in other)
    return Agreement(len(one), right, len(other), reached)


def score(documents: Sequence[Agreement]) -> Score | None:
    """Over all spans of all documents (micro average); None where nothing is marked."""
    if not documents or not any(each.marked for each in documents):
        return None
    table = np.array(documents, dtype=np.float64)
    precision, recall, f1 = _figures(table.sum(axis=0, keepdims=True))
    bounds = None
    if len(documents) > 1:
        bounds = interval(_figures(block_counts(len(documents), DRAWS, SEED) @ table)[2])
    low, high = bounds or (None, None)
    return Score(float(precision[0]), float(recall[0]), float(f1[0]), low, high)


def _figures(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    found, right, marked, reached = sums.T
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.where(found > 0, right / found, 0.0)
        recall = reached / marked
        f1 = np.where(right + reached > 0, 2 * precision * recall / (precision + recall), 0.0)
    return precision, recall, np.where(marked > 0, f1, np.nan)


def _overlap(one: Place, other: Place) -> bool:
    return one[0] < other[1] and other[0] < one[1]
