"""The web's figures: the inbox and a proposal page for 50 signed-in people, over a ledger of 200,000 events.

    python -m benchmarks.web --json [--events 200000] [--users 50] [--workers 2] [--seconds 20]

A home is filled with copies of one real forecast (other units, other days), its reviews and outcomes. `cognoscope
serve` runs as it would in a hospital; a separate process on loopback signs the people in through the form and lets each
go back and forth between the inbox and a proposal that waits, while somebody decides once a second: first with a second
of reading between pages, then without. Server and load share the machine's cores, so what is measured is worse than
what a hospital would see.
"""

import argparse
import asyncio
import csv
import gzip
import json
import math
import os
import platform
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from cognoscope.apps.emergency.arrivals import APPLICATION
from cognoscope.cli.installation import install
from cognoscope.core.actor import Actor, Role, person, program
from cognoscope.core.case import Case
from cognoscope.core.events import CaseOpened, Event, OutcomeKnown, ProposalMade, ReviewGiven
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.core.review import Review
from cognoscope.core.values import SeriesValue
from cognoscope.web.accounts import Accounts

RUNNER = program("benchmark")
REVIEWER = person("user0", Role.BED_MANAGER)
PASSWORD = "a phrase for the benchmark"
UNITS = 60
WARM_UP_SECONDS = 5.0
BATCH = 2000


def one_forecast(folder: Path, at: datetime) -> tuple[Case, Proposal]:
    """A real case of 420 days of counts, and the daily forecast the application makes of it."""
    chance = random.Random(20261121)
    path = folder / "counts.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["site", "timestamp", "arrivals"])
        for days in range(420, 0, -1):
            day = (at - timedelta(days=days)).date()
            writer.writerow(["unit0", day.isoformat(), round(chance.gauss(190 + 12 * (day.weekday() == 0), 13))])
    for case in APPLICATION.cases_from_file(path, at):
        for proposal in APPLICATION.propose(case):
            if isinstance(proposal.value, SeriesValue) and proposal.value.step == "day":
                return case, proposal
    raise RuntimeError("the application made no daily forecast of the benchmark's counts")


def events(case: Case, proposal: Proposal, number: int, at: datetime) -> Iterator[tuple[Event, Actor, datetime]]:
    """`number` events, oldest first: each day and unit a case, a forecast, a decision on each day, the real counts."""
    assert isinstance(proposal.value, SeriesValue)
    keys = [point.key for point in proposal.value.points]
    group = 2 + 2 * len(keys)
    days = max(1, math.ceil(number / (group * UNITS)))
    made = 0
    for back in range(days, -1, -1):
        when = at - timedelta(days=back)
        for unit in range(UNITS):
            subject = f"unit:unit{unit}"
            useful = proposal.useful_until - timedelta(days=back)
            copy = Proposal.model_validate(
                {**proposal.plain(), "subject": subject, "as_of": when, "useful_until": useful}
            )
            batch: list[tuple[Event, Actor, datetime]] = [
                (CaseOpened(case=case.digest, kind=case.kind, subject=subject, as_of=when), RUNNER, when),
                (ProposalMade(proposal=copy, state="advisory"), RUNNER, when),
            ]
            if back:
                for key in keys:
                    review = Review(proposal=copy.digest, element=key, verdict="accept", shown_at=when, decided_at=when)
                    outcome = Outcome(
                        application=copy.application,
                        subject=subject,
                        measure=proposal.value.measure,
                        element=key,
                        value=190.0 + unit,
                        known_at=when,
                        source="benchmark",
                    )
                    batch += [
                        (ReviewGiven(review=review), REVIEWER, when),
                        (OutcomeKnown(outcome=outcome), RUNNER, when),
                    ]
            for item in batch:
                if back and made >= number - 2 * UNITS:
                    break
                made += 1
                yield item


def fill(home: Home, number: int, users: int, at: datetime) -> int:
    """Make the installation; returns the number of its ledger's last entry."""
    install(home, {"hospital": "Benchmark"})
    with Ledger.open(home.ledger_url) as ledger:
        accounts = Accounts(ledger)
        for user in range(users):
            accounts.create(f"user{user}", f"User {user}", [Role.BED_MANAGER], RUNNER, at, password=PASSWORD)
            accounts.set_password(f"user{user}", PASSWORD, RUNNER, at, must_change=False)
        for state in ("shadow", "advisory"):
            change_state(ledger, APPLICATION.name, state, person("user0", Role.MANAGER), "Benchmark", at)
        case, proposal = one_forecast(home.path, at)
        ledger.keep_case(case)
        batch: list[tuple[Event, Actor, datetime]] = []
        for item in events(case, proposal, number - ledger.head().seq, at):
            batch.append(item)
            if len(batch) == BATCH:
                ledger.append_many(batch)
                batch = []
        ledger.append_many(batch)
        return ledger.head().seq


@contextmanager
def serving(home: Home, workers: int) -> Iterator[str]:
    """The address of the real server."""
    log = home.path / "server.log"
    command = [sys.executable, "-c", "from cognoscope.cli import main; main()", "serve", "--port", "0"]
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [*command, "--workers", str(workers)],
            env={**os.environ, "COGNOSCOPE_HOME": str(home.path)},
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    try:
        for _ in range(1200):
            text = log.read_text()
            if text.count("startup complete") == workers and (found := re.search(r"http://127\.0\.0\.1:\d+", text)):
                break
            if process.poll() is not None:
                raise RuntimeError(text)
            time.sleep(0.1)
        else:
            raise RuntimeError(f"the server did not start: {text}")
        yield found.group(0)
    finally:
        process.terminate()
        process.wait(timeout=30)


