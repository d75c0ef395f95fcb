"""The proposal on one infection, from its question."""

from cognoscope.apps.pharmacy.antibiotics.app_frame import Frame
from cognoscope.apps.pharmacy.antibiotics.asking import Missing, missing
from cognoscope.apps.pharmacy.antibiotics.findings import (
    GROUPS,
    excluded_finding,
    missing_finding,
    option_finding,
    rule_findings,
    shown,
    unchecked_findings,
)
from cognoscope.apps.pharmacy.antibiotics.model import Decision, decide
from cognoscope.apps.pharmacy.antibiotics.question import Question
from cognoscope.apps.pharmacy.antibiotics.refusal import refusal
from cognoscope.apps.pharmacy.antibiotics.words import whole
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Headline, Proposal
from cognoscope.core.values import TextValue

URGENCY = {"mild": 0.2, "moderate": 0.5, "severe": 0.9}
ASKED = 8
"""Facts asked for at once."""

WOULD_CHANGE = (
    Sentence(fr="Un germe ou un antibiogramme rendu depuis.", en="A germ or a susceptibility result that came since."),
    Sentence(fr="L'avis de l'infectiologue.", en="The infectious-disease doctor's opinion."),
)


def answer(frame: Frame, question: Question) -> Proposal:
    """Options in order, what to ask, what was set aside and why; or why nothing can be proposed."""
    wrong = refusal(question)
    if wrong:
        return frame.abstain(wrong)
    if not question.facts.get("eucast_loaded"):
        return frame.abstain("eucast-missing")
    if not question.regimens:
        return frame.abstain("no-rule")
    decision = decide(question)
    asked = missing(question, decision)[:ASKED]
    if not decision.options and not decision.excluded and not asked:
        return frame.abstain("no-rule")
    findings = (
        *(option_finding(question, option, place) for place, option in enumerate(decision.options, start=1)),
        *unchecked_findings(question),
        *(missing_finding(question, one) for one in asked),
        *(excluded_finding(question, option) for option in decision.excluded),
        *rule_findings(question, decision),
    )
    cited = tuple(dict.fromkeys(pointer for finding in findings for pointer in finding.evidence))
    return frame.propose(
        headline=_headline(question, decision, asked, findings[0].key),
        value=TextValue(groups=GROUPS, findings=findings),
        evidence=cited,
        would_change=(*(_would(one) for one in asked[:3] if one.changes), *WOULD_CHANGE),
    )


def _headline(question: Question, decision: Decision, asked: list[Missing], key: str) -> Headline:
    first = decision.first
    if first is None:
        text = Sentence(
            fr="Aucune option retenue par les règles : avis infectiologue.",
            en="The rules leave no option: ask an infectious-disease doctor.",
        )
        if not decision.excluded:
            asks = ", ".join(one.asks[0].fr for one in asked[:2]), ", ".join(one.asks[0].en for one in asked[:2])
            text = Sentence(
                fr=f"Aucune règle ne s'applique encore ; à préciser : {asks[0]}.",
                en=f"No rule applies yet; to be told: {asks[1]}.",
            )
    else:
        said = whole(question, first.regimen)
        text = Sentence(fr=f"{said.fr}.", en=f"{said.en}.")
    expected = round(first.activity.covered.expected, 4) if first is not None and shown(first) else None
    severity = str(question.value("severity"))
    return Headline(element=key, text=text, expected=expected, urgency=URGENCY.get(severity, 0.5))


def _would(one: Missing) -> Sentence:
    ask = one.asks[0]
    return Sentence(fr=f"{ask.fr} : à préciser.", en=f"{ask.en}: to be told.")
