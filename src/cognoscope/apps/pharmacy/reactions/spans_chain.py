"""The best labelling of a sentence, and how sure each span of it is, from scores of labels and of their succession."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Chain(NamedTuple):
    """`step` (labels, labels) from one to the next, `begin` and `end` (labels,); BIO: begin and inside labels named."""

    step: Array
    begin: Array
    end: Array
    first: int
    inside: int


def best(scores: Array, chain: Chain) -> list[int]:
    """The labels of highest total score, `(n, labels)` to n (Viterbi)."""
    reached, back = chain.begin + scores[0], []
    for row in scores[1:]:
        total = reached[:, None] + chain.step
        back.append(total.argmax(0))
        reached = total.max(0) + row
    found = [int((reached + chain.end).argmax())]
    for row in reversed(back):
        found.append(int(row[found[-1]]))
    return found[::-1]


def spans(labels: list[int], chain: Chain) -> list[tuple[int, int]]:
    """Runs (first word, word after the last) that begin with `first` or `inside` and go on with `inside`."""
    found: list[tuple[int, int]] = []
    for place, label in enumerate(labels):
        goes_on = label == chain.inside and bool(found) and found[-1][1] == place
        if goes_on:
            found[-1] = (found[-1][0], place + 1)
        elif label in (chain.first, chain.inside):
            found.append((place, place + 1))
    return found


def chance(scores: Array, span: tuple[int, int], chain: Chain) -> float:
    """Probability, summed over all labellings, that exactly this span is labelled."""
    barred = np.zeros_like(scores)
    start, stop = span
    for place in range(start, stop):
        allowed = chain.first if place == start else chain.inside
        barred[place] = -np.inf
        barred[place, allowed] = 0
    if stop < len(scores):
        barred[stop, chain.inside] = -np.inf
    return float(np.exp(_total(scores + barred, chain) - _total(scores, chain)))


def _total(scores: Array, chain: Chain) -> float:
    reached = chain.begin + scores[0]
    for row in scores[1:]:
        reached = _logsum(reached[:, None] + chain.step) + row
    return float(_logsum((reached + chain.end)[:, None])[0])


def _logsum(values: Array) -> Array:
    """Of each column."""
    top = values.max(0)
    safe = np.where(np.isfinite(top), top, 0)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(np.exp(values - safe).sum(0)) + safe)
