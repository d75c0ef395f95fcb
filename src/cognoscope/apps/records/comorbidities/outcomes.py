"""What the hospital coded later: a condition of the proposal is true where a CIM-10 code of it came after `as_of`.

A person with no code at all after `as_of` has no outcome: not coded is not the same as not ill. Codes are those of
`condition_occurrence.condition_source_value`, with or without the dot (Quan 2005, `cim10.csv`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from cognoscope.apps.records.comorbidities.case_warehouse import subject_of
from cognoscope.apps.records.comorbidities.knowledge import cim10
from cognoscope.apps.records.comorbidities.model import rows_of
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.core.values import FINDING, TextValue

SOURCE = "condition_occurrence"
CIM10 = r"^[A-Z][0-9]{2}"


def outcomes(warehouse: Any, proposals: Sequence[Proposal], at: datetime) -> list[Outcome]:
    """For each condition of these proposals whether it was coded between the proposal and `at`."""
    asked = [proposal for proposal in proposals if isinstance(proposal.value, TextValue)]
    if not asked:
        return []
    codes = _codes(warehouse, min(proposal.as_of for proposal in asked), at)
    found: dict[tuple[str, str], Outcome] = {}
    for proposal in asked:
        rows = codes.get(proposal.subject)
        later = [] if rows is None else [code for day, code in rows if day > f"{proposal.as_of:%Y-%m-%d}"]
        if not later or not isinstance(proposal.value, TextValue):
            continue
        coded = {name for code in later if (name := condition_of(code))}
        known = {name for name, _, _ in cim10()}
        for finding in proposal.value.findings:
            if finding.key in known:
                found[proposal.subject, finding.key] = Outcome(
                    application=proposal.application,
                    subject=proposal.subject,
                    measure=FINDING,
                    element=finding.key,
                    value=finding.key in coded,
                    known_at=at,
                    source=SOURCE,
                )
    return list(found.values())


def condition_of(code: str) -> str | None:
    """The condition that a CIM-10 code stands for, by its longest prefix."""
    plain = code.replace(".", "").upper()
    return next((name for name, _, prefix in cim10() if plain.startswith(prefix)), None)


def _codes(warehouse: Any, since: datetime, at: datetime) -> dict[str, list[tuple[str, str]]]:
    """Subject -> (day, code) of what was coded after the day of `since`, up to `at`."""
    backend = warehouse.connect()
    try:
        table = backend.table("condition_occurrence")
        day = table.condition_start_date
        kept = table.filter(
            (day > since.date()) & (day <= at.date()) & table.condition_source_value.re_search(CIM10)
        ).select("person_id", "condition_source_value", day=day.cast("string"))
        persons = backend.table("person").select("person_id", "person_source_value")
        rows: pd.DataFrame = kept.left_join(persons, "person_id").to_pandas()
    finally:
        backend.disconnect()
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows_of(rows):
        subject = subject_of(row.person_source_value, row.person_id)
        found.setdefault(subject, []).append((row.day, row.condition_source_value))
    return found
