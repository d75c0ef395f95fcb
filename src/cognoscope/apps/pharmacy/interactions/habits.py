"""What a ward keeps setting aside with good reason: counted from reviews, offered to the pharmacist only."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from cognoscope.apps.pharmacy.interactions.alerts import CONTRAINDICATED
from cognoscope.apps.pharmacy.interactions.card import CARD
from cognoscope.core.events import ProposalMade, ReviewGiven
from cognoscope.core.ledger import Ledger
from cognoscope.core.values import TextValue

GOOD_REASONS = frozenset({"benefit-outweighs", "already-monitored", "dose-adapted", "known-tolerated", "not-relevant"})
"""Setting aside for one of these says that the alert was of no use here; a wrong datum says nothing of the kind."""

LEAST_DECIDED = 10
LEAST_SHARE = 0.75
"""The lower end of the 95 % Wilson interval of the share set aside must reach this."""


@dataclass(frozen=True)
class Suggestion:
    """A line that the pharmacist may add: of `decided` times, `set_aside` with good reason, mostly `reason`."""

    ward: str
    rule: str
    level: str
    label: str
    decided: int
    set_aside: int
    reason: str


def suggestions(ledger: Ledger) -> list[Suggestion]:
    """Rules that a ward sets aside nearly always, from every review of the ledger; contraindications never."""
    return suggest(decided(ledger))


@dataclass(frozen=True)
class Decided:
    """One decision on one alert."""

    ward: str
    rule: str
    level: str
    label: str
    verdict: str
    reason: str


def decided(ledger: Ledger) -> list[Decided]:
    """Each decision that a person took on one alert, in the order of the ledger."""
    findings = {}
    for entry in ledger.entries(event="ProposalMade", application=CARD.name):
        if isinstance(entry.event, ProposalMade) and isinstance(entry.event.proposal.value, TextValue):
            for finding in entry.event.proposal.value.findings:
                details = {attribute.name: str(attribute.value or "") for attribute in finding.attributes}
                if "rule" in details:
                    findings[entry.event.proposal.digest, finding.key] = (finding, details)
    found = []
    for entry in ledger.entries(event="ReviewGiven"):
        if not isinstance(entry.event, ReviewGiven):
            continue
        review = entry.event.review
        known = findings.get((review.proposal, review.element or ""))
        if known is not None and review.verdict != "defer":
            finding, details = known
            found.append(
                Decided(
                    details.get("ward", ""),
                    details["rule"],
                    details["level"],
                    finding.label.fr,
                    review.verdict,
                    review.reason or "",
                )
            )
    return found


def suggest(decisions: Iterable[Decided]) -> list[Suggestion]:
    """The lines worth offering, those decided most often first."""
    groups: dict[tuple[str, str], list[Decided]] = defaultdict(list)
    for one in decisions:
        if one.ward and one.level != CONTRAINDICATED:
            groups[one.ward, one.rule].append(one)
    found = []
    for (ward, rule), held in groups.items():
        aside = [one for one in held if one.verdict == "overrule" and one.reason in GOOD_REASONS]
        if len(held) >= LEAST_DECIDED and wilson_low(len(aside), len(held)) >= LEAST_SHARE:
            reason = Counter(one.reason for one in aside).most_common(1)[0][0]
            found.append(Suggestion(ward, rule, held[-1].level, held[-1].label, len(held), len(aside), reason))
    return sorted(found, key=lambda one: (-one.decided, one.ward, one.rule))


def wilson_low(hits: int, count: int) -> float:
    """Lower end of the 95 % interval of a share (Wilson, JASA 1927)."""
    z = 1.959964
    share = hits / count
    middle = share + z * z / (2 * count)
    spread = z * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return float((middle - spread) / (1 + z * z / count))
