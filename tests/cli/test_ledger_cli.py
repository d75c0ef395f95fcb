"""The verbs `ledger`, `access`, `backup` and `restore`, as somebody types them."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.cli.terminal import Terminal
from tests.core.ledger_examples import AT, CHIEF, NURSE, ROBOT, make_case, make_proposal

from cognoscope.core.access import AccessLog
from cognoscope.core.events import AccountChanged, ProposalMade
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger


@pytest.fixture
def filled(home: Home) -> Home:
    """A home whose ledger has three entries."""
    with Ledger.open(home.ledger_url) as ledger:
        ledger.append_many([(AccountChanged(account=name, change="created"), CHIEF, AT) for name in ("a", "b", "c")])
    return home


def test_verify_gives_a_head_to_note(type_in: Terminal, filled: Home) -> None:
    with Ledger.open(filled.ledger_url) as ledger:
        head = ledger.head().hash
    assert f"3 entries verified, head {head}" in type_in(filled, "ledger", "verify")[0]
    assert type_in(filled, "ledger", "verify", "--head", head)[0] == f"3 entries verified, head {head}\n"
    _, said = type_in(filled, "ledger", "verify", "--head", "0123" * 16, status=1)
    assert said.count("\n") == 1
    assert "does not hold the expected head" in said


def test_a_tampered_row_is_named(type_in: Terminal, filled: Home) -> None:
    with closing(sqlite3.connect(filled.path / "ledger.sqlite")) as connection, connection:
        connection.execute("DROP TRIGGER ledger_no_update")
        connection.execute("UPDATE ledger SET at = '2020' || substr(at, 5) WHERE seq = 2")
    _, said = type_in(filled, "ledger", "verify", status=1)
    assert said == "The ledger is damaged: row 2 was changed after it was written.\n"


def test_export_writes_lines_and_never_over_a_file(type_in: Terminal, filled: Home, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in type_in(filled, "ledger", "export")[0].splitlines()]
    assert [line["seq"] for line in lines] == [1, 2, 3]
    file = tmp_path / "ledger.jsonl"
    assert "4 entries written" in type_in(filled, "ledger", "export", str(file))[0]
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(file.read_text(encoding="utf-8").splitlines()) == 4, "the first export is an entry of its own"
    _, said = type_in(filled, "ledger", "export", str(file), status=1)
    assert said == f"The export cannot be written to {file}: File exists.\n"


def test_replay_of_what_cannot_be_replayed(type_in: Terminal, filled: Home) -> None:
    _, said = type_in(filled, "ledger", "replay", "0" * 64, status=1)
    assert said == f"No proposal {'0' * 64} is in the ledger.\n"
    proposal = make_proposal(make_case())
    with Ledger.open(filled.ledger_url) as ledger:
        ledger.append(ProposalMade(proposal=proposal, state="shadow"), ROBOT, AT)
    _, said = type_in(filled, "ledger", "replay", proposal.digest, status=1)
    assert said == "test.counts is not installed here: it cannot be run again.\n"


def test_the_access_log_is_listed_and_purged(type_in: Terminal, filled: Home) -> None:
    now = datetime.now(UTC)
    with AccessLog.open(filled.access_url) as log:
        log.record(NURSE, "proposal", "unit:north", now - timedelta(days=400))
        log.record(NURSE, "timeline", "unit:south", now)
    listed = type_in(filled, "access", "list")[0].splitlines()
    assert [line.split()[1:] for line in listed] == [
        ["claire", "(bed_manager)", "timeline", "unit:south"],
        ["claire", "(bed_manager)", "proposal", "unit:north"],
    ]
    assert type_in(filled, "access", "purge")[0].startswith("1 lines from before ")
    assert len(type_in(filled, "access", "list")[0].splitlines()) == 1
    assert '"rows":1' in type_in(filled, "ledger", "export")[0].splitlines()[-1]


def test_backup_and_restore(type_in: Terminal, filled: Home, tmp_path: Path) -> None:
    backup, new = tmp_path / "backup", Home(tmp_path / "new")
    assert "ledger of 3 entries" in type_in(filled, "backup", str(backup))[0]
    assert "ledger of 3 entries verified" in type_in(new, "restore", str(backup))[0]
    assert "4 entries verified" in type_in(new, "ledger", "verify")[0]
    _, said = type_in(filled, "backup", str(backup), status=1)
    assert "needs a new or an empty folder" in said
    (backup / "access.sqlite").write_bytes(b"")
    _, said = type_in(Home(tmp_path / "third"), "restore", str(backup), status=1)
    assert said.count("\n") == 1
    assert "access.sqlite was changed or cut off" in said
    assert not (tmp_path / "third").exists()


@pytest.mark.parametrize(
    "words", [("ledger", "verify"), ("ledger", "export"), ("access", "list"), ("access", "purge"), ("backup", "DIR")]
)
def test_without_an_installation(type_in: Terminal, tmp_path: Path, words: tuple[str, ...]) -> None:
    typed = [word.replace("DIR", str(tmp_path / "backup")) for word in words]
    _, said = type_in(Home(tmp_path / "nowhere"), *typed, status=1)
    assert "'cognoscope init'" in said
    assert not (tmp_path / "nowhere").exists()
