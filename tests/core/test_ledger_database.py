"""Databases that cannot be used say so in a sentence; migrations keep what is there."""

import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from tests.core.ledger_examples import AT, CHIEF, make_case

from cognoscope.core import access, database, engine
from cognoscope.core.database import DatabaseUnavailable, migrate, open_engine
from cognoscope.core.errors import CognoscopeError, InvalidInput, NotInstalled
from cognoscope.core.events import AccountChanged
from cognoscope.core.ledger import Ledger
from cognoscope.core.tables import METADATA

CREATED = AccountChanged(account="a", change="created")


def test_sqlite_is_durable_and_private(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "ledger.sqlite"
    migrate(f"sqlite:///{path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    opened = open_engine(f"sqlite:///{path}")
    with opened.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    opened.dispose()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "cannot be read"),
        ("", "cannot be read"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("mysql://somebody@host/name", "not in mysql"),
        ("sqlite:////nowhere/at/all.sqlite", "There is no database at /nowhere/at/all.sqlite"),
    ],
)
def test_a_url_that_names_nothing(url: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        open_engine(url)


def test_a_missing_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(NotInstalled, match=r"pip install 'cognoscope\[postgres\]'"):
        open_engine("postgresql://somebody:secret@127.0.0.1/name")


def test_an_unreachable_server_is_named_without_its_password() -> None:
    with pytest.raises(DatabaseUnavailable, match="cannot be reached") as caught:
        Ledger.open("postgresql://somebody:secret@127.0.0.1:9/name?connect_timeout=2")
    assert "secret" not in str(caught.value)


@pytest.mark.postgres
def test_a_missing_postgresql_database_is_named(postgres_url: str) -> None:
    with pytest.raises(DatabaseUnavailable, match=r"cannot be reached \(database .* does not exist\)"):
        Ledger.open(postgres_url + "x")


def test_a_locked_database(home_ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    with Ledger.open(f"sqlite:///{home_ledger}") as ledger, closing(sqlite3.connect(home_ledger)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseUnavailable, match="locked by another program"):
            ledger.append(CREATED, CHIEF, AT)
        other.rollback()
        assert ledger.append(CREATED, CHIEF, AT).seq == 1, "it works again once the lock is gone"


@pytest.fixture
def home_ledger(tmp_path: Path) -> Path:
    """The file of an empty ledger."""
    path = tmp_path / "ledger.sqlite"
    migrate(f"sqlite:///{path}")
    return path


def test_a_full_database(home_ledger: Path) -> None:
    with Ledger.open(f"sqlite:///{home_ledger}") as ledger:
        ledger.append(CREATED, CHIEF, AT)
        ledger.close()  # the limit below holds for one connection only: make the pool start afresh
        pages = {"limit": 0}

        def limit(connection: sqlite3.Connection, _record: object) -> None:
            pages["limit"] = connection.execute("PRAGMA page_count").fetchone()[0] + 4
            connection.execute(f"PRAGMA max_page_count = {pages['limit']}")

        engine.event.listen(ledger.engine, "connect", limit)
        with pytest.raises(DatabaseUnavailable, match="is full: nothing was written"):
            for _ in range(500):
                ledger.append(CREATED, CHIEF, AT)
        kept = ledger.head().seq
        verification = ledger.verify()
    assert verification.intact
    assert verification.events == kept >= 1


FULL_DISK = """
import resource, signal, sys
from datetime import UTC, datetime
from cognoscope.core.actor import program
from cognoscope.core.errors import CognoscopeError
from cognoscope.core.events import AccountChanged
from cognoscope.core.ledger import Ledger
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
with Ledger.open(sys.argv[1]) as ledger:
    try:
        for number in range(10_000):
            event = AccountChanged(account="a", change="created", detail="x" * 5_000)
            ledger.append(event, program("p"), datetime(2026, 11, 21, tzinfo=UTC))
            print(number + 1, flush=True)
    except CognoscopeError as error:
        sys.exit(str(error))
"""


def test_a_file_that_may_not_grow(home_ledger: Path) -> None:
    """A file size limit fails writes like a full disk does, in the middle of the write-ahead log."""
    url = f"sqlite:///{home_ledger}"
    run = subprocess.run([sys.executable, "-c", FULL_DISK, url], capture_output=True, text=True, timeout=120)
    assert run.returncode == 1
    assert "full: nothing was written" in run.stderr
    assert "Traceback" not in run.stderr
    acknowledged = int(run.stdout.split()[-1])
    with Ledger.open(url) as ledger:
        assert ledger.verify().intact
        assert ledger.head().seq == acknowledged > 0


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(DatabaseUnavailable, match="damaged or is no database"):
        Ledger.open(f"sqlite:///{path}")


def test_a_damaged_page_is_a_damaged_ledger(home_ledger: Path) -> None:
    url = f"sqlite:///{home_ledger}"
    with Ledger.open(url) as ledger:
        ledger.append_many([(CREATED, CHIEF, AT)] * 500)
    content = bytearray(home_ledger.read_bytes())
    for start in range(40 * 4096, len(content), 4096):
        content[start : start + 8] = b"\xff" * 8
    home_ledger.write_bytes(content)
    with Ledger.open(url) as ledger:
        try:
            found = not ledger.verify().intact
        except CognoscopeError:
            found = True
    assert found


def test_an_empty_and_a_newer_schema(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.touch()
    with pytest.raises(InvalidInput, match="is empty: run 'cognoscope init'"):
        Ledger.open(f"sqlite:///{path}")
    migrate(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for use in (Ledger.open, migrate):
        with pytest.raises(InvalidInput, match=r"later version of Cognoscope \(schema 9999\)"):
            use(f"sqlite:///{path}")


def test_the_access_log_is_no_ledger(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'access.sqlite'}"
    migrate(url, "access")
    with pytest.raises(InvalidInput, match="for another purpose"):
        Ledger.open(url)


def migrate_to(url: str, revision: str) -> None:
    """Make the database as an earlier version did."""
    made = open_engine(url, create=True)
    with made.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        config = database._config("ledger")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    made.dispose()


def test_a_migration_keeps_what_the_database_holds(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate_to(database_url, "0001")
    with pytest.raises(InvalidInput, match=r"earlier version of Cognoscope \(schema 0001\)"):
        Ledger.open(database_url)
    case = make_case()
    with monkeypatch.context() as patched:
        patched.setattr("cognoscope.core.ledger.require_current", lambda engine: None)
        with Ledger.open(database_url) as old:
            old.append_many([(CREATED, CHIEF, AT)] * 20)
            old.keep_case(case)
            before = old.entries()
    migrate(database_url)
    with Ledger.open(database_url) as ledger:
        assert ledger.entries() == before
        assert ledger.verify(before[-1].hash).intact
        assert ledger.case(case.digest) == case
        assert ledger.append(CREATED, CHIEF, AT).seq == 21


def test_migrating_at_once_from_many_threads(database_url: str) -> None:
    failed: list[BaseException] = []

    def work() -> None:
        try:
            migrate(database_url)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    Ledger.open(database_url).close()


@pytest.mark.parametrize("history", ["ledger", "access"])
def test_migrations_make_the_tables_that_the_code_declares(database_url: str, history: database.History) -> None:
    migrate(database_url, history)
    declared = METADATA if history == "ledger" else access.METADATA
    made = open_engine(database_url)
    with made.connect() as connection:
        known = set(declared.tables)
        options = {"include_name": lambda name, kind, _parents: kind != "table" or name in known}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, declared)
        columns = connection.execute(text(f"SELECT * FROM {min(known)}")).keys()
    made.dispose()
    assert differences == []
    assert list(columns) == [column.name for column in declared.tables[min(known)].c]
