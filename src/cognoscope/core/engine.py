"""Opening a database by URL: SQLite in write-ahead mode by default, PostgreSQL when a hospital outgrows it.

Every failure that a person can mend (locked, missing, full, unwritable, unreachable, no driver) becomes one sentence,
whichever part of the platform was using the engine at that moment.
"""

import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from cognoscope.core.errors import CognoscopeError, InvalidInput, NotInstalled

BUSY_SECONDS = 10
"""How long a writer waits for another program's transaction before it gives up."""


class DatabaseUnavailable(CognoscopeError):
    """The database is there but cannot be used now: locked, full, unwritable, unreachable or not a database."""


def open_engine(url: str, *, create: bool = False) -> Engine:
    """An engine whose commits are durable.

    SQLite: write-ahead log, synchronous=FULL, foreign keys. PostgreSQL: synchronous_commit, whatever its server says.

    A SQLite transaction begins DEFERRED; `engine.execution_options(sqlite_begin="IMMEDIATE")` gives a writer's engine.
    The file of a SQLite database is made, with mode 600, only when `create` is true.

    Raises:
        InvalidInput: the URL cannot be read or names no database that exists.
        NotInstalled: the driver for this kind of database is missing.
        DatabaseUnavailable: raised later, from any use of the engine, when the database cannot be used.
    """
    parsed = _parse(url)
    place = describe(parsed)
    if parsed.get_backend_name() == "sqlite":
        _require_file(parsed, create)
    try:
        engine = create_engine(parsed, pool_size=10, max_overflow=40)
    except ModuleNotFoundError as error:
        raise NotInstalled(
            f"The driver for {place} is not installed: run pip install 'cognoscope[postgres]' and try again."
        ) from error
    event.listen(engine, "handle_error", lambda context: _explain(context, place))
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _prepare_postgresql)
    return engine


def describe(url: URL | str) -> str:
    """The database in words for a message: a file's path, or a URL without its password."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        return str(Path(parsed.database))
    return parsed.render_as_string(hide_password=True)


def sqlite_file(engine: Engine) -> Path | None:
    """The file of a SQLite database, None for PostgreSQL."""
    if engine.dialect.name != "sqlite" or engine.url.database is None:
        return None
    return Path(engine.url.database)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError) as error:
        raise InvalidInput(
            "The database URL cannot be read: write sqlite:////path/to/file or postgresql://user@host/name."
        ) from error
    if backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise InvalidInput("The database URL names no file: write sqlite:////path/to/file.")
        return parsed.set(drivername="sqlite")
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise InvalidInput(f"Cognoscope keeps its ledger in SQLite or PostgreSQL, not in {backend}.")


def _require_file(url: URL, create: bool) -> None:
    path = Path(str(url.database))
    if path.exists():
        return
    if not create:
        raise InvalidInput(f"There is no database at {path}: make one with 'cognoscope init', or correct the path.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError as error:
        raise DatabaseUnavailable(f"The database {path} cannot be made: {error.strerror}.") from error


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself, so that DDL is transactional too
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('sqlite_begin', 'DEFERRED')}")


def _prepare_postgresql(connection: Any, _record: object) -> None:
    connection.autocommit = True
    connection.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
    connection.execute("SET synchronous_commit = on")
    connection.autocommit = False


def _explain(context: ExceptionContext, place: str) -> None:
    """Raise the sentence that fits the driver's error; leave every other error as it is."""
    error = context.original_exception
    code = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or ""
    sentence = next((text for prefix, text in _SENTENCES if code.startswith(prefix)), None)
    if sentence is None and type(error).__name__ == "OperationalError" and not code and context.connection is None:
        sentence = "The database {place} cannot be reached ({reason}): check its server, and user and name in the URL."
    if sentence is not None:
        reason = str(error).strip().rpartition("\n")[2].rpartition("FATAL:")[2].strip()
        raise DatabaseUnavailable(sentence.format(place=place, seconds=BUSY_SECONDS, reason=reason)) from error


_LOCKED = "The database {place} is locked by another program for more than {seconds} s: close that program, try again."
_FULL = "The disk that holds {place} is full: nothing was written; free some space and try again."
_UNWRITABLE = "The database {place} cannot be written: give this account the right to write it and its folder."
_NOT_ONE = "The file {place} is damaged or is no database: put it aside and restore the last backup."
_SENTENCES = (
    ("SQLITE_BUSY", _LOCKED),
    ("SQLITE_LOCKED", _LOCKED),
    ("55P03", _LOCKED),
    ("SQLITE_FULL", _FULL),
    ("SQLITE_IOERR_WRITE", _FULL),
    ("53100", _FULL),
    ("SQLITE_READONLY", _UNWRITABLE),
    ("SQLITE_CANTOPEN", _UNWRITABLE),
    ("SQLITE_PERM", _UNWRITABLE),
    ("25006", _UNWRITABLE),
    ("42501", _UNWRITABLE),
    ("SQLITE_NOTADB", _NOT_ONE),
    ("SQLITE_CORRUPT", _NOT_ONE),
    ("SQLITE_IOERR", "The disk that holds {place} fails to read or write: check it before anything else."),
)
