"""What the ledger already knows of a stay: the alerts that somebody decided, and the policy in force."""

from datetime import datetime

from cognoscope.apps.pharmacy.interactions.card import CARD
from cognoscope.apps.pharmacy.interactions.prescription import Earlier
from cognoscope.apps.pharmacy.interactions.prescription_case import instant_text, prescription_of, with_recalled
from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.core.events import PolicyChanged, ReviewGiven
from cognoscope.core.ledger import Ledger
from cognoscope.core.proposal import Proposal
from cognoscope.core.queries import proposal
from cognoscope.core.review import Review
from cognoscope.core.values import Finding, TextValue

VISIBLE = ("contraindicated", "alert")
"""Groups whose findings a person saw: a decision on the whole is a decision on them."""


def recall(case: Case, ledger: Ledger) -> Case:
    """The case with the decided alerts of its subject and the policy in force.

    What a program proposed and nobody decided is not "seen": it would vanish from the inbox at the next run. What the
    case says was shown (as a card, to a prescriber) stays; a decision on it counts before that.
    """
    policy = policy_in_force(ledger)
    earlier = decided(ledger, case.subject, case.as_of)
    if not earlier and policy is None and case.fact("policy") is None:
        return case  # mostly so, and a case is dear to make and to digest again
    try:
        shown = prescription_of(case).earlier
    except InvalidInput:
        return case
    return with_recalled(case, [*shown, *earlier], None if policy is None else policy.policy)


def shown_before(made: Proposal, element: str, at: str) -> Earlier | None:
    """The alert that a card of this proposal showed, as `build_case` takes it; None: the card showed no alert, or a
    contraindication, which is shown until somebody decides.
    """
    found = made.value.element(element) if isinstance(made.value, TextValue) else None
    if not isinstance(found, Finding) or found.group != "alert":
        return None
    details = {each.name: str(each.value or "") for each in found.attributes}
    return Earlier(details["alert"], details.get("signature", ""), at)


def policy_in_force(ledger: Ledger) -> PolicyChanged | None:
    """The last policy that a person put in force, or None: the one that ships."""
    for entry in ledger.entries(event="PolicyChanged", newest_first=True):
        if isinstance(entry.event, PolicyChanged) and entry.event.application == CARD.name:
            return entry.event
    return None


def decided(ledger: Ledger, subject: str, before: datetime) -> list[Earlier]:
    """Each alert of the subject that a person decided, oldest decision first."""
    found: dict[tuple[str, str], Earlier] = {}
    reviews = _reviews(ledger, subject)
    # By way of the reviews: a stay has a proposal for each hook of each drug, and few that somebody decided.
    decided_on = sorted(filter(None, (proposal(ledger, digest) for digest in reviews)), key=lambda made: made.seq)
    for made in decided_on:
        if made.proposal.as_of < before:
            for one in _decided_in(made.proposal, reviews[made.proposal.digest]):
                found[one.key, one.signature] = one
    return sorted(found.values(), key=lambda one: (one.at, one.key, one.signature))


def _reviews(ledger: Ledger, subject: str) -> dict[str, list[Review]]:
    """The reviews of a subject's proposals, by the proposals' digests, oldest first."""
    found: dict[str, list[Review]] = {}
    for entry in ledger.entries(event="ReviewGiven", application=CARD.name, subject=subject):
        if isinstance(entry.event, ReviewGiven):
            found.setdefault(entry.event.review.proposal, []).append(entry.event.review)
    return found


def _decided_in(made: Proposal, reviews: list[Review]) -> list[Earlier]:
    if not isinstance(made.value, TextValue):
        return []
    whole = [review for review in reviews if review.element is None and review.verdict != "defer"]
    found = []
    for finding in made.value.findings:
        details = {attribute.name: str(attribute.value or "") for attribute in finding.attributes}
        if "rule" not in details:
            continue
        own = [review for review in reviews if review.element == finding.key and review.verdict != "defer"]
        said = own or (whole if finding.group in VISIBLE else [])
        if said:
            last = said[-1]
            at = instant_text(last.decided_at) or ""
            found.append(Earlier(details["alert"], details.get("signature", ""), at, last.verdict, last.reason or ""))
    return found
