"""Backup and restore: the drill of a new machine, and backups that must not be believed."""

import json
import shutil
import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from tests.core.ledger_examples import AT, CHIEF, NURSE, ROBOT, make_application, make_case

from cognoscope.core.access import AccessLog
from cognoscope.core.actor import Role, person
from cognoscope.core.backup import copy_in
from cognoscope.core.errors import CognoscopeError, InvalidInput, LedgerDamaged
from cognoscope.core.events import AccountChanged, BackupMade, Restored
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.running import run
from cognoscope.intake import keys
from cognoscope.intake.backup import back_up
from cognoscope.intake.identities import Identity, Seal
from cognoscope.intake.restore import restore
from cognoscope.intake.vault import Vault
from cognoscope.intake.warehouse import open_warehouse

PSEUDONYM = "0123456789abcdef0123456789abcdef"
OFFICER = person("dpo", Role.DATA_PROTECTION_OFFICER)
IDENTITY = Identity(names=[{"family": "Canari"}])


@pytest.fixture
def hospital(home: Home) -> Home:
    """A home with something in every store."""
    home.settings_file.write_text('hospital = "CH Essai"\n', encoding="utf-8")
    keys.create(home)
    (home.path / "optout.txt").write_text(f"{'f' * 32}\n", encoding="ascii")
    with Ledger.open(home.ledger_url) as ledger:
        application, case = make_application(), make_case()
        change_state(ledger, application.name, "shadow", CHIEF, "essai", AT)
        run(application, case, ledger, ROBOT, AT)
    with AccessLog.open(home.access_url) as log:
        log.record(NURSE, "proposal", "unit:north", AT)
    warehouse = open_warehouse(home)
    rows = pa.table(
        {
            "site": ["north", "north"],
            "site_name": ["Nord", "Nord"],
            "timestamp": [datetime(2026, 11, day) for day in (1, 2)],  # noqa: DTZ001 - local time of the site
            "step": ["day", "day"],
            "arrivals": [101, 99],
            "admissions": [20, None],
        }
    )
    warehouse.commit("ab" * 32, 0, {"site_count": rows})
    vault = Vault(home)
    vault.prepare()
    vault.keep([(PSEUDONYM, Seal(vault.key).close(PSEUDONYM, IDENTITY))])
    return home


@pytest.fixture
def backup(hospital: Home, tmp_path: Path) -> Path:
    """A backup of the hospital."""
    folder = tmp_path / "backup"
    back_up(hospital, folder, CHIEF, AT)
    return folder


def leftovers(folder: Path) -> list[str]:
    """Names in the folder that neither test nor home made."""
    known = {"home", "backup", "new", "database.sqlite"}
    return [path.name for path in folder.iterdir() if path.name not in known]


def test_the_restore_drill(hospital: Home, tmp_path: Path) -> None:
    with Ledger.open(hospital.ledger_url) as ledger:
        head = ledger.head()
        case = ledger.case(make_case().digest)
    folder = tmp_path / "backup"
    manifest = back_up(hospital, folder, CHIEF, AT)
    assert (manifest.entries, manifest.head) == (head.seq, head.hash)
    with Ledger.open(hospital.ledger_url) as ledger:
        assert ledger.entries()[-1].event == BackupMade(head=head.hash, files=len(manifest.files))
    counts = open_warehouse(hospital).counts()
    shutil.rmtree(hospital.path)

    new = Home(tmp_path / "new")
    restore(folder, new, CHIEF, AT)
    with Ledger.open(new.ledger_url) as ledger:
        entries = ledger.entries()
        assert (entries[-2].seq, entries[-2].hash) == (head.seq, head.hash)
        assert entries[-1].event == Restored(head=head.hash)
        assert ledger.verify(head.hash).intact
        assert ledger.case(case.digest) == case
        opened = Vault(new).open(PSEUDONYM, actor=OFFICER, purpose="exercice", ledger=ledger, at=AT)
    assert opened == IDENTITY
    assert open_warehouse(new).counts() == counts
    assert counts["site_count"] == 2
    with AccessLog.open(new.access_url) as log:
        assert [look.actor for look in log.entries()] == [NURSE]
    assert new.settings().hospital == "CH Essai"
    assert (new.path / "optout.txt").read_text(encoding="ascii") == f"{'f' * 32}\n"
    assert leftovers(tmp_path) == []


