"""Where a proposal came from (author: a Device) and who decided on it (verifier: a Practitioner)."""

from datetime import datetime

from cognoscope.core.actor import Actor
from cognoscope.core.proposal import Proposal
from cognoscope.core.review import Review
from cognoscope.exports.fhir.elements import (
    OURS,
    PARTICIPANT_TYPES,
    Pseudonym,
    Resource,
    actor_reference,
    concept,
    device_reference,
    extension,
    identifier,
    instant,
)


def proposal_provenance(proposal: Proposal, number: int, recorded: datetime) -> Resource:
    """The application is the author; the case, by its digest, is the source. `number` is the ledger entry's."""
    return {
        "resourceType": "Provenance",
        "id": f"entry-{number}",
        "target": [{"reference": f"Observation/{proposal.digest}", "type": "Observation"}],
        "occurredDateTime": instant(proposal.as_of),
        "recorded": instant(recorded),
        "agent": [
            {
                "type": concept(PARTICIPANT_TYPES, "author"),
                "who": device_reference(proposal.application, proposal.version, proposal.model_digest),
            }
        ],
        "entity": [{"role": "source", "what": {"identifier": identifier("case", proposal.case_digest)}}],
    }


def review_provenance(review: Review, actor: Actor, number: int, recorded: datetime, pseudonym: Pseudonym) -> Resource:
    """The person who decided is the verifier. The free text of a review stays in the ledger."""
    resource: Resource = {
        "resourceType": "Provenance",
        "id": f"entry-{number}",
        "target": [{"reference": f"Observation/{review.proposal}", "type": "Observation"}],
        "occurredDateTime": instant(review.decided_at),
        "recorded": instant(recorded),
        "activity": concept(OURS + "verdict", review.verdict),
        "agent": [
            {
                "type": concept(PARTICIPANT_TYPES, "verifier"),
                "role": [concept(OURS + "role", actor.role or "none")],
                "who": actor_reference(actor, pseudonym),
            }
        ],
    }
    if review.reason is not None:
        resource["reason"] = [concept(OURS + "reason", review.reason)]
    extensions = []
    if review.element is not None:
        extensions.append(extension("element", valueString=review.element))
    match review.amended:
        case str() as words:
            extensions.append(extension("amended", valueString=words))
        case float() as value:
            extensions.append(extension("amended", valueDecimal=value))
        case _:
            pass
    return resource | ({"extension": extensions} if extensions else {})
