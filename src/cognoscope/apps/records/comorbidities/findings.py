"""Aggregated states as findings: what is shown, why, and the words that it rests on."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from cognoscope.apps.records.comorbidities.knowledge import Condition, condition, grades
from cognoscope.apps.records.comorbidities.model import rows_of
from cognoscope.core.evidence import SpanPointer
from cognoscope.core.noun import Sentence
from cognoscope.core.values import Attribute, Finding, Group

MOST_EVIDENCE = 20
"""Spans cited at most for a finding: those that decide it first, the most recent reports first."""

GROUPS = (
    Group(name="condition", label=Sentence(fr="Comorbidités présentes", en="Conditions present")),
    Group(name="uncertain", label=Sentence(fr="Incertaines, à vérifier", en="Uncertain, to be checked")),
    Group(name="habit", label=Sentence(fr="Tabac et alcool", en="Tobacco and alcohol")),
    Group(name="score", label=Sentence(fr="Indice de Charlson", en="Charlson index")),
    Group(name="stage", label=Sentence(fr="Stades TNM", en="TNM stages")),
    Group(name="denied", label=Sentence(fr="Niées dans les textes", en="Denied in the texts")),
    Group(name="family", label=Sentence(fr="Chez des proches seulement", en="In relatives only")),
    Group(name="drug", label=Sentence(fr="Médicaments cités", en="Drugs named")),
    Group(name="measurement", label=Sentence(fr="Dernières mesures citées", en="Last measurements named")),
)
_GROUP_OF_STATE = {"uncertain": "uncertain", "denied": "denied", "family": "family"}
_DECIDING = {"present": "asserted", "uncertain": "supposed", "denied": "denied", "family": "family"}
FIRST = Sentence(fr="date la plus ancienne", en="earliest date")
LAST = Sentence(fr="dernier document", en="last document")
STAGE = Sentence(fr="stade", en="stage")


def condition_findings(states: pd.DataFrame, mentions: pd.DataFrame) -> list[Finding]:
    """One finding a condition, present ones first.

    states: the rows of one person of `model.aggregate`. mentions: `model.counted` of the same person, with `start` and
    `stop`; `note` is the row of the case.
    """
    about: dict[str, list[Any]] = {}
    for mention in rows_of(mentions):
        about.setdefault(mention.condition, []).append(mention)
    found = [_condition(row, about[row.condition]) for row in rows_of(states)]
    order = [group.name for group in GROUPS]
    return sorted(found, key=lambda finding: order.index(finding.group))


def words_of(row: Any) -> Sentence:
    """How a state is called: `diabète compliqué`, `insuffisance rénale chronique stade 3`."""
    form = condition(row.condition, bool(row.severe))
    grade = _grade(row)
    # The severe form's own words already say it.
    if grade is None or row.state not in ("present", "uncertain") or form.severe or _has_severe_form(form):
        return form.words
    return Sentence(fr=f"{form.words.fr} {grade.fr}", en=f"{form.words.en} {grade.en}")


def _has_severe_form(form: Condition) -> bool:
    return form.group == "condition" and condition(form.name, True).severe


def _is_staged(form: Condition) -> bool:
    return form.group == "condition" and not condition(form.name, True).severe


def _grade(row: Any) -> Sentence | None:
    ranks = {grade.rank: grade.words for (name, _), grade in grades().items() if name == row.condition}
    return ranks.get(int(row.rank))


def _condition(row: Any, mentions: list[Any]) -> Finding:
    form = condition(row.condition, bool(row.severe))
    state = str(row.state)
    group = _GROUP_OF_STATE.get(state, form.group)
    flags = (("history", row.history), ("conflict", row.conflict))
    qualifiers = [name for name, flag in flags if flag]
    qualifiers += {"denied": ["negated"], "family": ["family"]}.get(state, [])
    if state == "uncertain" and not row.conflict:
        qualifiers += [name for name in ("hypothesis", "reported") if any(getattr(one, name) for one in mentions)]
    staged = _is_staged(form) and int(row.rank) > 0
    attributes = [
        *([Attribute(name="stage", label=STAGE, value=int(row.rank))] if staged else []),
        *([Attribute(name="first-date", label=FIRST, value=row.first)] if row.first else []),
        *([Attribute(name="last-document", label=LAST, value=row.last)] if row.last else []),
    ]
    return Finding(
        key=row.condition,
        label=words_of(row),
        group=group,
        qualifiers=tuple(qualifiers),
        attributes=tuple(attributes),
        reason=_reason(row),
        evidence=spans(sorted(mentions, key=lambda one: (one.said != _DECIDING[state], one.note, one.start))),
    )


def spans(mentions: Sequence[Any]) -> tuple[SpanPointer, ...]:
    """Where the mentions are, in their order."""
    return tuple(
        SpanPointer(row=int(one.note), start=int(one.start), stop=int(one.stop)) for one in mentions[:MOST_EVIDENCE]
    )


def _reason(row: Any) -> Sentence:
    parts_fr, parts_en = [], []
    if row.notes_asserting:
        parts_fr.append(f"affirmé dans {_count(row.notes_asserting, 'document')}")
        parts_en.append(f"asserted in {_count(row.notes_asserting, 'document')}")
    if row.notes_denying:
        parts_fr.append(f"nié dans {_count(row.notes_denying, 'document')}")
        parts_en.append(f"denied in {_count(row.notes_denying, 'document')}")
    if row.supposed:
        parts_fr.append(f"supposé ou rapporté {_times(row.supposed, 'fois', 'fois')}")
        parts_en.append(f"supposed or reported {_times(row.supposed, 'time', 'times')}")
    if row.of_family:
        parts_fr.append(f"cité chez un proche {_times(row.of_family, 'fois', 'fois')}")
        parts_en.append(f"said of a relative {_times(row.of_family, 'time', 'times')}")
    return Sentence(fr=_sentence(parts_fr), en=_sentence(parts_en))


def _sentence(parts: list[str]) -> str:
    text = ", ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''}"


def _times(number: int, one: str, several: str) -> str:
    return f"{number} {several if number > 1 else one}"
