"""What the laboratory found afterwards: was the germ susceptible to each option?"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.core.values import FINDING, Finding, TextValue

WITHIN = timedelta(days=7)
"""An isolate taken within a week of the question is taken to be of the same infection."""


def outcomes(warehouse: Any, proposals: Sequence[Proposal], at: datetime) -> list[Outcome]:
    """For each option, whether an agent of it was active against every isolate of the person within a week.

    Options whose agents were not all tested, and not found active, give no outcome.
    """
    asked = [each for each in proposals if isinstance(each.value, TextValue) and each.subject.startswith("person:")]
    if not asked:
        return []
    rows = _isolates(warehouse, {int(each.subject[7:]) for each in asked if each.subject[7:].isdigit()})
    found = []
    for proposal in asked:
        assert isinstance(proposal.value, TextValue)
        after = [row for row in rows if f"person:{row['person_id']}" == proposal.subject and _near(row, proposal, at)]
        for finding in proposal.value.findings:
            active = _active(finding, after) if finding.group == "option" else None
            if active is not None:
                found.append(
                    Outcome(
                        application=proposal.application,
                        subject=proposal.subject,
                        measure=FINDING,
                        element=finding.key,
                        value=active,
                        known_at=at,
                        source="warehouse",
                    )
                )
    return found


def _near(row: dict[str, Any], proposal: Proposal, at: datetime) -> bool:
    day = pd.Timestamp(row["isolate_date"]).date()
    return proposal.as_of.date() <= day <= min(proposal.as_of + WITHIN, at).date()


def _active(finding: Finding, rows: list[dict[str, Any]]) -> bool | None:
    agents = str(next((one.value for one in finding.attributes if one.name == "tested"), "")).split("+")
    by_germ: dict[str, dict[str, str]] = {}
    for row in rows:
        by_germ.setdefault(str(row["germ"]), {})[str(row["agent"]).upper()] = str(row["category"] or "")
    said = []
    for results in by_germ.values():
        categories = [results.get(agent, "") for agent in agents]
        if any(one in ("S", "I") for one in categories):
            said.append(True)
        elif all(one == "R" for one in categories):
            said.append(False)
        else:
            return None
    return all(said) if said else None


def _isolates(warehouse: Any, persons: set[int]) -> list[dict[str, Any]]:
    backend = warehouse.connect()
    try:
        table = backend.table("isolate")
        chosen = table.filter(
            table.person_id.isin(sorted(persons)), (table.screening != "yes") | table.screening.isnull()
        )
        found: list[dict[str, Any]] = chosen.to_pandas().to_dict("records")
    finally:
        backend.disconnect()
    return found
