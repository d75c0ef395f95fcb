"""The access log: kept apart, found by who and what, purged after its time and only then."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.core.ledger_examples import AT, CHIEF, NURSE, ROBOT

from cognoscope.core.access import AccessLog, months_before
from cognoscope.core.database import DatabaseUnavailable, migrate
from cognoscope.core.errors import InvalidInput
from cognoscope.core.events import AccessLogPurged
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger

HOUR = timedelta(hours=1)


def test_looks_are_found_by_each_condition(database_url: str) -> None:
    migrate(database_url, "access")
    with AccessLog.open(database_url) as log:
        log.record(NURSE, "proposal", "unit:north", AT)
        log.record_many([(CHIEF, "timeline", "person:abc", AT + HOUR), (ROBOT, "fhir", "", AT + 2 * HOUR)])
        log.record_many([])

        def found(**conditions: object) -> list[str]:
            return [look.what for look in log.entries(**conditions)]  # type: ignore[arg-type]

        assert found() == ["proposal", "timeline", "fhir"]
        assert found(newest_first=True, limit=1) == ["fhir"]
        assert found(actor="claire") == ["proposal"]
        assert found(subject="person:abc") == ["timeline"]
        assert found(what="fhir") == ["fhir"]
        assert found(since=AT + HOUR) == ["timeline", "fhir"]
        assert found(until=AT + HOUR) == ["proposal"]
        first = log.entries()[0]
        assert (first.actor, first.at, first.subject) == (NURSE, AT, "unit:north")


def test_a_purge_deletes_what_is_older_and_is_recorded(home: Home, ledger: Ledger) -> None:
    with AccessLog.open(home.access_url) as log:
        log.record_many([(NURSE, "proposal", "", AT + day * HOUR) for day in range(5)])
        assert log.purge(AT + 2 * HOUR, ledger, ROBOT, AT) == 2
        assert [look.at for look in log.entries()] == [AT + day * HOUR for day in (2, 3, 4)]
        assert log.purge(AT + 2 * HOUR, ledger, ROBOT, AT) == 0
    assert [entry.event for entry in ledger.entries()] == [AccessLogPurged(before=AT + 2 * HOUR, rows=2)]


def test_a_purge_that_the_ledger_cannot_record_deletes_nothing(
    home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise DatabaseUnavailable("The disk is full.")

    monkeypatch.setattr(Ledger, "append", refuse)
    with AccessLog.open(home.access_url) as log:
        log.record(NURSE, "proposal", "", AT)
        with pytest.raises(DatabaseUnavailable):
            log.purge(AT + HOUR, ledger, ROBOT, AT)
        assert len(log.entries()) == 1


def test_the_ledger_is_no_access_log(home: Home) -> None:
    with pytest.raises(InvalidInput, match="for another purpose"):
        AccessLog.open(home.ledger_url)


@pytest.mark.parametrize(
    ("at", "months", "before"),
    [
        ((2026, 11, 21), 12, (2025, 11, 21)),
        ((2026, 1, 31), 1, (2025, 12, 31)),
        ((2026, 3, 31), 1, (2026, 2, 28)),
        ((2028, 3, 30), 1, (2028, 2, 29)),
        ((2026, 12, 15), 12, (2025, 12, 15)),
        ((2026, 5, 31), 6, (2025, 11, 30)),
    ],
)
def test_months_before(at: tuple[int, int, int], months: int, before: tuple[int, int, int]) -> None:
    assert months_before(datetime(*at, 8, tzinfo=UTC), months) == datetime(*before, 8, tzinfo=UTC)
