"""The clinical part of a case: the patient (D), the reactions (E.i), the drugs (G.k) and what links them (G.k.9)."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from cognoscope.core.proposal import Proposal
from cognoscope.core.values import Finding
from cognoscope.exports.e2b.xml import (
    ACTION_TAKEN,
    ASSESSOR,
    CHARACTERISATION,
    MEDDRA,
    OBSERVATION,
    ORGANIZER,
    OUTCOME,
    RECURRENCE,
    SEX,
    XSI,
    Element,
    add,
    code,
    day,
    observe,
    value,
)
from cognoscope.exports.standing import concerns, of_group, said

OURS = UUID("6c1f2f9e-6f0b-5d5c-9a38-0e2f6f9f9a11")
"""The name space of our identifiers of reactions and drugs: the same proposal gives the same ones."""

ROLES = {"suspect-drug": "1", "concomitant-drug": "2", "interacting-drug": "3"}
CRITERIA = {
    "serious-death": "34",
    "serious-life-threatening": "21",
    "serious-hospitalisation": "33",
    "serious-disability": "35",
    "serious-congenital-anomaly": "12",
    "serious-other": "26",
}
OUTCOMES = {"recovered": "1", "recovering": "2", "not-recovered": "3", "sequelae": "4", "fatal": "5"}
ACTIONS = {"withdrawn": "1", "reduced": "2", "increased": "3", "unchanged": "4"}
RECHALLENGES = {"positive": "1", "negative": "2"}
METHODS = {"begaud-score": "Begaud 2011", "naranjo-score": "Naranjo 1981"}
LANGUAGES = {"fr": "fra", "en": "eng"}
SEXES = {"m": "1", "f": "2"}
LONGEST_WORDS = 250


def identify(proposal: Proposal, key: str) -> str:
    """The UUID of a reaction or a drug of this proposal."""
    return str(uuid5(OURS, f"{proposal.digest}/{key}"))


def patient(role: Element, findings: Sequence[Finding]) -> None:
    """D.1 (masked), D.5 and D.2.2."""
    stated = {finding.key: finding for finding in of_group(findings, "patient")}
    player = add(role, "player1")
    add(player, "name", nullFlavor="MSK")
    sex = SEXES.get(said(stated["patient-sex"], "sex")) if "patient-sex" in stated else None
    if sex:
        add(player, "administrativeGenderCode", code=sex, codeSystem=SEX)
    if "patient-age" in stated:
        observed = add(add(role, "subjectOf2", typeCode="SBJ"), "observation")
        code(observed, "3", OBSERVATION)
        value(observed, "PQ", value=f"{float(said(stated['patient-age'], 'age-years')):g}", unit="a")


def reactions(
    role: Element, proposal: Proposal, findings: Sequence[Finding], meddra_version: str, language: str
) -> None:
    """E.i: words, code, dates, the six criteria of seriousness, outcome."""
    criteria = of_group(findings, "seriousness")
    for finding in of_group(findings, "reaction"):
        observed = add(add(role, "subjectOf2", typeCode="SBJ"), "observation")
        add(observed, "id", root=identify(proposal, finding.key))
        code(observed, "29", OBSERVATION)
        _between(observed, said(finding, "onset"), said(finding, "ended"))
        coded = value(observed, "CE", code=str(finding.code), codeSystem=MEDDRA, codeSystemVersion=meddra_version)
        words = (said(finding, "said") or finding.label.fr)[:LONGEST_WORDS]
        add(coded, "originalText", words, language=LANGUAGES.get(language, "und"))
        for key, number in CRITERIA.items():
            about = next((each for each in criteria if each.key == key), None)
            holds = about is not None and concerns(about, finding)
            # The guide has no `false` here: what was not said is not denied.
            value(observe(observed, "PERT", number), "BL", **({"value": "true"} if holds else {"nullFlavor": "NI"}))
        outcome = OUTCOMES.get(said(finding, "outcome"), "0")
        value(observe(observed, "PERT", "27"), "CE", code=outcome, codeSystem=OUTCOME)


def drugs(role: Element, proposal: Proposal, findings: Sequence[Finding]) -> None:
    """G.k: name as reported, substances, dose and dates, indication, action taken, latency and rechallenge."""
    organizer = add(add(role, "subjectOf2", typeCode="SBJ"), "organizer")
    code(organizer, "4", ORGANIZER)
    first = next((finding.key for finding in of_group(findings, "reaction")), "")
    for finding in of_group(findings, *ROLES):
        given = add(add(organizer, "component"), "substanceAdministration")
        add(given, "id", root=identify(proposal, finding.key))
        product = add(add(add(given, "consumable"), "instanceOfKind"), "kindOfProduct")
        add(product, "name", (said(finding, "said") or finding.label.fr)[:LONGEST_WORDS])
        for substance in filter(None, (one.strip() for one in said(finding, "substances").split(";"))):
            add(add(add(product, "ingredient"), "ingredientSubstance"), "name", substance[:LONGEST_WORDS])
        if first and said(finding, "latency-days"):
            lapse = add(given, "outboundRelationship1", typeCode="SAS")
            add(lapse, "pauseQuantity", value=f"{float(said(finding, 'latency-days')):g}", unit="d")
            add(add(lapse, "actReference"), "id", root=identify(proposal, first))
        _dosage(given, finding)
        if first and said(finding, "rechallenge") in RECHALLENGES:
            again = observe(given, "PERT", "31")
            value(again, "CE", code=RECHALLENGES[said(finding, "rechallenge")], codeSystem=RECURRENCE)
            add(
                add(add(again, "outboundRelationship1", typeCode="REFR"), "actReference"),
                "id",
                root=identify(proposal, first),
            )
        _indication(given, said(finding, "indication"))
        if said(finding, "action-taken") in ACTIONS:
            act = add(add(given, "inboundRelationship", typeCode="CAUS"), "act")
            code(act, ACTIONS[said(finding, "action-taken")], ACTION_TAKEN)


def assessments(assessment: Element, proposal: Proposal, findings: Sequence[Finding]) -> None:
    """G.k.1 the role of each drug, G.k.9.i.2 the causality by each method."""
    keys = {finding.key for finding in of_group(findings, "reaction", *ROLES)}
    for finding in of_group(findings, *ROLES):
        characterised = add(add(assessment, "component"), "causalityAssessment")
        code(characterised, "20", OBSERVATION)
        value(characterised, "CE", code=ROLES[finding.group], codeSystem=CHARACTERISATION)
        _refer(characterised, "subject2", "productUseReference", identify(proposal, finding.key))
    for finding in of_group(findings, "french-method", "naranjo"):
        method = METHODS.get(finding.key.partition(":")[0])
        drug, reaction = said(finding, "drug"), said(finding, "reaction")
        if method is None or not {drug, reaction} <= keys:
            continue
        assessed = add(add(assessment, "component"), "causalityAssessment")
        code(assessed, "39", OBSERVATION)
        value(assessed, "ST", _result(finding))
        add(add(assessed, "methodCode"), "originalText", method)
        entity = add(add(assessed, "author"), "assignedEntity")
        add(add(entity, "code"), "originalText", "Sender")
        _refer(assessed, "subject1", "adverseEffectReference", identify(proposal, reaction))
        _refer(assessed, "subject2", "productUseReference", identify(proposal, drug))


def _result(finding: Finding) -> str:
    if finding.key.startswith("begaud"):
        parts = (said(finding, name) for name in ("chronology", "semiology", "intrinsic", "literature"))
    else:
        parts = (said(finding, name) for name in ("category", "total"))
    return " ".join(filter(None, parts))[:60]


def _between(parent: Element, start: str, end: str) -> None:
    if not (start or end):
        return
    interval = add(parent, "effectiveTime", **{f"{{{XSI}}}type": "IVL_TS"})
    for tag, moment in (("low", start), ("high", end)):
        if moment:
            add(interval, tag, value=day(moment))


def _dosage(given: Element, finding: Finding) -> None:
    words = " ".join(filter(None, (said(finding, "dose"), said(finding, "dose-interval"))))
    start, end = said(finding, "started"), said(finding, "stopped")
    if not (words or start or end):
        return
    dosage = add(add(given, "outboundRelationship2", typeCode="COMP"), "substanceAdministration")
    if words:
        add(dosage, "text", words[:2000])
    _between(dosage, start, end)


def _indication(given: Element, words: str) -> None:
    """G.k.7.r.1: the words only; an indication is not coded here, and the guide makes its code optional."""
    if not words:
        return
    observed = observe(given, "RSON", "19", tag="inboundRelationship")
    coded = value(observed, "CE", codeSystem=MEDDRA)
    add(coded, "originalText", words[:LONGEST_WORDS])
    code(add(add(observed, "performer"), "assignedEntity"), "3", ASSESSOR)


def _refer(assessed: Element, tag: str, reference: str, root: str) -> None:
    add(add(add(assessed, tag, typeCode="SUBJ"), reference), "id", root=root)
