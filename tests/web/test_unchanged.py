"""What is kept of the database is forgotten as soon as anybody writes to it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from tests.web.people import TEST

from cognoscope.core.events import ExtractExported
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.web.unchanged import Unchanged

AT = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    with Ledger.open(home.ledger_url) as opened:
        yield opened


@pytest.fixture
def unchanged(ledger: Ledger) -> Iterator[Unchanged]:
    kept = Unchanged(ledger.engine)
    yield kept
    kept.close()


def write(ledger: Ledger) -> None:
    ledger.append(ExtractExported(what="ledger", rows=1, purpose="test"), TEST, AT)


def test_it_is_read_once_until_somebody_writes(home: Home, ledger: Ledger, unchanged: Unchanged) -> None:
    def head() -> int:
        return unchanged.get("head", lambda: ledger.head().seq)

    start = head()
    assert unchanged.peek("head") == start
    assert unchanged.peek("other") is None
    assert unchanged.get("head", lambda: -1) == start
    write(ledger)
    assert unchanged.peek("head") is None
    assert head() == start + 1
    with Ledger.open(home.ledger_url) as another:
        write(another)
    assert unchanged.peek("head") is None
    assert head() == start + 2


def test_what_was_read_while_somebody_wrote_is_not_kept(ledger: Ledger, unchanged: Unchanged) -> None:
    def slow() -> int:
        found = ledger.head().seq
        write(ledger)
        return found

    stale = unchanged.get("head", slow)
    assert unchanged.get("head", lambda: ledger.head().seq) == stale + 1
