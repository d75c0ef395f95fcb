"""Copying a database, while others use it, into a SQLite file, and back into SQLite or PostgreSQL.

A copy is always one SQLite file, whatever it was taken from; so a backup of a PostgreSQL installation needs no
program of that server's version, and either kind can be restored into the other.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, Table, func, insert, select

from cognoscope.core.database import History, migrate, require_current
from cognoscope.core.engine import describe, open_engine, sqlite_file
from cognoscope.core.errors import InvalidInput

_BATCH = 2_000


def copy_out(url: str, file: Path, history: History = "ledger") -> None:
    """Copy the database at `url`, as it is at one instant, into a new SQLite file.

    Raises:
        InvalidInput: there is no such database, or it has the schema of another version.
        DatabaseUnavailable: it cannot be used now, or the file cannot be written.
    """
    source = open_engine(url)
    try:
        require_current(source, history)
        if sqlite_file(source) is None:
            _copy_rows(source, f"sqlite:///{file}", history)
        else:
            copy_sqlite(Path(str(source.url.database)), file)
    finally:
        source.dispose()


def copy_in(file: Path, url: str, history: History = "ledger") -> None:
    """Fill the database at `url`, made if need be, with what `copy_out` wrote, in one transaction.

    Raises:
        InvalidInput: the database holds something already.
        DatabaseUnavailable: it cannot be used now.
    """
    source = open_engine(f"sqlite:///{file}")
    try:
        _copy_rows(source, url, history)
    finally:
        source.dispose()


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite file while others may write to it: the copy is of one instant."""
    with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(target)) as writing:
        reading.backup(writing)


def _copy_rows(source: Engine, url: str, history: History) -> None:
    migrate(url, history)
    target = open_engine(url)
    try:
        snapshot = source  # a SQLite transaction reads one instant anyway
        if sqlite_file(source) is None:
            snapshot = source.execution_options(isolation_level="REPEATABLE READ")
        writer = target.execution_options(sqlite_begin="IMMEDIATE")
        with snapshot.connect() as reading, writer.begin() as writing:
            there = _tables(writing)
            for table in _tables(reading).values():
                if table.name == "alembic_version":
                    continue
                if writing.scalar(select(func.count()).select_from(there[table.name])):
                    raise InvalidInput(
                        f"The database {describe(target.url)} holds something already: restore into an empty one."
                    )
                _copy_table(reading, table, writing, there[table.name])
    finally:
        target.dispose()


def _tables(connection: Connection) -> dict[str, Table]:
    """The tables there are, those that others refer to first."""
    metadata = MetaData()
    metadata.reflect(connection)
    return {table.name: table for table in metadata.sorted_tables}


def _copy_table(reading: Connection, table: Table, writing: Connection, there: Table) -> None:
    """Copy every row in the order of the primary key, which for the ledger is the order of the chain."""
    result = reading.execution_options(yield_per=_BATCH).execute(select(table).order_by(*table.primary_key.columns))
    for batch in result.mappings().partitions():
        writing.execute(insert(there), [dict(row) for row in batch])
