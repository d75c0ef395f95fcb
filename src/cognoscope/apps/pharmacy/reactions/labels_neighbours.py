"""How the other mentions around one look: reactions stand together, in lists, tables and under the same heading."""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from cognoscope.apps.pharmacy.reactions.labels_matches import Mention
from cognoscope.apps.pharmacy.reactions.labels_section import Section

COLUMNS = 8
BESIDE = 6
"""Words between a mention and the next one that count as beside it."""

MANY = 50


def neighbours(section: Section, found: Sequence[Mention], worth: Sequence[float]) -> NDArray[np.float64]:
    """Mean worth (chance by context times prior) and number of the other free mentions around each.

    Returns:
        `(n, 8)`: mean and number in the sentence, on the line, under the heading; worth of the next on the left and on
        the right (-0.1: none).
    """
    free: dict[tuple[int, int], float] = {}
    for mention, value in zip(found, worth, strict=True):
        if not mention.covered:
            place = mention.first, mention.last
            free[place] = max(free.get(place, 0.0), value)
    totals: dict[Hashable, tuple[float, float]] = {}
    for (first, _), value in free.items():
        for group in _groups(section, first):
            total, many = totals.get(group, (0.0, 0.0))
            totals[group] = total + value, many + 1
    places = sorted(free)
    starts, ends = [first for first, _ in places], [last for _, last in places]
    values = [free[place] for place in places]
    made = np.zeros((len(found), COLUMNS))
    for row, mention in enumerate(found):
        own = free.get((mention.first, mention.last))
        for column, group in enumerate(_groups(section, mention.first)):
            worth_there, count = totals.get(group, (0.0, 0.0))
            if own is not None:
                worth_there, count = worth_there - own, count - 1
            made[row, 2 * column : 2 * column + 2] = (worth_there + 0.5) / (count + 1), min(count, MANY)
        made[row, 6:] = _beside(section, mention, starts, ends, values)
    return made


def _groups(section: Section, at: int) -> tuple[Hashable, ...]:
    return ("sentence", section.sentences[at]), ("line", section.lines[at]), ("head", section.heads[at])


def _beside(
    section: Section, mention: Mention, starts: list[int], ends: list[int], values: list[float]
) -> tuple[float, float]:
    left, right = bisect_left(starts, mention.first) - 1, bisect_right(starts, mention.last)
    before = after = -0.1
    same = section.sentences
    if left >= 0 and mention.first - ends[left] < BESIDE and same[starts[left]] == same[mention.first]:
        before = values[left]
    if right < len(starts) and starts[right] - mention.last < BESIDE and same[starts[right]] == same[mention.last]:
        after = values[right]
    return before, after
