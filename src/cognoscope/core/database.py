"""Bringing a database to the schema this version expects, and refusing one that has another."""

from functools import cache
from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from cognoscope.core.engine import DatabaseUnavailable, describe, open_engine
from cognoscope.core.errors import InvalidInput

MIGRATIONS = Path(__file__).parent / "migrations"
History = Literal["ledger", "access"]
_VERSIONS: dict[History, str] = {"ledger": "versions", "access": "access_versions"}
_ADVISORY_LOCK = 0x436F676E
"""Any number that no other program uses: PostgreSQL lets one migration run at a time under it."""


def migrate(url: str, history: History = "ledger") -> None:
    """Make or upgrade the database at `url`, in one transaction; several processes may call it at once.

    Raises:
        InvalidInput: a later version of Cognoscope made the database.
        DatabaseUnavailable: it cannot be reached or written.
    """
    engine = open_engine(url, create=True)
    try:
        writer = engine.execution_options(sqlite_begin="IMMEDIATE")
        with writer.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
            current = MigrationContext.configure(connection).get_current_revision()
            _refuse_newer(engine, current, history)
            config = _config(history)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def require_current(engine: Engine, history: History = "ledger") -> None:
    """Check that the database has the schema of this version.

    Raises:
        InvalidInput: it has none, an older or a newer one; the message says what to run.
    """
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    _refuse_newer(engine, current, history)
    if current is None:
        raise InvalidInput(f"The database {describe(engine.url)} is empty: run 'cognoscope init' first.")
    if current != _script(history).get_current_head():
        raise InvalidInput(
            f"The database {describe(engine.url)} was made by an earlier version of Cognoscope (schema {current}): "
            "make a backup, then run 'cognoscope init', which brings it up to date and keeps what it holds."
        )


def _refuse_newer(engine: Engine, current: str | None, history: History) -> None:
    known = {revision.revision for revision in _script(history).walk_revisions()}
    if current is not None and current not in known:
        raise InvalidInput(
            f"The database {describe(engine.url)} was made by a later version of Cognoscope (schema {current}), "
            "or for another purpose: install that version, or correct the URL."
        )


def _config(history: History) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(MIGRATIONS / _VERSIONS[history]).replace("%", "%%"))
    return config


@cache
def _script(history: History) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(history))


__all__ = ["DatabaseUnavailable", "describe", "migrate", "open_engine", "require_current"]
