"""Spans as labels of words: outside, begin, inside, end, single; and the likeliest sequence of them (Viterbi 1967)."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from cognoscope.intake.reading.disorders_tokens import Token

OUTSIDE, BEGIN, INSIDE, END, SINGLE = range(5)
_FIRST = (OUTSIDE, BEGIN, SINGLE)
_AFTER = {OUTSIDE: _FIRST, BEGIN: (INSIDE, END), INSIDE: (INSIDE, END), END: _FIRST, SINGLE: _FIRST}
_NEVER = -1e9


def tagged(words: Sequence[Token], spans: Iterable[tuple[int, int]]) -> NDArray[np.int64]:
    """A label a word; a span that does not begin and end with words, or lies within or across another, is left out."""
    starts = {word.start: at for at, word in enumerate(words)}
    stops = {word.stop: at for at, word in enumerate(words)}
    labels = np.zeros(len(words), dtype=np.int64)
    reached = -1
    for start, stop in sorted(spans, key=lambda span: (span[0], -span[1])):
        first, last = starts.get(start), stops.get(stop)
        if first is None or last is None or first <= reached or last < first:
            continue
        labels[first : last + 1] = SINGLE if first == last else INSIDE
        if first < last:
            labels[first], labels[last] = BEGIN, END
        reached = last
    return labels


def likeliest(scores: NDArray[np.float64]) -> list[int]:
    """The allowed sequence of labels with the highest sum of `(words, 5)` log-chances."""
    if not len(scores):
        return []
    step = np.full((5, 5), _NEVER)
    for label, after in _AFTER.items():
        step[label, list(after)] = 0.0
    best = np.full(5, _NEVER)
    best[list(_FIRST)] = scores[0, list(_FIRST)]
    came = np.zeros(scores.shape, dtype=np.int64)
    for at in range(1, len(scores)):
        ways = best[:, None] + step
        came[at] = ways.argmax(0)
        best = ways.max(0) + scores[at]
    best[[BEGIN, INSIDE]] = _NEVER
    label = int(best.argmax())
    path = [label]
    for at in range(len(scores) - 1, 0, -1):
        label = int(came[at, label])
        path.append(label)
    return path[::-1]


def spans_of(words: Sequence[Token], labels: Sequence[int]) -> list[tuple[int, int]]:
    """The character spans that labels of words say."""
    found, first = [], 0
    for at, label in enumerate(labels):
        if label in (BEGIN, SINGLE):
            first = at
        if label in (END, SINGLE):
            found.append((words[first].start, words[at].stop))
    return found
