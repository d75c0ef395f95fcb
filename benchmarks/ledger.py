"""The ledger's figures: durable appends a second, events verified a second, and survival of `kill -9`.

    python -m benchmarks.ledger --json [--seconds 5] [--events 200000] [--kills 50] [--url URL]

Writers append small events (StateChanged), each append returning only once it is durable. Eight processes and eight
threads of one process are measured apart. For the kills, a process with eight threads appends and notes each
acknowledged entry in a file of its own; it is killed at a random moment, then the chain is verified and every
acknowledged entry looked up.
"""

import argparse
import json
import multiprocessing
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cognoscope.core.actor import Role, person
from cognoscope.core.database import migrate
from cognoscope.core.events import StateChanged
from cognoscope.core.ledger import Ledger

WRITERS = 8
ACTOR = person("benchmark", Role.ADMINISTRATOR)
AT = datetime(2026, 11, 21, tzinfo=UTC)


def event(writer: int, number: int) -> StateChanged:
    """A small event that names its writer and number, so that an acknowledged one can be found again."""
    return StateChanged(application="bench.mark", before="draft", after="shadow", reason=f"{writer}-{number}")


def append_until(ledger: Ledger, writer: int, stop: float) -> int:
    """Append one event at a time until the monotonic clock shows `stop`; how many were acknowledged."""
    count = 0
    while time.monotonic() < stop:
        ledger.append(event(writer, count), ACTOR, AT)
        count += 1
    return count


def _process(url: str, writer: int, ready: Any, seconds: float, counts: Any) -> None:
    with Ledger.open(url) as ledger:
        ready.wait()
        counts[writer] = append_until(ledger, writer, time.monotonic() + seconds)


def processes_per_second(url: str, seconds: float) -> float:
    """Durable appends a second from eight processes."""
    context = multiprocessing.get_context("spawn")
    ready, counts = context.Barrier(WRITERS), context.Array("q", WRITERS)
    started = [context.Process(target=_process, args=(url, w, ready, seconds, counts)) for w in range(WRITERS)]
    for process in started:
        process.start()
    for process in started:
        process.join()
    return sum(counts) / seconds


def threads_per_second(url: str, seconds: float) -> float:
    """Durable appends a second from eight threads of one process."""
    counts = [0] * WRITERS
    with Ledger.open(url) as ledger:
        stop = time.monotonic() + seconds

        def work(writer: int) -> None:
            counts[writer] = append_until(ledger, writer, stop)

        started = [threading.Thread(target=work, args=(writer,)) for writer in range(WRITERS)]
        for thread in started:
            thread.start()
        for thread in started:
            thread.join()
    return sum(counts) / seconds


def verified_per_second(url: str, events: int) -> float:
    """Events verified a second, the best of three walks along a chain of at least that many."""
    with Ledger.open(url) as ledger:
        missing = max(0, events - ledger.head().seq)
        for start in range(0, missing, 20_000):
            size = min(20_000, missing - start)
            ledger.append_many((event(0, number), ACTOR, AT) for number in range(size))
        rates = []
        for _ in range(3):
            began = time.perf_counter()
            verification = ledger.verify()
            rates.append(verification.events / (time.perf_counter() - began))
            if not verification.intact:
                raise SystemExit(verification.problem)
    return max(rates)


def append_for_ever(url: str, journal: Path, run: int) -> None:
    """Append from eight threads until killed; each acknowledged entry is first written to the journal."""
    file = os.open(journal, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    ledger = Ledger.open(url)

    def work(writer: int) -> None:
        number = 0
        while True:
            entry = ledger.append(event(run * WRITERS + writer, number), ACTOR, AT)
            os.write(file, f"{entry.seq} {entry.hash}\n".encode())
            number += 1

    for writer in range(WRITERS):
        threading.Thread(target=work, args=(writer,)).start()


def survive_kills(url: str, folder: Path, kills: int, seed: int) -> dict[str, int]:
    """Kill a writing process `kills` times; what was acknowledged, lost, and how often the chain did not verify."""
    chance = random.Random(seed)
    result = {"kills": kills, "acknowledged": 0, "lost": 0, "broken_chains": 0}
    for run in range(kills):
        journal = folder / f"journal-{run}"
        command = [sys.executable, "-m", "benchmarks.ledger", "--append", url, str(journal), str(run)]
        with subprocess.Popen(command) as process:
            while process.poll() is None and not (journal.exists() and journal.stat().st_size):
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.3))
            process.send_signal(signal.SIGKILL)
        acknowledged = dict(line.split() for line in journal.read_text().splitlines(keepends=True) if line[-1] == "\n")
        with Ledger.open(url) as ledger:
            verification = ledger.verify()
            after = min(map(int, acknowledged)) - 1
            kept = {str(entry.seq): entry.hash for entry in ledger.entries(after_seq=after)}
        result["acknowledged"] += len(acknowledged)
        result["lost"] += sum(kept.get(seq) != digest for seq, digest in acknowledged.items())
        result["broken_chains"] += not verification.intact
    return result


def measure(url: str | None, seconds: float, events: int, kills: int) -> dict[str, Any]:
    """Every figure, each on a ledger of its own unless `url` names one."""
    with tempfile.TemporaryDirectory(prefix="cognoscope-bench-") as name:
        folder = Path(name)

        def fresh(purpose: str) -> str:
            made = url or f"sqlite:///{folder / purpose}.sqlite"
            migrate(made)
            return made

        return {
            "benchmark": "ledger",
            "date": datetime.now(UTC).date().isoformat(),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
            "database": "SQLite" if url is None else url.partition(":")[0],
            "appends_per_second_8_processes": round(processes_per_second(fresh("processes"), seconds)),
            "appends_per_second_8_threads": round(threads_per_second(fresh("threads"), seconds)),
            "events_verified": events,
            "verified_per_second": round(verified_per_second(fresh("verify"), events)),
            **survive_kills(fresh("kills"), folder, kills, seed=20261121),
        }


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--url", help="an empty PostgreSQL database to measure instead of SQLite")
    parser.add_argument("--append", nargs=3, metavar=("URL", "JOURNAL", "RUN"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.append:
        url, journal, run = arguments.append
        append_for_ever(url, Path(journal), int(run))
        return
    figures = measure(arguments.url, arguments.seconds, arguments.events, arguments.kills)
    if arguments.json:
        print(json.dumps(figures, indent=2))
    else:
        print("\n".join(f"{name}: {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
