"""Sample cases of records.pseudonyms."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa

from cognoscope.apps.records.pseudonyms.case import build_case
from cognoscope.core.case import Case, Column, Fact, Table
from cognoscope.core.home import Home
from cognoscope.intake.deidentification.reasons import REASONS
from cognoscope.intake.warehouse import open_warehouse

AS_OF = datetime(2026, 11, 21, 6, tzinfo=UTC)
FIRST, SECOND = list(REASONS)[:2]


def usable() -> list[Case]:
    """An ordinary warehouse, and one where nothing was held back for a second reason."""
    return [
        build_case(3388, {FIRST: 9, SECOND: 3}, AS_OF, "warehouse"),
        build_case(150, {FIRST: 1}, AS_OF, "warehouse"),
    ]


def abstaining() -> dict[str, Case]:
    """Counts that say nothing."""
    normal = usable()[0]
    return {
        "empty": build_case(0, {}, AS_OF, "warehouse"),
        "too short": build_case(7, {FIRST: 1}, AS_OF, "warehouse"),
        "out of range": build_case(-5, {FIRST: 90}, AS_OF, "warehouse"),
        "garbage": normal.model_copy(
            update={
                "facts": (Fact(name="shown", value="many"),),
                "tables": (
                    Table(
                        name="held_back",
                        columns=(
                            Column(name="reason", type="text", values=(None,)),
                            Column(name="reports", type="text", values=("some",)),
                        ),
                    ),
                ),
            }
        ),
        "no table": normal.model_copy(update={"tables": ()}),
        "another's case": Case(kind="lung-scan", subject="person:abc", as_of=AS_OF),
    }


def happen(home: Home) -> datetime:
    """Eleven reports are held back for the first reason, and one was taken in."""
    rows = {
        "source": ["b" * 64] * 11,
        "file": ["reports.jsonl"] * 11,
        "line": list(range(11)),
        "kind": ["held-back"] * 11,
        "reason": [FIRST] * 11,
    }
    open_warehouse(home).commit("b" * 64, 0, {"quarantine": pa.table(rows)})
    return AS_OF + timedelta(days=1)
