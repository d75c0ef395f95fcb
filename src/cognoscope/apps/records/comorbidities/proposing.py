"""One proposal of what the reports of a person say, with its headline and what would change it."""

from datetime import timedelta
from typing import Any

import pandas as pd

from cognoscope.apps.records.comorbidities.abstention import UNREADABLE, why_abstain
from cognoscope.apps.records.comorbidities.case import KIND, read_mentions
from cognoscope.apps.records.comorbidities.findings import GROUPS, condition_findings
from cognoscope.apps.records.comorbidities.findings_other import other_findings
from cognoscope.apps.records.comorbidities.findings_score import scores
from cognoscope.apps.records.comorbidities.model import counted, states_of
from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evidence import Pointer
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Abstention, Headline, Proposal
from cognoscope.core.values import Finding, TextValue

USEFUL_DAYS = 30
HIGHEST_SCORE = 10
"""From this score on the inbox shows a person among the first."""
MOST_IN_HEADLINE = 4


def answer(case: Case, common: dict[str, Any]) -> Proposal:
    """The proposal on a case, or the abstention.

    common: what every proposal of the application has (`application`, `version`, `title`, ...).
    """
    common = common | {"useful_until": case.as_of + timedelta(days=USEFUL_DAYS), "question": "comorbidities"}
    try:
        if case.kind != KIND:
            raise InvalidInput("This is a case of another application.")
        mentions = read_mentions(case)
    except InvalidInput:
        return Proposal(**common, abstention=UNREADABLE)
    why = _why(case, mentions)
    if why is not None:
        return Proposal(**common, abstention=why)
    counting = counted(mentions)
    states = states_of(counting)
    conditions = condition_findings(states, counting)
    notes = case.table("note")
    age = case.fact("age")
    known_age = age if isinstance(age, int) and 0 <= age <= 125 else None
    totals = scores(states, conditions, known_age, notes.rows if notes else 0)
    findings = (*conditions, *totals, *other_findings(mentions))
    used = {finding.group for finding in findings}
    return Proposal(
        **common,
        headline=_headline(conditions, totals[0]),
        value=TextValue(groups=tuple(group for group in GROUPS if group.name in used), findings=findings),
        evidence=_evidence(findings),
        would_change=_would_change(case, conditions),
    )


def _why(case: Case, mentions: pd.DataFrame) -> Abstention | None:
    notes = case.table("note")
    texts = notes.column("note_text") if notes else None
    unread = case.fact("documents_unread")
    return why_abstain(
        [text for text in texts.values if isinstance(text, str)] if texts else [],
        unread if isinstance(unread, int) else 0,
        int((mentions["group"] == "condition").sum()),
    )


def _headline(conditions: list[Finding], total: Finding) -> Headline:
    points = next(attribute.value for attribute in total.attributes if attribute.name == "points")
    score = points if isinstance(points, int) else 0
    named = [finding for finding in conditions if finding.group == "condition"]
    shown = named[:MOST_IN_HEADLINE]
    more = len(named) - len(shown)
    fr = ", ".join(finding.label.fr for finding in shown) or "aucune comorbidité affirmée"
    en = ", ".join(finding.label.en for finding in shown) or "no condition asserted"
    text = Sentence(
        fr=f"Charlson {score} : {fr}" + (f" et {more} autre{'s' * (more > 1)}" if more else ""),
        en=f"Charlson {score}: {en}" + (f" and {more} more" if more else ""),
    )
    return Headline(element=total.key, text=text, expected=score, urgency=min(score, HIGHEST_SCORE) / HIGHEST_SCORE)


def _evidence(findings: tuple[Finding, ...]) -> tuple[Pointer, ...]:
    """The first words of each finding."""
    return tuple(dict.fromkeys(finding.evidence[0] for finding in findings if finding.evidence))


def _would_change(case: Case, conditions: list[Finding]) -> tuple[Sentence, ...]:
    said = [
        Sentence(
            fr="Un nouveau compte rendu qui affirme, nie ou précise une de ces maladies.",
            en="A new report that asserts, denies or details one of these conditions.",
        )
    ]
    left_out, unread = case.fact("documents_left_out"), case.fact("documents_unread")
    if isinstance(left_out, int) and left_out:
        said.append(
            Sentence(
                fr=f"{left_out} document(s) plus ancien(s), laissé(s) de côté : seuls les plus récents sont lus ici.",
                en=f"{left_out} older document(s), left aside: only the most recent ones are read here.",
            )
        )
    if isinstance(unread, int) and unread:
        said.append(
            Sentence(
                fr=f"{unread} document(s) où les maladies n'ont pas encore été cherchées.",
                en=f"{unread} document(s) in which conditions have not been looked for yet.",
            )
        )
    for finding in conditions:
        if finding.group == "uncertain":
            said.append(
                Sentence(
                    fr=f"La confirmation ou l'exclusion : {finding.label.fr}.",
                    en=f"Confirming or ruling out: {finding.label.en}.",
                )
            )
    return tuple(said)
