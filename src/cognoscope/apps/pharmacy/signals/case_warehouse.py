"""The case of what the hospital has taken in with `ingest reports`."""

from datetime import datetime
from typing import Any

from cognoscope.apps.pharmacy.signals.case import build_case
from cognoscope.core.case import Case
from cognoscope.intake.knowledge.store import Knowledge, NotLoaded, default_knowledge, open_knowledge
from cognoscope.intake.reports.counting import count_pairs
from cognoscope.intake.reports.pair_reports import reports_of, shared_with
from cognoscope.intake.terminology import open_terminology


def case_of_warehouse(warehouse: Any, as_of: datetime) -> Case | None:
    """The case of all reports, or None where there are none."""
    backend = warehouse.connect()
    try:
        return case_of_database(backend.con, as_of, open_knowledge(warehouse.home), "warehouse")
    finally:
        backend.disconnect()


def case_of_database(
    database: Any, as_of: datetime, knowledge: Knowledge | None = None, source: str = ""
) -> Case | None:
    """The case of a DuckDB connection that holds the tables of reports.

    knowledge: gives the organ classes of reactions; the default installation's where it is None.
    """
    if database.execute("SELECT 1 FROM adverse_report LIMIT 1").fetchone() is None:
        return None
    counts = count_pairs(database, as_of.date())
    terminology, socs = _terminology(default_knowledge() if knowledge is None else knowledge)
    return build_case(
        counts,
        as_of,
        lambda pairs: reports_of(database, pairs),
        lambda triples: shared_with(database, triples),
        socs,
        terminology,
        source,
    )


def _terminology(knowledge: Knowledge) -> tuple[str, Any]:
    try:
        known = open_terminology(knowledge)
    except NotLoaded:
        return "", lambda reaction: ""

    def soc(reaction: str) -> str:
        term = known.find(reaction)
        return term.socs[0] if term and term.socs else ""

    return f"{known.system} {known.edition}", soc