def test_only_the_owner_can_read_it(backup: Path, tmp_path: Path) -> None:
    restore(backup, Home(tmp_path / "new"), CHIEF, AT)
    for root in (backup, tmp_path / "new"):
        for path in [root, *root.rglob("*")]:
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_a_backup_while_others_write(hospital: Home, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with Ledger.open(hospital.ledger_url) as ledger:
            while not stop.is_set():
                ledger.append(AccountChanged(account="a", change="created"), CHIEF, AT)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        first = back_up(hospital, tmp_path / "backup", CHIEF, AT)
        second = back_up(hospital, tmp_path / "second", CHIEF, AT)
    finally:
        stop.set()
        writer.join()
    assert second.entries > first.entries
    restore(tmp_path / "second", Home(tmp_path / "new"), CHIEF, AT)
    with Ledger.open(hospital.ledger_url) as ledger, Ledger.open(Home(tmp_path / "new").ledger_url) as restored:
        assert restored.entries()[: second.entries] == ledger.entries()[: second.entries]


def test_nothing_is_overwritten(hospital: Home, backup: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in backup.rglob("*") if path.is_file()}
    with pytest.raises(InvalidInput, match="needs a new or an empty folder"):
        back_up(hospital, backup, CHIEF, AT)
    with pytest.raises(InvalidInput, match="needs a new or an empty folder"):
        restore(backup, hospital, CHIEF, AT)
    with pytest.raises(InvalidInput, match="lies in the installation itself"):
        back_up(hospital, hospital.path / "backups" / "today", CHIEF, AT)
    assert {path: path.read_bytes() for path in backup.rglob("*") if path.is_file()} == before
    (tmp_path / "new").mkdir()
    restore(backup, Home(tmp_path / "new"), CHIEF, AT)


def edit_manifest(folder: Path, change: Callable[[dict[str, object]], None]) -> None:
    content = json.loads((folder / "backup.json").read_text(encoding="utf-8"))
    change(content)
    (folder / "backup.json").write_text(json.dumps(content), encoding="utf-8")


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "no manifest": (lambda folder: (folder / "backup.json").unlink(), "holds no complete backup"),
    "cut manifest": (lambda folder: truncate(folder / "backup.json"), "was changed or damaged"),
    "later format": (lambda folder: edit_manifest(folder, lambda made: made.update(format=2)), "later version"),
    "path out": (
        lambda folder: edit_manifest(folder, lambda made: made["files"][0].update(path="../out")),  # type: ignore[index]
        "was changed or damaged",
    ),
    "no ledger": (
        lambda folder: edit_manifest(
            folder,
            lambda made: made.update(files=[f for f in made["files"] if f["path"] != "ledger.sqlite"]),  # type: ignore[attr-defined]
        ),
        "holds no ledger.sqlite",
    ),
    "other head": (lambda folder: edit_manifest(folder, lambda made: made.update(head="0" * 64)), "does not end at"),
    "missing file": (lambda folder: (folder / "optout.txt").unlink(), "lacks .*optout.txt"),
    "cut vault": (lambda folder: truncate(folder / "vault.sqlite"), "vault.sqlite was changed or cut off"),
    "flipped ledger": (lambda folder: flip(folder / "ledger.sqlite"), "ledger.sqlite was changed or cut off"),
    "flipped part": (lambda folder: flip(next(folder.rglob("*.parquet"))), "parquet was changed or cut off"),
    "other key": (lambda folder: flip(folder / "keys" / "vault.key"), "vault.key was changed or cut off"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_backup_is_refused_and_leaves_nothing(backup: Path, tmp_path: Path, name: str) -> None:
    spoil, sentence = SPOILT[name]
    spoil(backup)
    with pytest.raises(CognoscopeError, match=sentence) as caught:
        restore(backup, Home(tmp_path / "new"), CHIEF, AT)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "new").exists()
    assert leftovers(tmp_path) == []


def change_a_row(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TRIGGER ledger_no_update")
        connection.execute("UPDATE ledger SET actor_id = 'nobody' WHERE seq = 2")


def test_a_damaged_ledger_is_not_backed_up(hospital: Home, tmp_path: Path) -> None:
    change_a_row(hospital.path / "ledger.sqlite")
    with pytest.raises(LedgerDamaged, match="row 2 was changed after it was written"):
        back_up(hospital, tmp_path / "backup", CHIEF, AT)
    assert leftovers(tmp_path) == []
    assert not (tmp_path / "backup").exists()


def test_a_backup_that_fails_half_way_leaves_nothing(
    hospital: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(InvalidInput, match="was given up: No space left on device"):
        back_up(hospital, tmp_path / "backup", CHIEF, AT)
    assert leftovers(tmp_path) == []
    assert not (tmp_path / "backup").exists()
    with Ledger.open(hospital.ledger_url) as ledger:
        assert ledger.entries(event="BackupMade") == []


@pytest.mark.postgres
def test_from_postgresql_and_back(hospital: Home, tmp_path: Path, postgres_url: str) -> None:
    """An installation that outgrew SQLite: its backup fills a PostgreSQL database, and one of that fills SQLite."""
    hospital.settings_file.write_text(f'ledger_url = "{postgres_url}"\n', encoding="utf-8")
    with Ledger.open(f"sqlite:///{hospital.path / 'ledger.sqlite'}") as ledger:
        head = ledger.head()
    copy_in(hospital.path / "ledger.sqlite", postgres_url)
    (hospital.path / "ledger.sqlite").unlink()
    manifest = back_up(hospital, tmp_path / "backup", CHIEF, AT)
    assert (manifest.entries, manifest.head) == (head.seq, head.hash)

    with pytest.raises(InvalidInput, match="holds something already"):
        restore(tmp_path / "backup", Home(tmp_path / "new"), CHIEF, AT)
    assert leftovers(tmp_path) == []
    with Ledger.open(postgres_url) as ledger, ledger.engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    restore(tmp_path / "backup", Home(tmp_path / "new"), CHIEF, AT)
    assert not (tmp_path / "new" / "ledger.sqlite").exists()
    with Ledger.open(postgres_url) as ledger:
        assert ledger.verify(head.hash).events == head.seq + 1
        assert ledger.entries()[-1].event == Restored(head=head.hash)
        assert ledger.case(make_case().digest) == make_case()
