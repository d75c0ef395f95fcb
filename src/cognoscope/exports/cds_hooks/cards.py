"""Cards from a proposal: the one alert that matters, or what could not be checked; often none.

Specification: CDS Hooks 2.0, "Card Attributes", "Source", "Suggestion", "Reasons for rejecting a card" and "Link".
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cognoscope.core.card import Card
from cognoscope.core.proposal import Proposal
from cognoscope.exports.cds_hooks.question import Question

Json = dict[str, Any]
MOST_SUMMARY = 139
"""A summary has fewer than 140 characters."""

REASONS = "urn:cognoscope:reason:pharmacy.interactions"
ALERT, FOLDED, SUPPRESSED, UNCHECKED = "alert", "folded", "suppressed", "unchecked"
INDICATORS = {"contraindicated": "critical", "discouraged": "warning", "precaution": "warning", "to-review": "warning"}
"""By level; every other level is `info`."""


@dataclass(frozen=True)
class Reading:
    """For whom cards are written: hook, what was asked, language, address of this server, the application's card."""

    hook: str
    question: Question
    language: str
    base: str
    card: Card


def cards_of(proposal: Proposal, reading: Reading) -> Iterator[tuple[str | None, Callable[[str], Json]]]:
    """The element of the proposal that each card is about, and the card once it has an identifier."""
    raise NotImplementedError
