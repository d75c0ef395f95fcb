"""The whole ledger as FHIR, one resource a line: what another system takes over in bulk."""

import json
from collections.abc import Collection, Iterator
from typing import TextIO

from cognoscope.core.application import Application
from cognoscope.core.entry import Entry
from cognoscope.core.events import OutcomeKnown, ProposalMade, ReviewGiven
from cognoscope.core.ledger import Ledger
from cognoscope.core.queries import reviews
from cognoscope.exports.fhir import (
    device,
    outcome_observation,
    proposal_observation,
    proposal_provenance,
    review_provenance,
)
from cognoscope.exports.fhir.elements import Pseudonym, Resource

PAGE = 500


def write_extract(ledger: Ledger, applications: Collection[Application], pseudonym: Pseudonym, stream: TextIO) -> int:
    """Write devices, proposals (none made in the shadow), reviews and outcomes as NDJSON; returns how many lines."""
    written = 0
    for resource in _resources(ledger, applications, pseudonym):
        stream.write(json.dumps(resource, ensure_ascii=False, separators=(",", ":")) + "\n")
        written += 1
    return written


def _resources(ledger: Ledger, applications: Collection[Application], pseudonym: Pseudonym) -> Iterator[Resource]:
    for application in applications:
        yield device(application)
    shown: set[str] = set()
    last = 0
    while entries := ledger.entries(after_seq=last, limit=PAGE):
        for entry in entries:
            yield from _of_entry(ledger, entry, pseudonym, shown)
        last = entries[-1].seq


def _of_entry(ledger: Ledger, entry: Entry, pseudonym: Pseudonym, shown: set[str]) -> Iterator[Resource]:
    match entry.event:
        case ProposalMade(proposal=proposal, state=state) if state != "shadow":
            shown.add(proposal.digest)
            given = [each.review for each in reviews(ledger, proposal.digest)]
            yield proposal_observation(proposal, given)
            yield proposal_provenance(proposal, entry.seq, entry.at)
        case ReviewGiven(review=review) if review.proposal in shown:
            yield review_provenance(review, entry.actor, entry.seq, entry.at, pseudonym)
        case OutcomeKnown(outcome=outcome):
            yield outcome_observation(outcome, entry.seq)
        case _:
            pass
