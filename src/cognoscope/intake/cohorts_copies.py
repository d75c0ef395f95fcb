"""Copies of the warehouse's tables for the engines that cohorts may run on beside DuckDB.

Copies hold what the views show: nobody who was in the opt-out register at the time. Ibis's own `insert` is not used:
it goes through pandas, where a column of 63-bit keys with gaps becomes floating point and its keys other keys.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cognoscope.intake.cdm import Kind
from cognoscope.intake.cdm import table as definition

ROWS_AT_ONCE = 50_000
SQL_TYPES: dict[Kind, str] = {
    "integer": "BIGINT",
    "number": "DOUBLE PRECISION",
    "text": "TEXT",
    "date": "DATE",
    "datetime": "TIMESTAMP",
}


def to_parquet(source: Any, folder: Path, tables: Iterable[str]) -> dict[str, Path]:
    """Write tables as one Parquet file each, for Spark (`backend.read_parquet(path, name)`); returns the files.

    Args:
        source: the Ibis backend of `Warehouse.connect`.
        folder: where to write; made if absent, files of the same names are replaced.
        tables: names of tables of the warehouse.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = {name: folder / f"{name}.parquet" for name in tables}
    for name, path in files.items():
        source.table(name).to_parquet(path)
    return files


def to_postgres(source: Any, target: Any, tables: Iterable[str]) -> dict[str, int]:
    """Replace tables of a PostgreSQL database by those of the warehouse, by COPY; returns the rows of each.

    Args:
        source: the Ibis backend of `Warehouse.connect`.
        target: an Ibis backend on PostgreSQL.
        tables: names of tables of the warehouse.

    Raises:
        InvalidInput: the warehouse has no such table.
    """
    copied = {}
    for name in tables:
        rows = source.table(name).select(definition(name).schema.names)
        columns = [f'"{column.name}" {SQL_TYPES[column.kind]}' for column in definition(name).columns]
        copied[name] = 0
        # One transaction a table: whoever reads meanwhile sees the old copy.
        with target.con.transaction(), target.con.cursor() as cursor:
            cursor.execute(f'DROP TABLE IF EXISTS "{name}"')
            cursor.execute(f'CREATE TABLE "{name}" ({", ".join(columns)})')
            with cursor.copy(f'COPY "{name}" FROM STDIN') as copy:
                for batch in rows.to_pyarrow_batches(chunk_size=ROWS_AT_ONCE):
                    for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                        copy.write_row(row)
                    copied[name] += batch.num_rows
    return copied
