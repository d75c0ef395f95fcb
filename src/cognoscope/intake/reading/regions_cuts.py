"""Places where a sentence surely begins, read off the raw text: between two of them EDS-NLP's sentences are the same
whether it reads the whole document or that part alone.

Two kinds, both of which EDS-NLP's segmenter always takes for a beginning (see `fast_sentences.pyx` of EDS-NLP 0.23):
- a letter after `.`, `!` or `?` and white space of at most one blank in a row. The point must be a token of its own:
  not that of `Dr.`, `Pr.`, `M.`, `Mme.`, `Mlle.`, `ep.`, which the tokenizer keeps whole;
- a capitalised word after a line break.
At such a place the segmenter forgets what it has seen, and the tokenizer begins a new token.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

_after_point = re.compile(r"[.!?](?: (?:[\n\r] ?)*|(?:[\n\r] ?)+)(?=[A-Za-zÀ-ÖØ-öø-ÿ])")
_after_break = re.compile(r"\n ?(?=[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{1,11}[\s,;:)(])")
_abbreviated = re.compile(r"(?:Dr|Pr|M|Mme|Mlle|[eE][pP])\.")
_LONGEST = 4
_CLEAR = 60
"""Characters after a beginning that must hold no polluting text: EDS-NLP's segmenter passes over it."""


def sentence_cuts(text: str, polluted: Sequence[tuple[int, int]]) -> list[int]:
    """Where a sentence surely begins: offsets in characters, increasing, 0 and the length of the text included.

    polluted: spans of polluting text, in any order; no cut touches one.
    """
    cuts = [0]
    spans = sorted(polluted)
    place = reach = 0
    for start, end in sorted({*_points(text), *(match.span() for match in _after_break.finditer(text))}):
        while place < len(spans) and spans[place][0] < end + _CLEAR:
            reach = max(reach, spans[place][1])
            place += 1
        if reach + 2 < start and end > cuts[-1]:
            cuts.append(end)
    if cuts[-1] != len(text):
        cuts.append(len(text))
    return cuts


def _points(text: str) -> Iterator[tuple[int, int]]:
    for match in _after_point.finditer(text):
        start = match.start()
        if start and text[start - 1] in "reEMpP" and _abbreviation_ends(text, start):
            continue
        yield match.span()


def _abbreviation_ends(text: str, point: int) -> bool:
    before = text[max(0, point - _LONGEST) : point + 1]
    return any(_abbreviated.fullmatch(before, at) for at in range(len(before)))


def widened(intervals: Sequence[tuple[int, int]], cuts: Sequence[int]) -> list[tuple[int, int]]:
    """The regions that hold the intervals: from cut to cut, increasing, none touching another."""
    regions: list[tuple[int, int]] = []
    for start, stop in sorted(intervals):
        left = cuts[max(0, bisect_right(cuts, start) - 1)]
        right = cuts[min(len(cuts) - 1, bisect_left(cuts, stop))]
        if regions and left <= regions[-1][1]:
            regions[-1] = (regions[-1][0], max(right, regions[-1][1]))
        else:
            regions.append((left, right))
    return regions
