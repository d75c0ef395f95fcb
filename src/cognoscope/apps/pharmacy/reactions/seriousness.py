"""Which of the six criteria of seriousness (ICH E2A, II.B) the text states, with its words; what is denied does
not count.
"""

from cognoscope.apps.pharmacy.reactions.lexicon import cues
from cognoscope.apps.pharmacy.reactions.qualify import Cues, qualifiers_of
from cognoscope.apps.pharmacy.reactions.reading import Criterion, Note, Reaction, Span

ORDER = (
    "serious-death",
    "serious-life-threatening",
    "serious-hospitalisation",
    "serious-disability",
    "serious-congenital-anomaly",
    "serious-other",
)
STATED, INFERRED = 0.9, 0.6


def criteria(note: Note, found: Cues, reactions: list[Reaction]) -> list[Criterion]:
    """The criteria proposed, in ICH's order. A criterion is about the reactions of its sentence, else about all."""
    spans: dict[str, list[Span]] = {}
    about: dict[str, set[str]] = {}
    for hit in cues("serious").find(note.words):
        if {"negated", "hypothesis", "history", "family"} & set(qualifiers_of(hit, note.words, found)):
            continue
        span = (note.words[hit.first].start, note.words[hit.stop - 1].stop)
        spans.setdefault(hit.meaning, []).append(span)
        sentence = note.words[hit.first].sentence
        here = {each.key for each in reactions if each.sentence == sentence}
        about.setdefault(hit.meaning, set()).update(here or {each.key for each in reactions})
    return [
        Criterion(
            key,
            tuple(spans[key]),
            tuple(each.key for each in reactions if each.key in about[key]),
            INFERRED if key == "serious-other" else STATED,
        )
        for key in ORDER
        if key in spans
    ]


def mark(reactions: list[Reaction], found: list[Criterion]) -> None:
    """Say of each reaction whether a criterion is about it."""
    serious = {key for each in found for key in each.reactions}
    for reaction in reactions:
        reaction.serious = reaction.key in serious
