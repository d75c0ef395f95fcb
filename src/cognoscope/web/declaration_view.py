"""What is shown of a declaration while it is being written: marked words, chips, and the one next question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cognoscope.apps.pharmacy.reactions.case import build_case
from cognoscope.apps.pharmacy.reactions.contract import QUESTION
from cognoscope.apps.pharmacy.reactions.declaration import Declaration
from cognoscope.core.application import Application
from cognoscope.core.evidence import SpanPointer
from cognoscope.core.values import Finding, TextValue
from cognoscope.intake.knowledge.store import Knowledge
from cognoscope.web import words
from cognoscope.web.marked_text import Highlight, Passages, passages

SHOWN = 12
"""Chips of one kind; the pharmacist sees all of them."""
DRUGS = ("suspect-drug", "interacting-drug", "concomitant-drug")
LOOKS = {
    "reaction": 1,
    "suspect-drug": 2,
    "seriousness": 3,
    "interacting-drug": 2,
    "concomitant-drug": 2,
    "set-aside": 6,
}
UNCERTAIN = ("ambiguous", "corrected", "unknown", "withdrawn")


@dataclass(frozen=True)
class Chip:
    """Something understood. `detail`: what a professional wants beside it (code, role, grade)."""

    words: str
    detail: str = ""
    doubt: bool = False


@dataclass(frozen=True)
class Reading:
    """The live proposal; `question` is empty where nothing more is asked."""

    shown: Passages
    drugs: list[Chip]
    reactions: list[Chip]
    serious: list[Chip]
    aside: list[Chip]
    doubts: list[str]
    question: str
    field: str
    silence: str


ASKED_BY_FIELD = {
    "ask-start": "started",
    "ask-onset": "appeared",
    "ask-outcome": "over",
    "ask-age": "age",
    "ask-sex": "sex",
}


def reading_of(
    application: Application, declaration: Declaration, knowledge: Knowledge, at: datetime, language: str, plain: bool
) -> Reading:
    """The reading of what is typed so far. plain: for a patient, without codes and technical words."""
    case = build_case(declaration, knowledge, at)
    proposal = next(each for each in application.propose(case) if each.question == QUESTION)
    if not isinstance(proposal.value, TextValue):
        silence = words.say(proposal.abstention.sentence, language) if proposal.abstention else ""
        return Reading(passages(declaration.text, []), [], [], [], [], [], "", "", silence)
    found = proposal.value.findings
    first = next((each for each in found if each.group == "missing"), None)
    reactions = [each for each in found if each.group == "reaction"]
    names = {each.key: words.say(each.label, language) for each in reactions}
    return Reading(
        shown=passages(declaration.text, _highlights(found, language)),
        drugs=[_drug(each, language, plain) for each in found if each.group in DRUGS][:SHOWN],
        reactions=[_reaction(each, language, plain) for each in reactions][:SHOWN],
        serious=[_serious(each, language, names) for each in found if each.group == "seriousness"],
        aside=[_aside(each, language) for each in found if each.group == "set-aside"][:SHOWN],
        doubts=[words.say(each.label, language) for each in found if each.group == "doubt" and _is_theirs(each, plain)],
        question=words.say(first.label, language) if first else "",
        field=ASKED_BY_FIELD.get(first.key, "") if first else "",
        silence="",
    )


def _highlights(found: Sequence[Finding], language: str) -> list[Highlight]:
    marks = []
    for finding in found:
        rank = LOOKS.get(finding.group)
        if rank is None:
            continue
        spans = [each for each in finding.evidence if isinstance(each, SpanPointer)]
        # The first place is what was said; the others are its dates and outcome.
        wanted = spans if finding.group in ("seriousness", "set-aside") else spans[:1]
        for number, pointer in enumerate(wanted):
            anchor = f"said-{finding.key}-{number}"
            hollow = finding.group == "set-aside"
            title = words.say(finding.label, language)
            marks.append(Highlight(pointer.start, pointer.stop, anchor, rank, hollow=hollow, title=title))
    return marks


def _drug(finding: Finding, language: str, plain: bool) -> Chip:
    said = {each.name: each.value for each in finding.attributes}
    detail = [] if plain else [each for each in (finding.code, str(said.get("substances") or "").lower()) if each]
    if said.get("dose"):
        detail.append(str(said["dose"]))
    doubt = said.get("status") in UNCERTAIN
    name = (
        str(said.get("said") or "")
        if said.get("status") in ("ambiguous", "unknown")
        else words.say(finding.label, language)
    )
    return Chip(name, ", ".join(detail), doubt)


def _reaction(finding: Finding, language: str, plain: bool) -> Chip:
    said = {each.name: each.value for each in finding.attributes}
    if plain:
        return Chip(words.say(finding.label, language))
    detail = [f"{finding.vocabulary} {finding.code}"] if finding.code else []
    if said.get("grade"):
        detail.append(f"grade {said['grade']}")
    return Chip(words.say(finding.label, language), ", ".join(detail))


def _serious(finding: Finding, language: str, names: dict[str, str]) -> Chip:
    return Chip(words.say(finding.label, language))


def _aside(finding: Finding, language: str) -> Chip:
    from cognoscope.web.render_text import qualifier_words

    return Chip(words.say(finding.label, language), ", ".join(qualifier_words(finding.qualifiers, language)))


def _is_theirs(finding: Finding, plain: bool) -> bool:
    """Patients are not told what the hospital has not loaded."""
    return not (plain and finding.key in ("doubt-terminology", "doubt-medicines", "doubt-learned"))
