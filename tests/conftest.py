"""Fixtures that many tests share: an installed home, its ledger, a real PostgreSQL server."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url, text
from tests.postgres_server import find_binaries, running_server

from cognoscope.core.database import migrate
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger

# The same examples on every machine, so that a failure is that of a change; `make fuzz` looks for new ones.
settings.register_profile("fuzz", deadline=None)
settings.load_profile("ci")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home in a fresh folder with an empty ledger and access log."""
    made = Home(tmp_path / "home")
    made.path.mkdir(mode=0o700)
    migrate(made.ledger_url)
    migrate(made.access_url, "access")
    return made


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    """The ledger of `home`, open."""
    with Ledger.open(home.ledger_url) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server that lives as long as the session."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL's initdb is neither in /usr/lib/postgresql nor on PATH")
    with running_server(binaries) as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of this test's own."""
    name = f"test_{uuid.uuid4().hex}"
    server = create_engine(make_url(postgres_server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(postgres_server).set(database=name).render_as_string()
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        server.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, in turn on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'database.sqlite'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def any_ledger(database_url: str) -> Iterator[Ledger]:
    """An empty ledger, in turn on SQLite and on PostgreSQL."""
    migrate(database_url)
    with Ledger.open(database_url) as opened:
        yield opened
