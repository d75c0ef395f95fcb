"""Reads declarations that came as documents within the last 30 days; their texts were pseudonymised when they came."""

from datetime import datetime, time, timedelta
from typing import Any

from cognoscope.apps.pharmacy.reactions.case import build_case
from cognoscope.apps.pharmacy.reactions.declaration import Declaration
from cognoscope.apps.pharmacy.reactions.documents import is_declaration, notes
from cognoscope.core.case import Case
from cognoscope.intake.knowledge.store import open_knowledge
from cognoscope.intake.warehouse import Warehouse

RECENT_DAYS = 30
SEXES = {8532: "f", 8507: "m"}


def cases_from_warehouse(warehouse: Warehouse, as_of: datetime) -> list[Case]:
    """One case a declaration of the last 30 days; subject `report:note-<note_id>`.

    A case is dated by the end of its document's day, or `as_of` where that is earlier, so that running again the next
    day on the same data proposes nothing anew.
    """
    backend = warehouse.connect()
    try:
        found = notes(backend, as_of.date() - timedelta(days=RECENT_DAYS), as_of.date())
        declared = [row for row in found if is_declaration(row["note_title"])]
        people = _people(backend, {row["person_id"] for row in declared})
    finally:
        backend.disconnect()
    knowledge = open_knowledge(warehouse.home)
    cases = []
    for row in declared:
        known = people.get(row["person_id"], {})
        born = known.get("year_of_birth")
        declaration = Declaration(
            key=f"note-{row['note_id']}",
            text=row["note_text"],
            title=row["note_title"] or "",
            received_on=row["note_date"],
            age_years=float(max(0, row["note_date"].year - born)) if born else None,
            sex=SEXES.get(known.get("gender_concept_id", 0)),  # type: ignore[arg-type]
        )
        at = min(datetime.combine(row["note_date"], time(23, 59, 59), as_of.tzinfo), as_of)
        cases.append(build_case(declaration, knowledge, at, "warehouse", learned=True))
    return cases


def _people(backend: Any, wanted: set[Any]) -> dict[Any, dict[str, Any]]:
    if not wanted:
        return {}
    table = backend.table("person")
    rows = table.filter(table.person_id.isin(sorted(each for each in wanted if each is not None)))
    found = rows.select("person_id", "year_of_birth", "gender_concept_id").to_pyarrow().to_pylist()
    return {row["person_id"]: row for row in found}
