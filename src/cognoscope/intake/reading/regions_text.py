"""A text made ready for reading parts of it: its letters, its polluting spans, its regions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cognoscope.intake.reading.regions_cuts import sentence_cuts, widened
from cognoscope.intake.reading.regions_doc import BARRIER, RegionReader, Regions
from cognoscope.intake.reading.regions_letters import TREACHEROUS, Letters
from cognoscope.intake.reading.regions_pollution import ODD_SPACES, Pollution, Spans, plain_spaces

_long_white = re.compile(r"\s{4,}")


@dataclass(frozen=True)
class Scanned:
    """A text and its letters.

    plain: the text with plain blanks, of the same length.
    low, coded: its letters, normalised and as they are, without the gaps.
    polluted: the spans of polluting text, gaps: these and long white space, increasing, apart.
    """

    text: str
    plain: str
    low: bytes
    coded: bytes
    polluted: Spans
    gaps: Spans

    def place(self, at: int) -> int:
        """The place in the text of a place in the letters."""
        at = min(max(at, 0), len(self.low))
        for start, stop in self.gaps:
            if at < start:
                break
            at += stop - start
        return at


class Cutter:
    """Cuts regions out of texts, as a pipeline's normaliser and segmenter would have them.

    letters: how letters are made.
    """

    def __init__(self, nlp: Any, watch: Sequence[re.Pattern[str]] = ()) -> None:
        from edsnlp.pipes.core.normalizer.accents.patterns import accents

        self.letters = Letters(accents)
        self._pollution = Pollution(nlp.get_pipe("normalizer").pollution)
        self._reader = RegionReader(nlp, watch)

    def scan(self, text: str) -> Scanned | None:
        """The letters of a text, None where regions of it could differ from the whole: it must be read whole."""
        if BARRIER[0] in text or any(letter in text for letter in TREACHEROUS):
            return None
        plain = plain_spaces(text)
        coded = self.letters.coded(plain)
        low = self.letters.lowered(coded)
        polluted = self._pollution.find(plain, low)
        gaps = _apart(polluted, plain)
        if gaps is None:
            return None
        gaps = _with_spaces(gaps, plain, low)
        if gaps:
            coded, low = _without(coded, gaps), _without(low, gaps)
        return Scanned(text, plain, low, coded, polluted, gaps)

    def cut(self, scanned: Scanned, intervals: Sequence[tuple[int, int]]) -> Regions:
        """The regions that hold these characters of the text."""
        cuts = sentence_cuts(scanned.plain, scanned.polluted)
        return self._reader.read(scanned.text, widened(intervals, cuts), scanned.polluted)


def _apart(polluted: Spans, text: str) -> Spans | None:
    """Polluted spans, increasing, one for those within each other; None where two overlap otherwise.

    Of two that overlap the normaliser drops the shorter one, which hides what only that one covers.
    """
    apart: Spans = []
    for first, last in sorted(polluted, key=lambda span: (span[0], -span[1])):
        start, stop = first, last
        while start and text[start - 1].isalnum() and text[start].isalnum():
            start -= 1
        while stop < len(text) and text[stop - 1].isalnum() and text[stop].isalnum():
            stop += 1
        if not apart or start >= apart[-1][1]:
            apart.append((start, stop))
        elif stop > apart[-1][1] or start < apart[-1][0]:
            return None
    return apart


def _with_spaces(gaps: Spans, text: str, low: bytes) -> Spans:
    """Gaps, and white space of more than three characters as well, of which one stays."""
    if b"    " not in low and not any(space in text for space in ODD_SPACES):
        return gaps
    spaces = [(match.start() + 1, match.end()) for match in _long_white.finditer(text)]
    apart: Spans = []
    for start, stop in sorted([*gaps, *spaces]):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(stop, apart[-1][1]))
        else:
            apart.append((start, stop))
    return apart


def _without(letters: bytes, gaps: Spans) -> bytes:
    kept, last = [], 0
    for start, stop in gaps:
        kept.append(letters[last:start])
        last = stop
    kept.append(letters[last:])
    return b"".join(kept)
