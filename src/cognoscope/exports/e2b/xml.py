"""The HL7 v3 elements an E2B(R3) case is made of, and the object identifiers of its code lists and identifiers.

Source: ICH E2B(R3) Implementation Guide, Electronic Transmission of Individual Case Safety Reports, section 3.4 and
appendix I (C, technical information).
"""

from datetime import datetime
from xml.etree import ElementTree

HL7 = "urn:hl7-org:v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
ICH = "2.16.840.1.113883.3.989.2.1."
INTERACTION = "2.16.840.1.113883.1.6"
TRIGGER = "2.16.840.1.113883.1.18"
MEDDRA = "2.16.840.1.113883.6.163"
ACT_CODE = "2.16.840.1.113883.5.4"
SEX = "1.0.5218"
COUNTRY = "1.0.3166.1.2.2"

MESSAGE_TYPE = f"{ICH}1.1"
REPORT_TYPE = f"{ICH}1.2"
FIRST_SENDER = f"{ICH}1.3"
QUALIFICATION = f"{ICH}1.6"
SENDER_TYPE = f"{ICH}1.7"
OUTCOME = f"{ICH}1.11"
CHARACTERISATION = f"{ICH}1.13"
ACTION_TAKEN = f"{ICH}1.15"
RECURRENCE = f"{ICH}1.16"
OBSERVATION = f"{ICH}1.19"
ORGANIZER = f"{ICH}1.20"
ASSESSOR = f"{ICH}1.21"
RELATED = f"{ICH}1.22"
CHARACTERISTIC = f"{ICH}1.23"

CASE_ID = f"{ICH}3.1"
WORLDWIDE_ID = f"{ICH}3.2"
MESSAGE_SENDER = f"{ICH}3.11"
MESSAGE_RECEIVER = f"{ICH}3.12"
BATCH_SENDER = f"{ICH}3.13"
BATCH_RECEIVER = f"{ICH}3.14"
BATCH_ID = f"{ICH}3.22"

Element = ElementTree.Element

CLASSES = {
    "PORR_IN049016UV": {},
    "controlActProcess": {"classCode": "CACT", "moodCode": "EVN"},
    "controlActEvent": {"classCode": "CACT", "moodCode": "EVN"},
    "investigationEvent": {"classCode": "INVSTG", "moodCode": "EVN"},
    "relatedInvestigation": {"classCode": "INVSTG", "moodCode": "EVN"},
    "adverseEventAssessment": {"classCode": "INVSTG", "moodCode": "EVN"},
    "investigationCharacteristic": {"classCode": "OBS", "moodCode": "EVN"},
    "observationEvent": {"classCode": "OBS", "moodCode": "EVN"},
    "observation": {"classCode": "OBS", "moodCode": "EVN"},
    "causalityAssessment": {"classCode": "OBS", "moodCode": "EVN"},
    "adverseEffectReference": {"classCode": "OBS", "moodCode": "EVN"},
    "actReference": {"classCode": "OBS", "moodCode": "EVN"},
    "substanceAdministration": {"classCode": "SBADM", "moodCode": "EVN"},
    "productUseReference": {"classCode": "SBADM", "moodCode": "EVN"},
    "organizer": {"classCode": "CATEGORY", "moodCode": "EVN"},
    "act": {"classCode": "ACT", "moodCode": "EVN"},
    "device": {"classCode": "DEV", "determinerCode": "INSTANCE"},
    "assignedEntity": {"classCode": "ASSIGNED"},
    "assignedPerson": {"classCode": "PSN", "determinerCode": "INSTANCE"},
    "asQualifiedEntity": {"classCode": "QUAL"},
    "asLocatedEntity": {"classCode": "LOCE"},
    "location": {"classCode": "COUNTRY", "determinerCode": "INSTANCE"},
    "representedOrganization": {"classCode": "ORG", "determinerCode": "INSTANCE"},
    "primaryRole": {"classCode": "INVSBJ"},
    "player1": {"classCode": "PSN", "determinerCode": "INSTANCE"},
    "instanceOfKind": {"classCode": "INST"},
    "kindOfProduct": {"classCode": "MMAT", "determinerCode": "KIND"},
    "ingredient": {"classCode": "ACTI"},
    "ingredientSubstance": {"classCode": "MMAT", "determinerCode": "KIND"},
    "author": {"typeCode": "AUT"},
    "performer": {"typeCode": "PRF"},
    "component": {"typeCode": "COMP"},
    "consumable": {"typeCode": "CSM"},
    "subjectOf1": {"typeCode": "SUBJ"},
    "receiver": {"typeCode": "RCV"},
    "sender": {"typeCode": "SND"},
}
"""Attributes that the schema fixes for an element wherever it stands."""

ElementTree.register_namespace("", HL7)
ElementTree.register_namespace("xsi", XSI)


def add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    """A child element of HL7's namespace with its fixed attributes and these."""
    child = ElementTree.SubElement(parent, f"{{{HL7}}}{tag}", CLASSES.get(tag, {}) | attributes)
    child.text = text
    return child


def code(parent: Element, value: str, system: str) -> Element:
    """A `code` child."""
    return add(parent, "code", code=value, codeSystem=system)


def value(parent: Element, kind: str, text: str | None = None, **attributes: str) -> Element:
    """A `value` child of an HL7 data type: `BL`, `CE`, `PQ`, `ST`, `ED`."""
    return add(parent, "value", text, **{f"{{{XSI}}}type": kind}, **attributes)


def observe(parent: Element, relation: str, number: str, tag: str = "outboundRelationship2") -> Element:
    """An observation of that code (list 1.19) under a relationship of the parent."""
    observation = add(add(parent, tag, typeCode=relation), "observation")
    code(observation, number, OBSERVATION)
    return observation


def second(moment: datetime) -> str:
    """CCYYMMDDhhmmss with the offset, as the dates of a transmission are written."""
    return f"{moment:%Y%m%d%H%M%S%z}"


def day(text: str) -> str:
    """CCYYMMDD, CCYYMM or CCYY of an ISO date of that precision."""
    return text[:10].replace("-", "")
