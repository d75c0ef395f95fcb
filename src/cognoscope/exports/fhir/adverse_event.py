"""A declaration of adverse reactions as FHIR R4 AdverseEvent resources: one a reaction, pure like its neighbours."""

from collections.abc import Sequence

from cognoscope.core.case import Case
from cognoscope.core.proposal import Proposal
from cognoscope.core.review import Review
from cognoscope.core.values import Finding, TextValue
from cognoscope.exports.fhir.elements import OURS, Resource, coding, concept, identifier, instant, subject_reference
from cognoscope.exports.fhir.observation import VOCABULARIES
from cognoscope.exports.standing import concerns, of_group, said, standing

SERIOUSNESS = "http://terminology.hl7.org/CodeSystem/adverse-event-seriousness"
SEVERITY = "http://terminology.hl7.org/CodeSystem/adverse-event-severity"
OUTCOME = "http://terminology.hl7.org/CodeSystem/adverse-event-outcome"
OUTCOMES = {
    "recovered": "resolved",
    "recovering": "recovering",
    "not-recovered": "ongoing",
    "sequelae": "resolvedWithSequelae",
    "fatal": "fatal",
}
METHODS = {"begaud-score": "Bégaud 2011", "naranjo-score": "Naranjo 1981"}
DECLARATION = "declaration"
"""The question of a proposal on a declaration (`cognoscope.apps.pharmacy.reactions.contract`)."""

SUSPECTS = ("suspect-drug", "interacting-drug")


def adverse_events(proposal: Proposal, case: Case, reviews: Sequence[Review] = ()) -> list[Resource]:
    """One AdverseEvent a reaction that stands after the reviews; none where the proposal is no declaration.

    The grade becomes the severity where there is one (1 mild, 2 moderate, 3 to 5 severe). `date` is when the reaction
    began, `recordedDate` when the declaration was received.
    """
    if not isinstance(proposal.value, TextValue) or proposal.question != DECLARATION:
        return []
    findings = standing(proposal.value, reviews)
    serious = of_group(findings, "seriousness")
    return [
        _event(proposal, case, reaction, any(concerns(criterion, reaction) for criterion in serious), findings)
        for reaction in of_group(findings, "reaction")
    ]


def _event(proposal: Proposal, case: Case, reaction: Finding, serious: bool, findings: Sequence[Finding]) -> Resource:
    event: Resource = {
        "resourceType": "AdverseEvent",
        "id": f"{proposal.digest[:48]}-{reaction.key}",
        "identifier": identifier("element", f"{proposal.digest}/{reaction.key}"),
        "actuality": "actual",
        "event": _coded(reaction),
        "subject": subject_reference(proposal.subject),
        "recordedDate": str(case.fact("received_on") or instant(proposal.as_of)),
        "seriousness": concept(SERIOUSNESS, "serious" if serious else "non-serious"),
        "outcome": concept(OUTCOME, OUTCOMES.get(said(reaction, "outcome"), "unknown")),
        "suspectEntity": [_suspect(drug, reaction, findings) for drug in of_group(findings, *SUSPECTS)],
    }
    if said(reaction, "onset"):
        event["date"] = said(reaction, "onset")
    if said(reaction, "grade"):
        grade = float(said(reaction, "grade"))
        event["severity"] = concept(SEVERITY, "mild" if grade <= 1 else "moderate" if grade <= 2 else "severe")
    return {name: content for name, content in event.items() if content != []}


def _suspect(drug: Finding, reaction: Finding, findings: Sequence[Finding]) -> Resource:
    instance: Resource = {"type": "Medication", "display": said(drug, "said") or drug.label.fr}
    if drug.code and drug.vocabulary:
        instance["identifier"] = {
            "system": VOCABULARIES.get(drug.vocabulary, f"{OURS}vocabulary:{drug.vocabulary}"),
            "value": drug.code,
        }
    causality = [
        {"method": {"text": METHODS[score.key.partition(":")[0]]}, "productRelatedness": _result(score)}
        for score in of_group(findings, "french-method", "naranjo")
        if score.key.partition(":")[0] in METHODS
        and (said(score, "drug"), said(score, "reaction")) == (drug.key, reaction.key)
    ]
    return {"instance": instance} | ({"causality": causality} if causality else {})


def _result(score: Finding) -> str:
    names = ("intrinsic", "chronology", "semiology", "literature", "category", "total")
    return " ".join(filter(None, (said(score, name) for name in names)))


def _coded(reaction: Finding) -> Resource:
    coded: Resource = {"text": said(reaction, "said") or reaction.label.fr}
    if reaction.code and reaction.vocabulary:
        system = VOCABULARIES.get(reaction.vocabulary, f"{OURS}vocabulary:{reaction.vocabulary}")
        coded["coding"] = [coding(system, reaction.code, said(reaction, "term") or reaction.label.en)]
    return coded
