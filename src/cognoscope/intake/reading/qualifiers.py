"""What qualifies some words of a text: negation, hypothesis, family, history, reported speech (EDS-NLP's five)."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec

from cognoscope.intake.reading.conditions_pipeline import QUALIFIERS, build
from cognoscope.intake.reading.conditions_windows import Sentences
from cognoscope.intake.reading.qualifiers_pipes import Qualifying
from cognoscope.intake.reading.regions_text import Cutter


class Qualifiers(msgspec.Struct, frozen=True):
    """What the words around a mention make of it."""

    negated: bool = False
    hypothesis: bool = False
    family: bool = False
    history: bool = False
    reported: bool = False


UNQUALIFIED = Qualifiers()


def qualify(text: str, spans: Sequence[tuple[int, int]]) -> list[Qualifiers]:
    """The qualifiers of each of `spans` (start included, stop excluded, in characters), in their order.

    A span is widened to whole tokens; one that covers none (an empty one) is not qualified. Spans may overlap.

    Raises:
        NotInstalled: where EDS-NLP is missing.
    """
    return _reader().qualify(text, spans)


class QualifierReader:
    """EDS-NLP's normaliser, segmenter and qualifiers, run on the sentences around given words."""

    def __init__(self) -> None:
        self._nlp = build(conditions=())
        self._sentences = Sentences()
        self._qualifying = Qualifying(self._nlp, self._sentences)
        self._cutter = Cutter(self._nlp, self._qualifying.watch)

    def qualify(self, text: str, spans: Sequence[tuple[int, int]]) -> list[Qualifiers]:
        """See `qualify` of this module."""
        real = [(start, stop) for start, stop in spans if start < stop]
        scanned = self._cutter.scan(text) if real else None
        if scanned is None:
            return self.qualify_whole(text, spans) if real else [UNQUALIFIED] * len(spans)
        regions = self._cutter.cut(scanned, real)
        places = [regions.inner(start, stop) if stop > start else None for start, stop in spans]
        found = [self._span(regions.doc, place) for place in places]
        for turn in _turns([span for span in found if span]):
            regions.doc.ents = turn
            self._qualifying.qualify(regions)
        self._sentences.forget()
        return [qualifiers_of(span) if span else UNQUALIFIED for span in found]

    def qualify_whole(self, text: str, spans: Sequence[tuple[int, int]]) -> list[Qualifiers]:
        """The same on the whole document, for texts of which no part may be read alone, and to compare with."""
        self._qualifying.restore()
        doc = self._nlp.make_doc(text)
        for name in ("normalizer", "sentences"):
            doc = self._nlp.get_pipe(name)(doc)
        found = [self._span(doc, (start, stop) if stop > start else None) for start, stop in spans]
        for turn in _turns([span for span in found if span]):
            doc.ents = turn
            for name in QUALIFIERS:
                self._nlp.get_pipe(name)(doc)
        self._sentences.forget()
        return [qualifiers_of(span) if span else UNQUALIFIED for span in found]

    def _span(self, doc: Any, place: tuple[int, int] | None) -> Any:
        return doc.char_span(*place, label="mention", alignment_mode="expand") if place else None


@cache
def _reader() -> QualifierReader:
    return QualifierReader()


def qualifiers_of(span: Any) -> Qualifiers:
    """What the five qualifiers wrote on a span."""
    said = span._
    return Qualifiers(*(bool(said.get(name)) for name in QUALIFIERS))


def _turns(spans: Sequence[Any]) -> list[list[Any]]:
    """Spans in as few lists as possible, in each of which none overlaps another."""
    turns: list[list[Any]] = []
    for span in sorted(set(spans), key=lambda span: (span.start, span.end)):
        free = next((turn for turn in turns if turn[-1].end <= span.start), None)
        if free is None:
            turns.append([span])
        else:
            free.append(span)
    return turns
