"""A line of the access log as an AuditEvent."""

from datetime import datetime

from cognoscope.core.actor import Actor
from cognoscope.core.noun import Subject
from cognoscope.exports.fhir.elements import (
    LIFECYCLE_EVENTS,
    OURS,
    Pseudonym,
    Resource,
    actor_reference,
    coding,
    concept,
    instant,
    subject_reference,
)


def audit_event(
    number: int, actor: Actor, what: str, subject: Subject | None, at: datetime, pseudonym: Pseudonym
) -> Resource:
    """Who looked at what, when; `number` is the line's own in the access log."""
    entity: Resource = {"description": what}
    if subject is not None:
        entity["what"] = subject_reference(subject)
    return {
        "resourceType": "AuditEvent",
        "id": f"access-{number}",
        "type": coding(LIFECYCLE_EVENTS, "access", "Access/View Record Lifecycle Event"),
        "action": "R",
        "recorded": instant(at),
        "outcome": "0",
        "agent": [
            {
                "who": actor_reference(actor, pseudonym),
                "requestor": True,
                **({"role": [concept(OURS + "role", actor.role)]} if actor.role else {}),
            }
        ],
        "source": {"observer": {"type": "Device", "display": "Cognoscope"}},
        "entity": [entity],
    }
