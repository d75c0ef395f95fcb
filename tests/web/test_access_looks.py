"""Looks that many threads note at once: each is there when its call returns, and one failure is everybody's to see."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import event
from tests.web.people import TEST

from cognoscope.core.access import AccessLog
from cognoscope.core.engine import DatabaseUnavailable
from cognoscope.core.home import Home

AT = datetime(2026, 11, 21, tzinfo=UTC)


def test_threads_share_transactions_and_lose_nothing(home: Home) -> None:
    with AccessLog.open(home.access_url) as log:
        commits: list[int] = []
        event.listen(log._writer, "commit", lambda _: commits.append(1))

        def look(number: int) -> bool:
            log.record(TEST, "proposal", f"unit:u{number}", AT)
            return len(log.entries(subject=f"unit:u{number}")) == 1

        with ThreadPoolExecutor(16) as pool:
            assert all(pool.map(look, range(200)))
        assert len(log.entries()) == 200
        assert len(commits) <= 200


def test_a_look_that_cannot_be_written_is_an_error_for_its_thread(home: Home) -> None:
    with AccessLog.open(home.access_url) as log:
        with log.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE access")
        with ThreadPoolExecutor(4) as pool:
            asked = [pool.submit(log.record, TEST, "inbox", "", AT) for _ in range(8)]
            for one in asked:
                with pytest.raises(Exception, match="no such table"):
                    one.result()


def test_what_was_noted_is_written_before_the_log_closes_and_nothing_after(home: Home) -> None:
    log = AccessLog.open(home.access_url)
    noted = [log.note(TEST, "inbox", f"unit:u{number}", AT) for number in range(50)]
    log.close()
    assert all(one.done() and one.exception() is None for one in noted)
    with AccessLog.open(home.access_url) as again:
        assert len(again.entries()) == 50
    with pytest.raises(DatabaseUnavailable, match="was closed"):
        log.note(TEST, "inbox", "", AT)


def test_after_an_error_the_log_goes_on(home: Home) -> None:
    with AccessLog.open(home.access_url) as log:
        log.record(TEST, "inbox", "", AT)
        with log.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE access RENAME TO away")
        with pytest.raises(Exception, match="no such table"):
            log.record(TEST, "inbox", "", AT)
        with log.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO access")
        log.record(TEST, "inbox", "", AT)
        assert len(log.entries()) == 2
