"""What became of an alert: whether one of its orders was stopped within 48 hours, and the potassium that followed."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from cognoscope.apps.pharmacy.interactions.card import CARD
from cognoscope.apps.pharmacy.interactions.knowledge import measured
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.core.values import FINDING, Finding, TextValue
from cognoscope.intake.warehouse import Warehouse

STOPPED_WITHIN = timedelta(hours=48)
POTASSIUM_WITHIN = timedelta(days=7)
POTASSIUM = "highest-potassium"
"""Measure of the highest potassium of the week that followed an alert about potassium, in mmol/L."""


def outcomes(warehouse: Warehouse, proposals: Sequence[Proposal], at: datetime) -> list[Outcome]:
    """What the warehouse knows at an instant of the alerts of these proposals, once their 48 hours are over."""
    due = [one for one in proposals if isinstance(one.value, TextValue) and one.as_of + STOPPED_WITHIN <= at]
    stays = {int(one.subject.removeprefix("stay:")): one for one in due if one.subject.removeprefix("stay:").isdigit()}
    if not stays:
        return []
    backend = warehouse.connect()
    try:
        drugs = _rows(backend, "drug_exposure", list(stays))
        results = _rows(backend, "measurement", list(stays))
    finally:
        backend.disconnect()
    ends = {f"d{row['drug_exposure_id']}": _end(row) for row in drugs}
    found = []
    for proposal in due:
        for finding in proposal.value.findings if isinstance(proposal.value, TextValue) else ():
            found += list(_of(proposal, finding, ends, results, at))
    return found


def _of(
    proposal: Proposal, finding: Finding, ends: dict[str, Any], results: list[dict[str, Any]], at: datetime
) -> Iterator[Outcome]:
    details = {attribute.name: str(attribute.value or "") for attribute in finding.attributes}
    known = [ends[key] for key in details.get("orders", "").split() if key in ends]
    if known:
        limit = (proposal.as_of + STOPPED_WITHIN).date()
        stopped = any(end is not None and end <= limit for end in known)
        yield _outcome(proposal, FINDING, finding.key, stopped, at)
    if details.get("asks") and "potassium" in details["asks"].split():
        highest = _highest_potassium(proposal, results)
        if highest is not None:
            yield _outcome(proposal, POTASSIUM, finding.key, highest, at)


def _outcome(proposal: Proposal, measure: str, element: str, value: float | bool, at: datetime) -> Outcome:
    return Outcome(
        application=CARD.name,
        subject=proposal.subject,
        measure=measure,
        element=element,
        value=value,
        known_at=at,
        source="warehouse",
    )


def _end(row: dict[str, Any]) -> Any:
    """The day an order ended; None where intake knows none (it then ends the day it began)."""
    start, end = row["drug_exposure_start_date"], row["drug_exposure_end_date"]
    return None if end is None or (end == start and not row.get("stop_reason")) else end


def _highest_potassium(proposal: Proposal, results: list[dict[str, Any]]) -> float | None:
    first, last = proposal.as_of.date(), (proposal.as_of + POTASSIUM_WITHIN).date()
    stay = proposal.subject.removeprefix("stay:")
    values = []
    for row in results:
        if str(row["visit_occurrence_id"]) == stay and first < row["measurement_date"] <= last:
            if row["value_as_number"] is None:
                continue
            meant = measured(
                str(row["measurement_source_value"] or ""), row["value_as_number"], str(row["unit_source_value"] or "")
            )
            if meant is not None and meant[0].name == "potassium":
                values.append(meant[1])
    return max(values, default=None)


def _rows(backend: Any, name: str, stays: list[int]) -> list[dict[str, Any]]:
    table = backend.table(name)
    rows: list[dict[str, Any]] = (
        table.filter(table.visit_occurrence_id.isin(stays)).order_by(f"{name}_id").to_pyarrow().to_pylist()
    )
    return rows
