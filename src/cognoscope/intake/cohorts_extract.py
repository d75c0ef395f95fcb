"""A pseudonymised extract of a cohort's rows: for roles that may, recorded in the ledger before it is written."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from cognoscope.core.actor import Actor, Role
from cognoscope.core.ledger import Ledger
from cognoscope.intake.cohorts import Cohort
from cognoscope.intake.cohorts_text import TextFinder
from cognoscope.intake.warehouse import Warehouse

EXTRACTED_BY = frozenset({Role.MANAGER, Role.DATA_PROTECTION_OFFICER})
FEW = 10
TABLES = (
    "person",
    "visit_occurrence",
    "condition_occurrence",
    "drug_exposure",
    "procedure_occurrence",
    "measurement",
)
TEXT_TABLES = ("note",)


@dataclass(frozen=True)
class Extracted:
    """Rows written, by table, and a sentence of warning where there is one."""

    folder: Path
    rows: dict[str, int]
    warning: str = ""


def export(
    cohort: Cohort,
    warehouse: Warehouse,
    folder: Path,
    *,
    purpose: str,
    actor: Actor,
    ledger: Ledger,
    at: datetime,
    notes: bool = False,
    form: Literal["parquet", "csv"] = "parquet",
    find_text: TextFinder | None = None,
) -> Extracted:
    """Write the members' rows of each table, without anybody who refused the reuse of their data.

    Args:
        cohort: whose rows.
        warehouse: where they are taken from.
        folder: made by this; must not exist yet.
        purpose: why, for the ledger.
        actor: a person in one of the roles `EXTRACTED_BY`.
        ledger: is told (`ExtractExported`) before the folder gets its name.
        at: when.
        notes: whether the reports' texts go with it.
        form: of the files.
        find_text: as in `members`.

    Raises:
        NotAllowed: the actor's role does not permit it; fewer than ten persons, for any but the data protection
            officer, who is warned.
        InvalidInput: no purpose, an existing folder, nobody in the cohort, a disk that cannot be written.
    """
    raise NotImplementedError