class User:
    """One person's browser: one connection that is kept open, cookies, nothing else, so that it costs little."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.host, self.port = parts.hostname or "", parts.port or 80
        self.cookies: dict[str, str] = {}
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body of one page, as it came: a browser would decompress it on its own machine."""
        if self.reader is None or self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        body = urlencode(fields or {}).encode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}", "Accept-Encoding: gzip"]
        lines.append(f"Content-Length: {len(body)}")
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if fields:
            lines.append("Content-Type: application/x-www-form-urlencoded")
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        for name, value in re.findall(r"(?im)^set-cookie: ([^=]+)=([^;\r\n]*)", head):
            self.cookies[name] = value
        length = re.search(r"(?im)^content-length: (\d+)", head)
        content = await self.reader.readexactly(int(length.group(1)) if length else 0)
        return int(head.split(" ", 2)[1]), content

    async def sign_in(self, name: str) -> list[str]:
        """Sign in through the form; the addresses of the proposals that wait."""
        _, form = await self.ask("GET", "/sign-in")
        token = re.search(r'name="csrf_token" value="([^"]+)"', gzip.decompress(form).decode())
        assert token, form
        status, _ = await self.ask(
            "POST", "/sign-in", {"account": name, "password": PASSWORD, "csrf_token": token.group(1)}
        )
        assert status == 303, status
        return await self.waiting()

    async def waiting(self) -> list[str]:
        """The addresses of the proposals in the inbox."""
        status, inbox = await self.ask("GET", "/")
        assert status == 200, status
        return sorted(set(re.findall(r"/proposals/[0-9a-f]{64}", gzip.decompress(inbox).decode())))

    async def put_off(self, path: str) -> None:
        """Open a proposal and put its decision off, which leaves it in the inbox."""
        _, content = await self.ask("GET", path)
        fields = dict(re.findall(r'name="(csrf_token|shown)" value="([^"]+)"', gzip.decompress(content).decode()))
        status, _ = await self.ask("POST", f"{path}/reviews", {**fields, "choice": "defer||"})
        assert status == 303, status

    def leave(self) -> None:
        """Close the connection."""
        if self.writer is not None:
            self.writer.close()


async def drive(address: str, users: int, seconds: float, think: float) -> dict[str, Any]:
    """Let the users read; times in milliseconds, counted after a warm-up."""
    people = [User(address) for _ in range(users)]
    waiting = [await one.sign_in(f"user{number}") for number, one in enumerate(people)]
    assert all(waiting), "the inbox is empty"
    begin = time.perf_counter() + WARM_UP_SECONDS
    end = begin + seconds
    taken: dict[str, list[float]] = {"inbox": [], "proposal": []}
    errors = 0

    async def read(one: User, number: int) -> None:
        nonlocal errors
        chance = random.Random(number)
        await asyncio.sleep(chance.random() * max(think, 0.1))
        turn = number
        while time.perf_counter() < end:
            turn += 1
            page = "inbox" if turn % 2 else "proposal"
            path = "/" if page == "inbox" else chance.choice(waiting[number])
            start = time.perf_counter()
            status, _ = await one.ask("GET", path)
            if start >= begin:
                taken[page].append(1000 * (time.perf_counter() - start))
                errors += status != 200
            await asyncio.sleep(think * (0.5 + chance.random()))

    async def decide(one: User) -> int:
        """A decision a second: each adds to the ledger, so that no kept page may be shown again before it is remade."""
        made = 0
        while time.perf_counter() < end:
            await one.put_off(waiting[0][made % len(waiting[0])])
            made += 1
            await asyncio.sleep(1)
        return made

    decider = User(address)
    await decider.sign_in("user0")
    made, *_ = await asyncio.gather(decide(decider), *(read(one, number) for number, one in enumerate(people)))
    for one in (decider, *people):
        one.leave()
    result: dict[str, Any] = {"think_s": think, "errors": errors, "decisions": made}
    for name, times in {**taken, "all": [*taken["inbox"], *taken["proposal"]]}.items():
        times.sort()
        result[name] = {
            "pages": len(times),
            "p50_ms": round(times[len(times) // 2], 1),
            "p95_ms": round(times[int(len(times) * 0.95)], 1),
            "p99_ms": round(times[int(len(times) * 0.99)], 1),
        }
    result["pages_per_s"] = round(result["all"]["pages"] / seconds, 1)
    return result


def drive_apart(address: str, users: int, seconds: float, think: float) -> dict[str, Any]:
    """`drive` in a process of its own."""
    options = ["--drive", address, "--users", str(users), "--seconds", str(seconds), "--think", str(think)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.web", *options], stdout=subprocess.PIPE, text=True, check=True
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def main() -> None:
    """Fill, serve, drive, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--think", type=float, default=1.0, help=argparse.SUPPRESS)
    parser.add_argument("--drive", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.drive:
        print(json.dumps(asyncio.run(drive(given.drive, given.users, given.seconds, given.think))))
        return
    at = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        started = time.perf_counter()
        last = fill(home, given.events, given.users, at)
        filled = time.perf_counter() - started
        with serving(home, given.workers) as address:
            runs = [drive_apart(address, given.users, given.seconds, think) for think in (1.0, 0.0)]
    result = {
        "benchmark": "web",
        "date": at.date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "ledger_events": last,
        "fill_s": round(filled, 1),
        "users": given.users,
        "workers": given.workers,
        "seconds": given.seconds,
        "with_reading": runs[0],
        "without_pause": runs[1],
    }
    print(json.dumps(result, indent=None if given.json else 2))


if __name__ == "__main__":
    main()
