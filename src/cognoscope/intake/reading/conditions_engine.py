"""The documented pipeline's entities, many times faster: its pipes run on the sentences where they can find something.

How: (1) polluting text is found where it can be; (2) one pass of two automata over the letters says which expressions
of which conditions can match, and where; (3) the text around is cut out from one sure beginning of a sentence to
another; (4) EDS-NLP's own pipes, with those expressions only, and its qualifiers run on a document of these regions. A
text for which one of the assumptions does not hold is read whole by the documented pipeline.
"""

import re
from collections import defaultdict
from typing import Any

from cognoscope.intake.reading.conditions_pipeline import CONDITIONS, build
from cognoscope.intake.reading.conditions_triggers import Anchor, Triggers, reach
from cognoscope.intake.reading.conditions_windows import Sentences, quicken_windows
from cognoscope.intake.reading.qualifiers_pipes import Qualifying
from cognoscope.intake.reading.regions_doc import Regions
from cognoscope.intake.reading.regions_text import Cutter

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
        self._pipes = {name: self._nlp.get_pipe(name) for name in CONDITIONS}
        self._patterns = {name: list(pipe.patterns) for name, pipe in self._pipes.items()}
        self._compiled = {
            (name, number): pattern.regex_matcher.regex
            for name, patterns in self._patterns.items()
            for number, pattern in enumerate(patterns)
        }
        self._sentences = Sentences()
        self._qualifying = Qualifying(self._nlp, self._sentences)
        self._cutter = Cutter(self._nlp, self._qualifying.watch)
        self._triggers = Triggers(self._nlp, CONDITIONS, self._cutter.letters)
        self._quicken()
        self.whole = 0

    def entities(self, text: str) -> list[tuple[int, int, Any]]:
        """(start, stop, span) of each entity, in the order of the text; characters of `text`."""
        found = self._cut(text)
        if found is None:
            return self._read_whole(text)
        regions, active = found
        if regions is None:
            return []
        self._run(regions, active)
        self._sentences.forget()
        return [(*regions.place(span.start_char, span.end_char), span) for span in regions.doc.ents]

    def _read_whole(self, text: str) -> list[tuple[int, int, Any]]:
        self.whole += 1
        for name in CONDITIONS:
            self._activate(name, None)
        self._qualifying.restore()
        return [(span.start_char, span.end_char, span) for span in self._nlp(text).ents]

    def _cut(self, text: str) -> tuple[Regions | None, set[Anchor]] | None:
        """The regions to read and the anchors to look for, or None where the text must be read whole."""
        scanned = None if self._triggers.always else self._cutter.scan(text)
        if scanned is None:
            return None
        active: set[Anchor] = set()
        intervals: list[tuple[int, int]] = []
        for anchor, start, stop in self._triggers.scan(scanned.low, scanned.coded):
            if anchor.width is None:
                return None
            active.add(anchor)
            around = reach(anchor.aside)
            intervals.append((scanned.place(start - around), scanned.place(stop + around)))
            if anchor.pipe in AFTER:
                last = scanned.place(stop)
                intervals.append((last, _words_on(scanned.plain, last, AFTER[anchor.pipe])))
        return (self._cutter.cut(scanned, intervals) if active else None), active

    def _run(self, regions: Regions, active: set[Anchor]) -> None:
        by_pipe: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
        for anchor in active:
            by_pipe[anchor.pipe][anchor.pattern].add(anchor.place)
        for name in CONDITIONS:
            if name in by_pipe:
                self._activate(name, by_pipe[name])
                self._pipes[name](regions.doc)
        if regions.doc.ents:
            self._qualifying.qualify(regions)

    def _quicken(self) -> None:
        """Spare the pipes of this engine what gives nothing, or what is the same each time."""
        for patterns in self._patterns.values():
            for pattern in patterns:
                quicken_windows(pattern, self._sentences)
                if not pattern.terms:
                    pattern.phrase_matcher = _no_phrases

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
