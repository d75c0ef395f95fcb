"""Fixtures that many tests share: an installed home, a real PostgreSQL server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cognoscope.core.database import migrate
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger


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
