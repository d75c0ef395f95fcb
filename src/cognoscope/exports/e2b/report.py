"""One case safety report from a proposal of `pharmacy.reactions`, as a batch of one.

What each finding holds is said in `cognoscope.apps.pharmacy.reactions.contract`. Nothing is filled in that was not
stated: what the guide requires and nobody said is sent as its null flavour, and where it allows none the case is
refused with the list of what is missing. No identity goes out: the patient's and the reporter's names are masked (MSK).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree

from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.core.proposal import Proposal
from cognoscope.core.review import Review
from cognoscope.core.values import Finding, TextValue
from cognoscope.exports.e2b.check import problems
from cognoscope.exports.e2b.clinical import assessments, drugs, patient, reactions
from cognoscope.exports.e2b.xml import (
    ACT_CODE,
    BATCH_ID,
    BATCH_RECEIVER,
    BATCH_SENDER,
    CASE_ID,
    CHARACTERISTIC,
    COUNTRY,
    FIRST_SENDER,
    HL7,
    INTERACTION,
    MESSAGE_RECEIVER,
    MESSAGE_SENDER,
    MESSAGE_TYPE,
    OBSERVATION,
    QUALIFICATION,
    RELATED,
    REPORT_TYPE,
    SENDER_TYPE,
    TRIGGER,
    WORLDWIDE_ID,
    XSI,
    Element,
    add,
    code,
    day,
    second,
    value,
)
from cognoscope.exports.standing import of_group, standing

REPORTERS = {"physician": "1", "pharmacist": "2", "health-professional": "3", "patient": "5"}
CTCAE_MEDDRA_VERSION = "20.1"
"""The MedDRA release whose low level terms CTCAE v5.0 lists."""


@dataclass(frozen=True)
class Sender:
    """Who sends to whom: `identifier` and `receiver` are agreed between both; the organisation's name is sent as it is.

    country: ISO 3166-1, two letters.
    """

    organisation: str
    identifier: str
    receiver: str
    country: str = "FR"


def individual_case(
    proposal: Proposal, case: Case, sender: Sender, at: datetime, reviews: Sequence[Review] = ()
) -> bytes:
    """The E2B(R3) message, UTF-8, checked against the guide before it is returned.

    Args:
        proposal: on a declaration, with a value.
        case: what it was made on.
        sender: who sends it to whom.
        at: when it is made; with its offset.
        reviews: what people decided on it.

    Raises:
        InvalidInput: it is no declaration, or what the guide requires is missing: the sentence says what.
    """
    if not isinstance(proposal.value, TextValue) or proposal.question != "declaration":
        raise InvalidInput(f"Proposal {proposal.digest} is not a declaration of reactions: it has no E2B case.")
    findings = standing(proposal.value, reviews)
    if not of_group(findings, "reaction") or not of_group(findings, "suspect-drug", "interacting-drug"):
        raise InvalidInput("An E2B case needs a reaction and a suspect medicine: correct the proposal first.")
    uncoded = [finding.label.en for finding in of_group(findings, "reaction") if not finding.code]
    if uncoded:
        raise InvalidInput(f"An E2B case needs a code for every reaction: correct {', '.join(uncoded)} first.")
    number = f"{sender.country}-{sender.identifier}-{proposal.subject.partition(':')[2]}"
    root = ElementTree.Element(f"{{{HL7}}}MCCI_IN200100UV01", {"ITSVersion": "XML_1.0"})
    root.set(f"{{{XSI}}}schemaLocation", f"{HL7} MCCI_IN200100UV01.xsd")
    add(root, "id", extension=f"{number}-{second(at)[:14]}", root=BATCH_ID)
    add(root, "creationTime", value=second(at))
    add(root, "responseModeCode", code="D")
    add(root, "interactionId", extension="MCCI_IN200100UV01", root=INTERACTION)
    add(root, "name", code="1", codeSystem=MESSAGE_TYPE)
    _message(root, number, sender, at, (proposal, case, findings))
    _device(root, "receiver", sender.receiver, BATCH_RECEIVER)
    _device(root, "sender", sender.identifier, BATCH_SENDER)
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    wrong = problems(written)
    if wrong:
        raise InvalidInput(f"This declaration is not yet a whole E2B case: {' '.join(wrong)}")
    return written


def _message(
    root: Element, number: str, sender: Sender, at: datetime, about: tuple[Proposal, Case, list[Finding]]
) -> None:
    message = add(root, "PORR_IN049016UV")
    add(message, "id", extension=number, root=CASE_ID)
    add(message, "creationTime", value=second(at))
    add(message, "interactionId", extension="PORR_IN049016UV", root=INTERACTION)
    add(message, "processingCode", code="P")
    add(message, "processingModeCode", code="T")
    add(message, "acceptAckCode", code="AL")
    _device(message, "receiver", sender.receiver, MESSAGE_RECEIVER)
    _device(message, "sender", sender.identifier, MESSAGE_SENDER)
    process = add(message, "controlActProcess")
    code(process, "PORR_TE049016UV", TRIGGER)
    add(process, "effectiveTime", value=second(at))
    _investigation(add(process, "subject", typeCode="SUBJ"), number, sender, about)


def _investigation(subject: Element, number: str, sender: Sender, about: tuple[Proposal, Case, list[Finding]]) -> None:
    proposal, case, findings = about
    received = str(case.fact("received_on") or f"{case.as_of:%Y-%m-%d}")
    event = add(subject, "investigationEvent")
    add(event, "id", extension=number, root=CASE_ID)
    add(event, "id", extension=number, root=WORLDWIDE_ID)
    code(event, "PAT_ADV_EVNT", ACT_CODE)
    add(event, "text", _narrative(case))
    add(event, "statusCode", code="active")
    add(add(event, "effectiveTime"), "low", value=day(received))
    add(event, "availabilityTime", value=day(f"{case.as_of:%Y-%m-%d}"))
    assessment = add(add(event, "component"), "adverseEventAssessment")
    role = add(add(assessment, "subject1", typeCode="SBJ"), "primaryRole")
    patient(role, findings)
    reactions(role, proposal, findings, _meddra_version(case), str(case.fact("language") or "fr"))
    drugs(role, proposal, findings)
    assessments(assessment, proposal, findings)
    for number_, holds in (("1", False), ("23", bool(of_group(findings, "seriousness")))):
        observed = add(add(event, "component"), "observationEvent")
        code(observed, number_, OBSERVATION)
        value(observed, "BL", value=str(holds).lower())
    _sources(event, str(case.fact("reporter") or ""), sender)
    for characteristic in (("1", REPORT_TYPE), ("2", None)):
        _characteristic(event, *characteristic)


def _sources(event: Element, reporter: str, sender: Sender) -> None:
    """C.1.8.2 the first sender, C.2.r the primary source under no name, C.3 the sender."""
    first = add(add(event, "outboundRelationship", typeCode="SPRT"), "relatedInvestigation")
    code(first, "1", RELATED)
    code(_author(first), "2", FIRST_SENDER)
    relation = add(event, "outboundRelationship", typeCode="SPRT")
    add(relation, "priorityNumber", value="1")
    source = add(relation, "relatedInvestigation")
    code(source, "2", RELATED)
    person = add(_author(source), "assignedPerson")
    add(add(person, "name"), "family", nullFlavor="MSK")
    qualified = add(person, "asQualifiedEntity")
    if reporter in REPORTERS:
        code(qualified, REPORTERS[reporter], QUALIFICATION)
    else:
        add(qualified, "code", nullFlavor="UNK")
    code(add(add(person, "asLocatedEntity"), "location"), sender.country, COUNTRY)
    author = add(add(add(event, "subjectOf1"), "controlActEvent"), "author")
    ours = add(author, "assignedEntity")
    code(ours, "3", SENDER_TYPE)
    add(add(ours, "representedOrganization"), "name", sender.organisation[:100])


def _author(investigation: Element) -> Element:
    event = add(add(investigation, "subjectOf2", typeCode="SUBJ"), "controlActEvent")
    return add(add(event, "author"), "assignedEntity")


def _characteristic(event: Element, number: str, system: str | None) -> None:
    """C.1.3 a spontaneous report; C.1.9.1 no other identifier of the case is known here."""
    characteristic = add(add(event, "subjectOf2", typeCode="SUBJ"), "investigationCharacteristic")
    code(characteristic, number, CHARACTERISTIC)
    if system:
        value(characteristic, "CE", code="1", codeSystem=system)
    else:
        value(characteristic, "BL", nullFlavor="NI")


def _device(parent: Element, tag: str, identifier: str, root: str) -> None:
    add(add(add(parent, tag), "device"), "id", extension=identifier, root=root)


def _narrative(case: Case) -> str:
    table = case.table("note")
    column = table.column("note_text") if table else None
    return str(column.values[0]) if column and column.values else ""


def _meddra_version(case: Case) -> str:
    if case.fact("terminology_system") == "CTCAE":
        return CTCAE_MEDDRA_VERSION
    return str(case.fact("terminology_edition") or "").partition(" ")[0]
