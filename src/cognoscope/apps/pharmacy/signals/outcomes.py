"""What later reports say of a proposed signal: it stood, or it faded."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cognoscope.apps.pharmacy.signals.pair_key import pair_key
from cognoscope.apps.pharmacy.signals.rules import rules
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.core.values import FINDING, TableValue
from cognoscope.intake.reports.counting import count_pairs
from cognoscope.methods.disproportionality.information import information_component

SOURCE = "reports received after the proposal"


def outcomes(warehouse: Any, proposals: Sequence[Proposal], at: datetime) -> list[Outcome]:
    """For each proposed pair: true where the reports of the months after the proposal, alone, show it again.

    Shown again: at least three new reports and a lower bound of the information component above 0, against the new
    reports of all drugs. After a year without that: false. Before: nothing is known yet.
    """
    rule, found = rules(), {}
    for proposal in proposals:
        if not isinstance(proposal.value, TableValue) or not proposal.value.rows or at <= proposal.as_of:
            continue
        since = _next_month(proposal.as_of)
        if since > at.date():
            continue
        seen = _since(warehouse, at, since)
        old = (at.year - since.year) * 12 + at.month - since.month >= rule.outcome_months
        for row in proposal.value.rows:
            both, low = seen.get(row.key, (0.0, -1.0))
            again = both >= rule.outcome_fewest and low > rule.ic025
            if again or (old and seen):
                found[proposal.subject, row.key] = Outcome(
                    application=proposal.application,
                    subject=proposal.subject,
                    measure=FINDING,
                    element=row.key,
                    value=again,
                    known_at=at,
                    source=SOURCE,
                )
    return list(found.values())


def _since(warehouse: Any, at: datetime, since: Any) -> dict[str, tuple[float, float]]:
    """New reports, and IC025 among them, by key of the pair."""
    backend = warehouse.connect()
    try:
        counts = count_pairs(backend.con, at.date(), since)
    finally:
        backend.disconnect()
    low = information_component(counts.both, counts.expected()).low
    return {
        pair_key(counts.drugs[drug], counts.reactions[reaction]): (float(both), float(bound))
        for drug, reaction, both, bound in zip(counts.drug_of, counts.reaction_of, counts.both, low, strict=True)
    }


def _next_month(instant: datetime) -> Any:
    year, month = divmod(instant.year * 12 + instant.month, 12)
    return instant.date().replace(year=year, month=month + 1, day=1)
