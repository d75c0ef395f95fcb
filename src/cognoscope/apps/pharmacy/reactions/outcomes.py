"""What the pharmacovigilance centre made of a declaration: its written answer, read with the same words.

The answer is a document of the warehouse (see `documents`) that names the report's number, or that is about the same
person and came after the declaration. A reaction, a medicine or a criterion held if the answer states it, and did not
if the answer
states others of its kind or denies it. An answer that states none of a kind says nothing of that kind.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from cognoscope.apps.pharmacy.reactions.declaration import LONGEST
from cognoscope.apps.pharmacy.reactions.documents import is_answer, notes
from cognoscope.apps.pharmacy.reactions.lexicon import cues, reactions
from cognoscope.apps.pharmacy.reactions.qualify import cues_of, qualifiers_of
from cognoscope.apps.pharmacy.reactions.tokens import tokens_of
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.core.values import FINDING, Finding, TextValue
from cognoscope.intake.plain_words import plain_words

KINDS = ("reaction", "suspect-drug", "interacting-drug", "concomitant-drug", "seriousness")
_NOTE = re.compile(r"^report:note-(\d+)$")


def outcomes(warehouse: Any, proposals: Sequence[Proposal], at: datetime) -> list[Outcome]:
    """For each proposed reaction, medicine and criterion, whether the centre's last answer holds it."""
    waiting = [each for each in proposals if isinstance(each.value, TextValue)]
    if not waiting:
        return []
    backend = warehouse.connect()
    try:
        first = min(each.as_of for each in waiting).date()
        found = notes(backend, date(first.year - 1, 1, 1), at.date())
    finally:
        backend.disconnect()
    answers = [row for row in found if is_answer(row["note_title"])]
    persons = {row["note_id"]: row["person_id"] for row in found}
    made: list[Outcome] = []
    for proposal in waiting:
        assert isinstance(proposal.value, TextValue)
        answer = _answer(proposal, answers, persons)
        if answer is None:
            continue
        for finding, held in _held(proposal.value, answer["note_text"]):
            made.append(
                Outcome(
                    application=proposal.application,
                    subject=proposal.subject,
                    measure=FINDING,
                    element=finding.key,
                    value=held,
                    known_at=at,
                    source="warehouse",
                )
            )
    return made


def _answer(proposal: Proposal, answers: list[dict[str, Any]], persons: dict[int, int]) -> dict[str, Any] | None:
    number = proposal.subject.removeprefix("report:")
    note = _NOTE.match(proposal.subject)
    person = persons.get(int(note[1])) if note else None
    named = re.compile(rf"(?<![\w-]){re.escape(number)}(?![\w-])", re.IGNORECASE)
    fitting = [
        row
        for row in answers
        if named.search(f"{row['note_title']} {row['note_text']}")
        or (person is not None and row["person_id"] == person and row["note_date"] >= proposal.as_of.date())
    ]
    return max(fitting, key=lambda row: (row["note_date"], row["note_id"]), default=None)


def _held(value: TextValue, text: str) -> list[tuple[Finding, bool]]:
    text = text[:LONGEST]
    words = tokens_of(text)
    found = cues_of(words)

    def stated(hits: Any) -> set[str]:
        return {hit.meaning for hit in hits if not {"negated", "hypothesis"} & set(qualifiers_of(hit, words, found))}

    codes, criteria = stated(reactions().find(words)), stated(cues("serious").find(words))
    plain = f" {plain_words(text)} "
    drugs = {each.key for each in value.findings if each.group.endswith("-drug") and _names(each, plain)}
    held: list[tuple[Finding, bool]] = []
    for finding in value.findings:
        if finding.group == "reaction" and codes and finding.code:
            held.append((finding, finding.code in codes))
        elif finding.group == "seriousness" and criteria:
            held.append((finding, finding.key in criteria))
        elif finding.group in KINDS and finding.group.endswith("-drug") and drugs:
            held.append((finding, finding.key in drugs))
    return held


def _names(finding: Finding, plain: str) -> bool:
    said = [str(each.value) for each in finding.attributes if each.name in ("name", "said")]
    said += [name for each in finding.attributes if each.name == "substances" for name in str(each.value).split("; ")]
    return any(f" {plain_words(name)} " in plain for name in said)
