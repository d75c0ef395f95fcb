"""How many reports are held back for each reason now: a later ingest may have held back more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cognoscope.apps.records.pseudonyms.case import cases_from_warehouse
from cognoscope.apps.records.pseudonyms.words import value_of
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.core.values import FINDING, Finding, TextValue


def outcomes(warehouse: Any, proposals: Sequence[Proposal], at: datetime) -> list[Outcome]:
    """For each reason of these proposals, the number of reports it holds back in the warehouse at `at`.

    That somebody found no identity in them is not in the warehouse: it is said by setting the finding aside.
    """
    asked = {
        (proposal.application, proposal.subject, finding.key)
        for proposal in proposals
        if isinstance(proposal.value, TextValue)
        for finding in proposal.value.findings
    }
    if not asked:
        return []
    now = {
        finding.key: _reports(finding) for case in cases_from_warehouse(warehouse, at) for finding in _findings(case)
    }
    return [
        Outcome(
            application=application,
            subject=subject,
            measure=FINDING,
            element=key,
            value=now.get(key, 0.0),
            known_at=at,
            source="quarantine",
        )
        for application, subject, key in sorted(asked)
    ]


def _findings(case: Any) -> tuple[Finding, ...]:
    reasons, reports = case.tables[0].columns
    total = max(1, int(case.fact("shown")) + sum(reports.values))
    return value_of(list(reasons.values), list(reports.values), total).findings


def _reports(finding: Finding) -> float:
    return float(finding.attributes[0].value or 0)
