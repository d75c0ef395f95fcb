"""Several writers at once, and writers that are killed: one chain, nothing acknowledged is lost."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from benchmarks.ledger import survive_kills
from tests.core.ledger_examples import AT, CHIEF, NURSE, ROBOT, make_case, make_proposal, make_review

from cognoscope.core.database import migrate
from cognoscope.core.errors import InvalidInput
from cognoscope.core.events import AccountChanged, ProposalMade, ReviewGiven
from cognoscope.core.ledger import Ledger

PROCESS = """
import sys
from datetime import UTC, datetime
from cognoscope.core.actor import program
from cognoscope.core.events import AccountChanged
from cognoscope.core.ledger import Ledger
url, name, count = sys.argv[1:]
with Ledger.open(url) as ledger:
    for number in range(int(count)):
        event = AccountChanged(account=f"{name}-{number}", change="created")
        ledger.append(event, program(name), datetime(2026, 11, 21, tzinfo=UTC))
"""


def test_processes_share_one_chain(database_url: str) -> None:
    migrate(database_url)
    command = [sys.executable, "-c", PROCESS, database_url]
    started = [subprocess.Popen([*command, f"writer{number}", "40"]) for number in range(4)]
    assert [process.wait(timeout=120) for process in started] == [0, 0, 0, 0]
    with Ledger.open(database_url) as ledger:
        verification = ledger.verify()
        assert verification.intact
        assert verification.events == 160
        for number in range(4):
            accounts = [entry.event.account for entry in ledger.entries(actor=f"writer{number}")]  # type: ignore[union-attr]
            assert accounts == [f"writer{number}-{place}" for place in range(40)], "each writer's order is kept"


def test_threads_share_one_chain_and_fail_alone(any_ledger: Ledger) -> None:
    proposal = make_proposal(make_case())
    any_ledger.append(ProposalMade(proposal=proposal, state="advisory"), ROBOT, AT)
    refused: list[str] = []
    entries: list[int] = []

    def work(writer: int) -> None:
        for number in range(25):
            if (writer + number) % 5 == 0:
                with pytest.raises(InvalidInput, match="holds no element"):
                    any_ledger.append(ReviewGiven(review=make_review(proposal, element="nothing")), NURSE, AT)
                refused.append("review")
            else:
                event = AccountChanged(account=f"{writer}-{number}", change="created")
                entries.append(any_ledger.append(event, CHIEF, AT).seq)

    threads = [threading.Thread(target=work, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 40
    assert sorted(entries) == list(range(2, 162))
    assert any_ledger.verify().intact
    assert any_ledger.verify().events == 161


def test_a_batch_is_recorded_whole_or_not_at_all(any_ledger: Ledger) -> None:
    good = AccountChanged(account="a", change="created")
    bad = ReviewGiven(review=make_review(make_proposal(make_case())))
    with pytest.raises(InvalidInput, match="No proposal"):
        any_ledger.append_many([(good, CHIEF, AT), (bad, NURSE, AT), (good, CHIEF, AT)])
    assert any_ledger.head().seq == 0
    assert any_ledger.append_many([]) == []
    assert [entry.seq for entry in any_ledger.append_many([(good, CHIEF, AT)] * 3)] == [1, 2, 3]


@pytest.mark.slow
def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    migrate(url)
    result = survive_kills(url, tmp_path, kills=4, seed=7)
    assert result["acknowledged"] > 0
    assert (result["lost"], result["broken_chains"]) == (0, 0)
