"""Reports of a file in a DuckDB database of their own, for a question that no installation is needed for."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from cognoscope.intake.cdm import TABLES
from cognoscope.intake.reports import faers, pairs, vigibase
from cognoscope.intake.reports.ingest import layout_of as layout_of
from cognoscope.intake.reports.ingest import past, tables_of
from cognoscope.intake.reports.report import Delivery, usable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Numbers:
    """Numbers in the order of meeting, where there is no hospital's key to make pseudonyms with."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], int] = {}

    def key63(self, kind: str, identifier: str) -> int:
        """The number of that identifier."""
        return self._known.setdefault((kind, identifier), len(self._known) + 1)


def database_of(path: Path, at: datetime, database: "DuckDBPyConnection") -> Delivery:
    """Fill the tables `adverse_report`, `report_drug`, `report_reaction` and `report_removed`.

    Raises:
        InvalidInput: the file or folder cannot be read as reports.
    """
    layout = layout_of(path)
    found = {"faers": faers.read, "vigibase": vigibase.read, "pairs": pairs.read}[layout](path)
    numbers = Numbers()
    tables = tables_of(list(usable(past(found, at.date()), found.rejected)), found.source, numbers)
    removed = [numbers.key63("report_case", f"{found.source}:{case}") for case in found.removed]
    tables["report_removed"] = pa.table([pa.array(removed, pa.int64())], TABLES["report_removed"].schema)
    for name, rows in tables.items():
        database.register("arriving", rows)
        database.execute(f"CREATE TABLE {name} AS SELECT * FROM arriving")  # noqa: S608 - our own names
        database.unregister("arriving")
    return found
