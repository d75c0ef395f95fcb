"""Qualifiers of many words of a report at a bounded price.

The qualifiers' own work grows with the square of the mentions of a sentence: five thousand in one take half a minute. A
sentence that holds more than `MOST` of them is a list or damage, so the first ones are qualified and the rest are not.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from cognoscope.intake.reading.qualifiers import UNQUALIFIED, Qualifiers, qualify
from cognoscope.intake.reading.regions_cuts import sentence_cuts

MOST = 500


def qualify_bounded(text: str, spans: Sequence[tuple[int, int]]) -> list[Qualifiers]:
    """As `qualify`: the qualifiers of each of `spans`, in their order.

    Raises:
        NotInstalled: the extra `text` is missing.
    """
    if len(spans) <= MOST:
        return qualify(text, spans)
    # Between two places where a sentence surely begins EDS-NLP cuts the same sentences whatever stands around.
    cuts = sentence_cuts(text, [])
    parts: dict[int, list[int]] = {}
    for place in sorted(range(len(spans)), key=lambda place: spans[place]):
        parts.setdefault(max(0, bisect_right(cuts, spans[place][0]) - 1), []).append(place)
    said = [UNQUALIFIED] * len(spans)
    for part, places in parts.items():
        inside = places[:MOST]
        low, high = cuts[part], cuts[min(len(cuts) - 1, bisect_left(cuts, max(spans[place][1] for place in inside)))]
        answers = qualify(text[low:high], [(spans[place][0] - low, spans[place][1] - low) for place in inside])
        for place, answer in zip(inside, answers, strict=True):
            said[place] = answer
    return said
