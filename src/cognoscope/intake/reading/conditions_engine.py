"""The documented pipeline's entities, many times faster: its pipes run on the sentences where they can find something.

How: (1) polluting text is found where it can be; (2) one pass of two automata over the letters says which expressions
of which conditions can match, and where; (3) the text around is cut out from one sure beginning of a sentence to
another; (4) EDS-NLP's own pipes, with those expressions only, and its qualifiers run on a document of these regions. A
text for which one of the assumptions does not hold is read whole by the documented pipeline.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any

from cognoscope.intake.reading.conditions_pipeline import CONDITIONS, QUALIFIERS, build
from cognoscope.intake.reading.conditions_triggers import Anchor, Triggers, reach
from cognoscope.intake.reading.conditions_windows import Sentences, parts_with_entities, quicken_windows
from cognoscope.intake.reading.regions_cuts import sentence_cuts, widened
from cognoscope.intake.reading.regions_doc import BARRIER, RegionReader
from cognoscope.intake.reading.regions_letters import TREACHEROUS, Letters
from cognoscope.intake.reading.regions_pollution import ODD_SPACES, Pollution, plain_spaces

AFTER = {"diabetes": 80}
"""Tokens behind an anchor that a pipe's code may look at whatever the sentence: `has_far_complications` takes 50 behind
the entity, which what is assigned (12 tokens behind at most, the anchor itself a few) may have made longer."""


class Engine:
    """Reads conditions in texts.

    entities: spans of a spaCy document with what the pipes wrote on them, and where they are in the text.
    whole: how many texts were read whole so far.
    """

    def __init__(self) -> None:
        self._nlp = build()
        from edsnlp.pipes.core.normalizer.accents.patterns import accents

        self._pipes = {name: self._nlp.get_pipe(name) for name in CONDITIONS}
        self._patterns = {name: list(pipe.patterns) for name, pipe in self._pipes.items()}
        self._compiled = {
            (name, number): pattern.regex_matcher.regex
            for name, patterns in self._patterns.items()
            for number, pattern in enumerate(patterns)
        }
        self._qualifiers = [self._nlp.get_pipe(name) for name in QUALIFIERS]
        self._sentences = Sentences()
        self._quicken()
        self._letters = Letters(accents)
        self._triggers = Triggers(self._nlp, CONDITIONS, self._letters)
        self._pollution = Pollution(self._nlp.get_pipe("normalizer").pollution)
        self._regions = RegionReader(self._nlp)
        self.whole = 0

    def entities(self, text: str) -> list[tuple[int, int, Any]]:
        """(start, stop, span) of each entity, in the order of the text; characters of `text`."""
        found = self._cut(text)
        if found is None:
            return self._read_whole(text)
        regions, active = found
        if not active:
            return []
        self._run(regions.doc, active)
        return [(*regions.place(span.start_char, span.end_char), span) for span in regions.doc.ents]

    def _read_whole(self, text: str) -> list[tuple[int, int, Any]]:
        self.whole += 1
        for name in CONDITIONS:
            self._activate(name, None)
        return [(span.start_char, span.end_char, span) for span in self._nlp(text).ents]

    def _cut(self, text: str) -> tuple[Any, set[Anchor]] | None:
        """The regions to read and the anchors to look for, or None where the text must be read whole."""
        if self._triggers.always or BARRIER[0] in text or any(letter in text for letter in TREACHEROUS):
            return None
        plain = plain_spaces(text)
        coded = self._letters.coded(plain)
        low = self._letters.lowered(coded)
        polluted = self._pollution.find(plain, low)
        gaps = _apart(polluted, plain)
        if gaps is None:
            return None
        gaps = _with_spaces(gaps, plain, low)
        if gaps:
            coded, low = _without(coded, gaps), _without(low, gaps)
        active: set[Anchor] = set()
        intervals: list[tuple[int, int]] = []
        behind: list[tuple[int, int]] = []
        for anchor, start, stop in self._triggers.scan(low, coded):
            if anchor.width is None:
                return None
            active.add(anchor)
            around = reach(anchor.aside)
            intervals.append((start - around, stop + around))
            if anchor.pipe in AFTER:
                behind.append((stop, AFTER[anchor.pipe]))
        if not active:
            return None, active
        last = len(low)
        merged = [(_back(max(0, start), gaps), _back(min(stop, last), gaps)) for start, stop in intervals]
        merged += [(at, _words_on(plain, at, words)) for at, words in ((_back(at, gaps), n) for at, n in behind)]
        cuts = sentence_cuts(plain, polluted)
        return self._regions.read(text, widened(merged, cuts), polluted), active

    def _run(self, doc: Any, active: set[Anchor]) -> None:
        by_pipe: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
        for anchor in active:
            by_pipe[anchor.pipe][anchor.pattern].add(anchor.place)
        for name in CONDITIONS:
            if name in by_pipe:
                self._activate(name, by_pipe[name])
                self._pipes[name](doc)
        if doc.ents:
            for qualifier in self._qualifiers:
                qualifier(doc)

    def _quicken(self) -> None:
        """Spare the pipes of this engine what gives nothing, or what is the same each time."""
        for patterns in self._patterns.values():
            for pattern in patterns:
                quicken_windows(pattern, self._sentences)
                if not pattern.terms:
                    pattern.phrase_matcher = _no_phrases
        for qualifier in self._qualifiers:
            qualifier._boundaries = partial(parts_with_entities, self._sentences)

    def _activate(self, name: str, wanted: dict[int, set[int]] | None) -> None:
        """Let a pipe look for some of its expressions only (None: for all)."""
        pipe, patterns = self._pipes[name], self._patterns[name]
        for number, pattern in enumerate(patterns):
            compiled = self._compiled[name, number]
            if wanted is not None and number in wanted:
                compiled = [
                    (key, [one for place, one in enumerate(expressions) if place in wanted[number]], *rest)
                    for key, expressions, *rest in compiled
                ]
            pattern.regex_matcher.regex = compiled
        pipe.patterns = patterns if wanted is None else [patterns[number] for number in sorted(wanted)]


def _apart(polluted: Sequence[tuple[int, int]], text: str) -> list[tuple[int, int]] | None:
    """Polluted spans, increasing, one for those within each other; None where two overlap otherwise.

    Of two that overlap the normaliser drops the shorter one, which hides what only that one covers.
    """
    apart: list[tuple[int, int]] = []
    for start, stop in sorted(polluted, key=lambda span: (span[0], -span[1])):
        while start and text[start - 1].isalnum() and text[start].isalnum():
            start -= 1
        while stop < len(text) and text[stop - 1].isalnum() and text[stop].isalnum():
            stop += 1
        if not apart or start >= apart[-1][1]:
            apart.append((start, stop))
        elif stop > apart[-1][1] or start < apart[-1][0]:
            return None
    return apart


def _no_phrases(_doc: Any, as_spans: bool = True) -> tuple[()]:
    """What a phrase matcher without phrases finds."""
    return ()


_word = re.compile(r"\S+")


def _words_on(text: str, at: int, words: int) -> int:
    """Where so many words are over; each is a token at least."""
    for match in _word.finditer(text, at):
        at = match.end()
        words -= 1
        if not words:
            break
    return at


_long_white = re.compile(r"\s{4,}")


def _with_spaces(gaps: list[tuple[int, int]], text: str, low: bytes) -> list[tuple[int, int]]:
    """Gaps, and white space of more than three characters as well, of which one stays."""
    if b"    " not in low and not any(space in text for space in ODD_SPACES):
        return gaps
    spaces = [(match.start() + 1, match.end()) for match in _long_white.finditer(text)]
    apart: list[tuple[int, int]] = []
    for start, stop in sorted([*gaps, *spaces]):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(stop, apart[-1][1]))
        else:
            apart.append((start, stop))
    return apart


def _without(letters: bytes, gaps: Sequence[tuple[int, int]]) -> bytes:
    kept, last = [], 0
    for start, stop in gaps:
        kept.append(letters[last:start])
        last = stop
    kept.append(letters[last:])
    return b"".join(kept)


def _back(at: int, gaps: Sequence[tuple[int, int]]) -> int:
    """The place in the text of a place in the text without the gaps."""
    for start, stop in gaps:
        if at < start:
            break
        at += stop - start
    return at
