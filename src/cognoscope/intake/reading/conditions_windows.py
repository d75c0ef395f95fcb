"""The windows in which EDS-NLP's pipes look around an anchor, and the parts between which its qualifiers look, computed
from the sentences of a document once instead of once for each anchor. They give what EDS-NLP's own give.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Any


class Sentences:
    """Where the sentences of the newest document begin: tokens, increasing."""

    def __init__(self) -> None:
        self._doc: Any = None
        self._starts: list[int] = []

    def starts(self, doc: Any) -> list[int]:
        """Of a document; kept until another one is asked for."""
        if doc is not self._doc:
            self._doc = doc
            self._starts = (doc.to_array("SENT_START") == 1).nonzero()[0].tolist()
        return self._starts

    def forget(self) -> None:
        """Let go of the document."""
        self._doc = None


class SentenceWords:
    """`words[before:after] & sent` of EDS-NLP: some tokens around a span, within its sentence.

    EDS-NLP leaves out the last token of a sentence, unless it is the last sentence; so does this.
    """

    def __init__(self, sentences: Sentences, before: int | None, after: int | None) -> None:
        self._sentences = sentences
        self._before = before
        self._after = after

    def __call__(self, span: Any) -> Any:
        """The tokens, as a span."""
        doc = span.doc
        starts = self._sentences.starts(doc)
        place = bisect_right(starts, span.start)
        first = starts[place - 1]
        last = starts[place] - 1 if place < len(starts) else len(doc)
        if self._before is not None:
            first = max(first, span.start + self._before)
        if self._after is not None:
            last = min(last, span.end + self._after)
        return doc[first:last]


def quicken_windows(pattern: Any, sentences: Sentences) -> None:
    """Put `SentenceWords` in the place of each window of a pattern that is one; others stay."""
    from edsnlp.utils.span_getters import IntersectionContextWindow, SentenceContextWindow, WordContextWindow

    def is_sentence(window: Any) -> bool:
        return type(window) is SentenceContextWindow and (window.before, window.after) == (0, 0)

    for rule in (*pattern.exclude, *pattern.include, *pattern.assign):
        window = rule.window
        parts = window.contexts if type(window) is IntersectionContextWindow else [window]
        words = [part for part in parts if type(part) is WordContextWindow]
        if len(words) <= 1 and len(words) + sum(map(is_sentence, parts)) == len(parts) > len(words):
            bounds = (words[0].before, words[0].after) if words else (None, None)
            rule.window = SentenceWords(sentences, *bounds)


def parts_with_entities(sentences: Sentences, doc: Any, cues: Sequence[Any] = ()) -> list[tuple[int, int]]:
    """What a qualifier's `_boundaries` gives for a document, without the sentences that hold no entity.

    Those are passed over by the qualifiers, and they look for cues in the others only.

    cues: the spans that end a part within a sentence.
    """
    starts = sentences.starts(doc)
    ends = [*starts[1:], len(doc)]
    chosen: set[int] = set()
    for entity in doc.ents:
        first = bisect_right(starts, entity.start) - 1
        chosen.update(range(first, bisect_right(starts, max(entity.start, entity.end - 1))))
    inner = sorted({cue.start for cue in cues})
    parts = []
    for number in sorted(chosen):
        begin, end = starts[number], ends[number]
        marks = [begin, *inner[bisect_right(inner, begin) : bisect_right(inner, end - 1)], end]
        parts += list(pairwise(marks))
    return parts
