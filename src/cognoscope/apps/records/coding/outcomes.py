"""What the stay finally carries, once its coding has had time to settle."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from cognoscope.apps.records.coding.case_warehouse import CCAM, CIM10, code_in
from cognoscope.apps.records.coding.knowledge import bare, begins
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.core.values import Finding, TextValue

MEASURE = "finding"
SETTLED = timedelta(days=30)
"""The PMSI is sent monthly: the warehouse does not say when a code was entered, so codes count as final then."""


def outcomes(warehouse: Any, proposals: Sequence[Proposal], at: datetime) -> list[Outcome]:
    """For each code proposed or doubted, whether the stay holds it 30 days after the case.

    A code of the PMSI that is more precise than the proposed one counts as it. Stays that hold no code of the kind in
    question give no outcome: they may not be coded yet.
    """
    ripe = [each for each in proposals if isinstance(each.value, TextValue) and at >= each.as_of + SETTLED]
    if not ripe:
        return []
    held = _held(warehouse, {int(each.subject[5:]) for each in ripe if each.subject[5:].isdigit()})
    found: dict[tuple[str, str], Outcome] = {}
    for proposal in ripe:
        assert isinstance(proposal.value, TextValue)
        for finding in proposal.value.findings:
            codes = held.get((proposal.subject, finding.vocabulary or ""))
            if codes:
                found[proposal.subject, finding.key] = Outcome(
                    application=proposal.application,
                    subject=proposal.subject,
                    measure=MEASURE,
                    element=finding.key,
                    value=_holds(codes, finding),
                    known_at=at,
                    source="warehouse",
                )
    return list(found.values())


def _holds(codes: set[str], finding: Finding) -> bool:
    return any(begins(code, bare(finding.code or "")) for code in codes)


def _held(warehouse: Any, stays: set[int]) -> dict[tuple[str, str], set[str]]:
    """Codes by stay and vocabulary."""
    held: dict[tuple[str, str], set[str]] = {}
    backend = warehouse.connect()
    try:
        for name, vocabulary, form in (("condition", "CIM-10", CIM10), ("procedure", "CCAM", CCAM)):
            table = backend.table(f"{name}_occurrence")
            rows = table.filter(table.visit_occurrence_id.isin(sorted(stays)))
            for row in rows.select("visit_occurrence_id", f"{name}_source_value").to_pandas().itertuples(index=False):
                if code := code_in(row[1], form):
                    held.setdefault((f"stay:{row[0]}", vocabulary), set()).add(code)
    finally:
        backend.disconnect()
    return held
