"""Qualifiers: polarity and modality of E3C's events beside what the reading says of the same words.

E3C marks events (THYME), and disorders apart from them; the event that shares characters with a disorder is its head,
and carries its polarity (`NEG`) and its modality (`HEDGED` and `HYPOTHETICAL` are a hypothesis, `GENERIC` is not).
A disorder that no event touches has neither, and is not judged.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from cognoscope.apps.records.comorbidities.evaluate_counts import Agreement, Place, partial, score
from cognoscope.core.evaluation import Metric
from cognoscope.datasets.text import AnnotatedText, Event

_PUBLISHED = "EDS-NLP's documentation: rules on CAS/ESSAI"


class Said(NamedTuple):
    """A span and what is said of it."""

    start: int
    stop: int
    negated: bool
    hypothesis: bool


def events(document: AnnotatedText) -> list[Said]:
    """Every event."""
    return [_said(event.start, event.stop, [event]) for event in document.events]


def entities(document: AnnotatedText) -> list[Said]:
    """Each disorder that an event touches."""
    made = []
    for start, stop in sorted({(span.start, span.stop) for span in document.spans}):
        heads = [event for event in document.events if event.start < stop and start < event.stop]
        if heads:
            made.append(_said(start, stop, heads))
    return made


def qualifier_metrics(documents: Sequence[AnnotatedText]) -> tuple[list[Metric], dict[str, Any]]:
    """F1 of negation and hypothesis on marked spans, and of negation from the text alone, end to end.

    Returns:
        Metrics (`baseline` is EDS-NLP's rules alone on the same spans), and counts.
    """
    judged = [document for document in documents if document.events]
    gold = [entities(document) for document in judged]
    every = [events(document) for document in judged]
    ours = [_read(document.text, spans) for document, spans in zip(judged, gold, strict=True)]
    plain = [_plain(document.text, spans) for document, spans in zip(judged, gold, strict=True)]
    of_events = [_plain(document.text, spans) for document, spans in zip(judged, every, strict=True)]
    metrics = [
        _metric("negation_f1", gold, ours, plain, _negated, 0.71),
        _metric("hypothesis_f1", gold, ours, plain, _supposed, 0.49),
        _metric("negation_f1_all_events", every, of_events, None, _negated, 0.71),
        _metric("hypothesis_f1_all_events", every, of_events, None, _supposed, 0.49),
        _end_to_end(judged, gold),
    ]
    counts = {
        "documents": len(judged),
        "entities_with_an_event": sum(map(len, gold)),
        "negated": sum(said.negated for spans in gold for said in spans),
        "hypothesis": sum(said.hypothesis for spans in gold for said in spans),
        "events": sum(map(len, every)),
        "events_negated": sum(said.negated for spans in every for said in spans),
    }
    return [metric for metric in metrics if metric], counts


def _said(start: int, stop: int, heads: Sequence[Event]) -> Said:
    negated = any(event.polarity == "NEG" for event in heads)
    return Said(start, stop, negated, any(event.modality.startswith(("HEDG", "HYPO")) for event in heads))


def _plain(text: str, spans: Sequence[Said]) -> list[Said]:
    from cognoscope.intake.reading.qualifiers import qualify

    found = qualify(text, [(said.start, said.stop) for said in spans])
    return [Said(s.start, s.stop, q.negated, q.hypothesis) for s, q in zip(spans, found, strict=True)]


def _read(text: str, spans: Sequence[Said]) -> list[Said]:
    from cognoscope.intake.reading.disorders_qualified import qualified

    found = qualified(text, [(said.start, said.stop) for said in spans])
    return [Said(s.start, s.stop, q.negated, q.hypothesis) for s, q in zip(spans, found, strict=True)]


def _negated(said: Said) -> bool:
    return said.negated


def _supposed(said: Said) -> bool:
    return said.hypothesis


def _metric(
    name: str,
    gold: Sequence[Sequence[Said]],
    ours: Sequence[Sequence[Said]],
    plain: Sequence[Sequence[Said]] | None,
    about: Callable[[Said], bool],
    published: float,
) -> Metric | None:
    judged = score([_agreement(g, o, about) for g, o in zip(gold, ours, strict=True)])
    if judged is None:
        return None
    base = score([_agreement(g, o, about) for g, o in zip(gold, plain, strict=True)]) if plain is not None else None
    return Metric(
        name=name,
        value=judged.f1,
        low=judged.low,
        high=judged.high,
        baseline=base.f1 if base else None,
        reference=published,
        reference_source=_PUBLISHED,
    )


def _agreement(gold: Sequence[Said], found: Sequence[Said], about: Callable[[Said], bool]) -> Agreement:
    both = sum(about(one) and about(other) for one, other in zip(gold, found, strict=True))
    return Agreement(sum(map(about, found)), both, sum(map(about, gold)), both)


def _end_to_end(documents: Sequence[AnnotatedText], gold: Sequence[Sequence[Said]]) -> Metric | None:
    """Negated mentions found in the text, against negated disorders that they touch."""
    from cognoscope.intake.reading.disorders import read

    agreements = []
    for mentions, spans in zip(read([document.text for document in documents]), gold, strict=True):
        found: list[Place] = [(mention.start, mention.stop) for mention in mentions if mention.negated]
        agreements.append(partial(found, [(said.start, said.stop) for said in spans if said.negated]))
    judged = score(agreements)
    if judged is None:
        return None
    return Metric(name="negation_f1_end_to_end", value=judged.f1, low=judged.low, high=judged.high)
