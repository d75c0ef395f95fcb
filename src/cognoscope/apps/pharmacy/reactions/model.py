"""From the words of a declaration to what they state: medicines, reactions, course, seriousness, grades,
questionnaires.

Everything is a function of the case: usable as a library (`read(case)`), no clock, no file of the hospital.
"""

from dataclasses import dataclass

from cognoscope.apps.pharmacy.reactions.answers import Answers, answers_of
from cognoscope.apps.pharmacy.reactions.asking import Question, missing
from cognoscope.apps.pharmacy.reactions.course import follow
from cognoscope.apps.pharmacy.reactions.doubts import Doubt, doubts
from cognoscope.apps.pharmacy.reactions.expected import expect
from cognoscope.apps.pharmacy.reactions.grading import grade
from cognoscope.apps.pharmacy.reactions.happened import happened
from cognoscope.apps.pharmacy.reactions.patient import Person, person
from cognoscope.apps.pharmacy.reactions.qualify import cues_of
from cognoscope.apps.pharmacy.reactions.reading import Aside, Criterion, Drug, Note, Reaction, read_note
from cognoscope.apps.pharmacy.reactions.seriousness import criteria, mark
from cognoscope.apps.pharmacy.reactions.taken import taken
from cognoscope.core.case import Case

BLAMED = 2.0
"""Weight of a medicine that the text itself accuses."""

PAIRS = 3
"""Suspect medicines whose causality is proposed; of more than these, somebody has to choose first."""


@dataclass(frozen=True)
class Read:
    """What a declaration states, keys given, in the order of the page."""

    note: Note
    drugs: list[Drug]
    reactions: list[Reaction]
    asides: list[Aside]
    criteria: list[Criterion]
    person: Person
    answers: list[tuple[Drug, Reaction, Answers]]
    missing: list[Question]
    doubts: list[Doubt]


def read(case: Case) -> Read:
    """Read a declaration.

    Raises:
        InvalidInput: nothing can be read; the message is the code of the abstention (see `read_note`).
    """
    note = read_note(case)
    cues = cues_of(note.words)
    reactions, asides = happened(note, cues)
    drugs = taken(note)
    for number, reaction in enumerate(reactions, start=1):
        reaction.key = f"reaction-{number}"
    follow(note, cues, drugs, reactions)
    _withdrawn_first(drugs)
    found = criteria(note, cues, reactions)
    mark(reactions, found)
    grade(note, reactions, found)
    expect(note, drugs, reactions)
    found = _renumber(reactions, found)
    drugs = _ranked(drugs)
    for number, aside in enumerate(asides, start=1):
        aside.key = f"aside-{number}"
    suspects = [each for each in drugs if each.role == "suspect"][:PAIRS]
    answers = [
        (drug, reactions[0], answers_of(note, cues, drug, reactions[0], asides)) for drug in suspects if reactions
    ]
    about = person(note, cues)
    stated = {name for name, known in (("age", about.age_years is not None), ("sex", about.sex is not None)) if known}
    return Read(
        note=note,
        drugs=drugs,
        reactions=reactions,
        asides=asides,
        criteria=found,
        person=about,
        answers=answers,
        missing=missing(note, drugs, reactions, found, stated),
        doubts=doubts(note, drugs, reactions, asides),
    )


def _withdrawn_first(drugs: list[Drug]) -> None:
    """Where one medicine was stopped, or taken again, others that nothing accuses were taken beside it."""
    suspects = [each for each in drugs if each.role == "suspect"]
    for drug in suspects:
        drug.weight += (3.0 if drug.action == "withdrawn" else 0.0) + (1.0 if drug.started else 0.0)
        drug.weight += 2.0 if drug.rechallenge else 0.0
    blamed = [each for each in suspects if each.action == "withdrawn" or each.rechallenge]
    if blamed:
        for drug in suspects:
            if drug not in blamed and drug.weight < BLAMED:
                drug.role = "concomitant"


def _ranked(drugs: list[Drug]) -> list[Drug]:
    order = {"suspect": 0, "interacting": 1, "concomitant": 2}
    ranked = sorted(drugs, key=lambda each: (order[each.role], -each.weight, each.spans[0]))
    for number, drug in enumerate(ranked, start=1):
        drug.key = f"drug-{number}"
    return ranked


def _renumber(reactions: list[Reaction], found: list[Criterion]) -> list[Criterion]:
    """The most serious reaction first (by the gravest criterion about it, then its grade), then as told."""
    gravest = {
        reaction.key: next((rank for rank, each in enumerate(found) if reaction.key in each.reactions), len(found))
        for reaction in reactions
    }
    reactions.sort(key=lambda each: (gravest[each.key], -(each.grade or 0), each.spans[0]))
    renamed = {reaction.key: f"reaction-{number}" for number, reaction in enumerate(reactions, start=1)}
    for reaction in reactions:
        reaction.key = renamed[reaction.key]
    return [
        Criterion(each.key, each.spans, tuple(sorted(renamed[key] for key in each.reactions)), each.certainty)
        for each in found
    ]
