"""How DuckDB is told to read the warehouse's parts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from cognoscope.intake.cdm import CdmTable
from cognoscope.intake.manifest import PartFile

MEMORY_LIMIT = "512MB"


def configuration(folder: Path) -> dict[str, Any]:
    """Bounded memory, spilling beside the parts; nothing may be fetched from the network."""
    return {
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(folder / "spill"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }


def quoted(name: str) -> str:
    """A column or table of `cdm.TABLES` as an SQL identifier."""
    return f'"{name}"'


def read(folder: Path, files: Sequence[PartFile]) -> str:
    """SQL that reads these parts as one table."""
    paths = ", ".join("'" + str(folder / part.file).replace("'", "''") + "'" for part in files)
    return f"read_parquet([{paths}])"


def is_distinct(folder: Path, definition: CdmTable, files: Sequence[PartFile]) -> bool:
    """Whether no two rows of these parts share a primary key."""
    key = ", ".join(quoted(name) for name in definition.key)
    sql = f"SELECT 1 FROM {read(folder, files)} GROUP BY {key} HAVING count(*) > 1 LIMIT 1"  # noqa: S608
    with duckdb.connect(config=configuration(folder)) as database:
        return not database.execute(sql).fetchall()
