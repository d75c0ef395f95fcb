"""The small FHIR data types every resource here is made of, and the names of our own code systems."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from cognoscope.core.actor import Actor
from cognoscope.core.noun import Digest, Slug, Subject

Resource = dict[str, Any]
Pseudonym = Callable[[str], str]
"""From an account to the pseudonym under which the person appears outside."""

OURS = "urn:cognoscope:"
"""Prefix of our identifier systems, code systems and extensions."""

ABSENT_REASONS = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
PARTICIPANT_TYPES = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
LIFECYCLE_EVENTS = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle"

_SUBJECT_TYPES = {"unit": "Location", "person": "Patient", "stay": "Encounter", "cohort": "Group", "report": "Patient"}
"""A declared report stands for the person it is about, whom nothing else names."""


def instant(moment: datetime) -> str:
    """A FHIR instant in UTC, to the microsecond where there is one."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def coding(system: str, code: str, display: str | None = None) -> Resource:
    """One Coding."""
    return {"system": system, "code": code} | ({"display": display} if display else {})


def concept(system: str, code: str, text: str | None = None) -> Resource:
    """A CodeableConcept of one Coding, with the words a person reads."""
    return {"coding": [coding(system, code)]} | ({"text": text} if text else {})


def identifier(kind: str, value: str) -> Resource:
    """An Identifier in one of our systems."""
    return {"system": OURS + kind, "value": value}


def extension(name: str, **value: Any) -> Resource:
    """An Extension of ours holding one `value[x]`."""
    return {"url": OURS + name, **value}


def subject_type(subject: Subject) -> str:
    """The R4 resource type a subject stands for."""
    return _SUBJECT_TYPES[subject.partition(":")[0]]


def subject_reference(subject: Subject) -> Resource:
    """A logical reference: the resource lives in the hospital's own system, not here."""
    kind, _, code = subject.partition(":")
    return {"type": subject_type(subject), "identifier": identifier(kind, code)}


def device_id(application: Slug, version: str, model_digest: Digest) -> str:
    """A FHIR id (64 characters at most) for one version of one application."""
    readable = "".join(char if char.isalnum() or char in "-." else "-" for char in f"{application}-{version}")
    return f"{readable[:47]}-{model_digest[:16]}"


def device_reference(application: Slug, version: str, model_digest: Digest) -> Resource:
    """The program that spoke, with its model's digest, so that it is known even once a newer one has replaced it."""
    return {
        "reference": f"Device/{device_id(application, version, model_digest)}",
        "type": "Device",
        "identifier": identifier("model", model_digest),
        "display": f"{application} {version}",
    }


def actor_reference(actor: Actor, pseudonym: Pseudonym) -> Resource:
    """A person under a pseudonym, or a program under its name."""
    if actor.kind == "person":
        return {"type": "Practitioner", "identifier": identifier("practitioner", pseudonym(actor.id))}
    return {"type": "Device", "identifier": identifier("program", actor.id)}
