"""The home of a demonstration: built beside its place and moved there when whole, kept while it is of today."""

import contextlib
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeGuard
from zoneinfo import ZoneInfo

from cognoscope.apps import APPLICATIONS
from cognoscope.cli.ingest_end import finish
from cognoscope.cli.installation import install
from cognoscope.core.actor import program
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.demo.build import DAYS, build, build_invented
from cognoscope.demo.hospital import hospital
from cognoscope.demo.imaging.take_in import can_read_images
from cognoscope.demo.life import days_before
from cognoscope.demo.real import Real, read_real
from cognoscope.demo.records import can_read_reports
from cognoscope.demo.staff import STAFF
from cognoscope.intake.tables_commit import Ingested
from cognoscope.intake.writelock import exclusive
from cognoscope.web import passwords
from cognoscope.web.accounts import Accounts

MARK = "demonstration.json"
"""A file that only a demonstration's home has; nothing else is ever replaced."""

REAL_DAYS = 15
PATIENCE_SECONDS = 900.0
"""How long a second `cognoscope demo` waits for one that builds the same home."""


@dataclass(frozen=True)
class Demonstration:
    """What a built home is: of which day (none for real data), from which data, its accounts' one password.

    `clock` is the moment at which real data of the past are looked at; `reports` and `images` tell what could be read.
    """

    day: str
    data: str
    password: str
    clock: str | None = None
    proposals: int = 0
    reports: bool = False
    images: bool = False


def built(home: Home) -> Demonstration | None:
    """The demonstration in that home, or None where there is none yet.

    Raises:
        InvalidInput: the folder holds something else.
    """
    mark = home.path / MARK
    if mark.is_file():
        return Demonstration(**json.loads(mark.read_text(encoding="utf-8")))
    if home.path.exists() and (not home.path.is_dir() or any(home.path.iterdir())):
        raise InvalidInput(f"{home.path} is not the home of a demonstration: choose another with --home.")
    return None


def is_current(there: Demonstration | None, asked: Demonstration) -> TypeGuard[Demonstration]:
    """Whether what is there is what is asked for; real data never age."""
    if there is None:
        return False
    return (there.day, there.data, there.reports, there.images) == (
        asked.day,
        asked.data,
        asked.reports,
        asked.images,
    )


def wanted(data: Path | None, now: datetime) -> Demonstration:
    """The demonstration that is asked for, with a fresh password in case it must be built."""
    today = now.astimezone(ZoneInfo("Europe/Paris")).date()
    return Demonstration(
        day="" if data else today.isoformat(),
        data=str(data.resolve()) if data else "",
        password=passwords.generate(),
        reports=data is None and can_read_reports(),
        images=data is None and can_read_images(),
    )


def make(home: Home, asked: Demonstration, data: Path | None, say: Callable[[str], None]) -> Demonstration:
    """Build beside `home`, then take the place of the demonstration that was there.

    Raises:
        InvalidInput: the data cannot be used, or the folder holds something that is no demonstration.
    """
    real = read_real(data) if data else None
    beside = Home(home.path.with_name(home.path.name + ".building"))
    lock = home.path.with_name(home.path.name + ".lock")
    with exclusive(lock, f"the demonstration {home.path}", say, PATIENCE_SECONDS):
        there = built(home)
        if is_current(there, asked):
            return there
        shutil.rmtree(beside.path, ignore_errors=True)
        install(beside, _settings(real, data))
        done = replace(asked, proposals=_fill(beside, asked, real, say))
        if real is not None:
            done = replace(done, clock=real.opens.isoformat())
        handle = os.open(beside.path / MARK, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(asdict(done), stream)
        if there is not None:
            shutil.rmtree(home.path)
        beside.path.rename(home.path)
        return done


def logins(demonstration: Demonstration) -> Iterator[str]:
    """The accounts and their password, one line each."""
    yield f"\nPassword of every account: {demonstration.password}"
    for member in STAFF:
        yield f"  {member.account:16} {', '.join(member.roles):40} {member.display_name}"


def _settings(real: Real | None, data: Path | None) -> dict[str, Any]:
    if real is None or data is None:
        invented = hospital()
        return {"hospital": invented.hospital, "synthetic": True, "school_zone": invented.school_zone}
    return {"hospital": f"Démonstration sur données réelles ({data.name})", **real.settings}


def _fill(home: Home, asked: Demonstration, real: Real | None, say: Callable[[str], None]) -> int:
    def record(ingested: Ingested, at: datetime) -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            finish(home, "table", ingested, at)

    today = real.today if real else date.fromisoformat(asked.day)
    first = days_before(today, REAL_DAYS if real else DAYS)[0]
    _open_accounts(home, asked.password, datetime.combine(first, time(3), ZoneInfo(home.settings().time_zone)))
    if real is None:
        return build_invented(home, hospital(), APPLICATIONS[0], record, today, others=APPLICATIONS[1:], say=say)
    say(f"shown: {', '.join(real.shown)}")
    if real.left_out:
        say(f"left out, since they end earlier (give their own folder): {', '.join(real.left_out)}")
    return build(home, real.known, APPLICATIONS[0], record, today, days=REAL_DAYS, say=say)


def _open_accounts(home: Home, password: str, at: datetime) -> None:
    with Ledger.open(home.ledger_url) as ledger:
        accounts = Accounts(ledger)
        for member in STAFF:
            accounts.create(member.account, member.display_name, member.roles, program("demo"), at)
            accounts.set_password(member.account, password, program("demo"), at, must_change=False)
