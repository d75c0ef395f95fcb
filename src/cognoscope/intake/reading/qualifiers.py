"""What qualifies some words of a text: negation, hypothesis, family, history, reported speech (EDS-NLP's five)."""

from collections.abc import Sequence
from typing import Any

import msgspec

from cognoscope.intake.reading.conditions_pipeline import QUALIFIERS, documented


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
    if not spans:
        return []
    nlp = documented()
    doc = nlp.make_doc(text)
    for name in ("normalizer", "sentences"):
        doc = nlp.get_pipe(name)(doc)
    found = [doc.char_span(start, stop, label="mention", alignment_mode="expand") for start, stop in spans]
    qualify_spans(doc, [span for span in found if span])
    return [qualifiers_of(span) if span else UNQUALIFIED for span in found]


def qualify_spans(doc: Any, spans: Sequence[Any]) -> None:
    """Run the five qualifiers on spans of a spaCy Doc that has its sentences; results are in the spans' `_`.

    The qualifiers read `doc.ents`, where spans cannot overlap: overlapping ones are taken in several turns.
    """
    nlp = documented()
    for turn in _turns(spans):
        doc.ents = turn
        for name in QUALIFIERS:
            nlp.get_pipe(name)(doc)


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
