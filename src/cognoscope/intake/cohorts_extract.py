"""A pseudonymised extract of a cohort's rows: for roles that may, recorded in the ledger before anybody can read it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import duckdb
import ibis

from cognoscope.core.actor import Actor, Role
from cognoscope.core.errors import InvalidInput, NotAllowed
from cognoscope.core.events import ExtractExported
from cognoscope.core.ledger import Ledger
from cognoscope.intake.cohorts import Cohort, members
from cognoscope.intake.cohorts_counts import FEW
from cognoscope.intake.cohorts_text import TextFinder
from cognoscope.intake.new_folder import new_folder
from cognoscope.intake.warehouse import Warehouse

EXTRACTED_BY = frozenset({Role.MANAGER, Role.DATA_PROTECTION_OFFICER})
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
    persons: int
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
        folder: made by this; must be new or empty.
        purpose: why, for the ledger.
        actor: a person in one of the roles `EXTRACTED_BY`.
        ledger: is told (`ExtractExported`) before the folder gets its name: it may know of an export that a crash
            undid, but never lacks one.
        at: when.
        notes: whether the reports' texts go with it.
        form: of the files, one a table.
        find_text: as in `members`.

    Raises:
        NotAllowed: the actor's role does not permit it; fewer than ten persons, for any but the data protection
            officer, who is warned.
        InvalidInput: no purpose, a folder that is not empty, nobody in the cohort, a disk that cannot be written.
    """
    if actor.role not in EXTRACTED_BY:
        raise NotAllowed(
            "An extract is made by a manager or the data protection officer: ask one of them, with the purpose."
        )
    if not purpose.strip():
        raise InvalidInput("An extract needs a purpose, which the ledger keeps: give --purpose.")
    backend = warehouse.connect()
    try:
        ids = members(cohort, backend, find_text=find_text).to_pyarrow()
        warning = _warning(cohort, ids.num_rows, actor)
        table = ibis.memtable(ids)
        with new_folder(folder, "The extract") as partial:
            rows = {}
            for name in (*TABLES, *(TEXT_TABLES if notes else ())):
                source = backend.table(name)
                chosen = source.filter(source.person_id.isin(table.person_id))
                rows[name] = int(chosen.count().to_pyarrow().as_py())
                file = partial / f"{name}.{form}"
                try:
                    chosen.to_csv(file) if form == "csv" else chosen.to_parquet(file)
                except duckdb.IOException as error:
                    raise InvalidInput(f"The extract could not be written to {folder}: free some space.") from error
            (partial / "cohort.json").write_bytes(cohort.canonical())
            what = f"cohort:{cohort.name}:{cohort.digest[:12]}"
            event = ExtractExported(what=what, rows=sum(rows.values()), purpose=purpose.strip())
            ledger.append(event, actor, at)
    finally:
        backend.disconnect()
    return Extracted(folder, ids.num_rows, rows, warning)


def _warning(cohort: Cohort, persons: int, actor: Actor) -> str:
    if persons == 0:
        raise InvalidInput(f"Nobody is in the cohort {cohort.name}: there is nothing to extract.")
    if persons >= FEW:
        return ""
    if actor.role is not Role.DATA_PROTECTION_OFFICER:
        raise NotAllowed(
            f"The cohort {cohort.name} has fewer than {FEW} persons, who could be recognised: widen it, or ask the "
            "data protection officer."
        )
    return f"The cohort has fewer than {FEW} persons: they could be recognised from what was extracted."
