"""The ingest's figures: megabytes of FHIR NDJSON a second, memory of all its processes, and survival of `kill -9`.

    python -m benchmarks.ingest --json [--megabytes 100 1000] [--kills 20] [--kill-megabytes 200]

The command measured is `cognoscope ingest fhir` itself, its start included, on a seeded file in a temporary folder;
`start_seconds` is what the same command takes for a kilobyte, the second time.
Memory is the largest sum of the resident sets of all its processes, read from /proc every 50 ms; pages that they share
count once for each. A kill ends the main process at a random moment of its work; the same command then runs again and
again until it ends by itself, and every table must hold the same rows as after a run that nobody disturbed.
"""

import argparse
import json
import os
import platform
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import fhir_ndjson

from cognoscope.core.database import migrate
from cognoscope.core.home import Home
from cognoscope.intake import keys
from cognoscope.intake.cdm import TABLES
from cognoscope.intake.vault import Vault
from cognoscope.intake.warehouse import open_warehouse

AT = "2026-11-21T12:00+01:00"
COMMAND = [sys.executable, "-c", "from cognoscope.cli import main; main()", "ingest", "fhir", "--at", AT]
SAMPLE_SECONDS = 0.05


def installed(path: Path, keys_of: Home | None = None) -> Home:
    """A fresh home, with the keys of another where given."""
    home = Home(path)
    path.mkdir(mode=0o700)
    if keys_of is None:
        keys.create(home)
    else:
        shutil.copytree(keys_of.key_file.parent, home.key_file.parent)
    migrate(home.ledger_url)
    return home


def started(home: Home, file: Path) -> subprocess.Popen[bytes]:
    """The command, running."""
    environment = os.environ | {"COGNOSCOPE_HOME": str(home.path)}
    # An installed program keeps its compiled modules; without them each start compiles some hundred files.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.Popen(
        [*COMMAND, str(file)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def resident_bytes(process: int) -> int:
    """Resident set of a process and all its descendants; 0 for one that has ended."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
        children = [
            int(child)
            for task in Path(f"/proc/{process}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(resident_bytes(child) for child in children)


def take_in(home: Home, file: Path) -> dict[str, float]:
    """Run the command to its end: seconds, MB/s, peak memory in MiB."""
    began, peak, cpu = time.monotonic(), 0, _cpu_seconds()
    with started(home, file) as process:
        while process.poll() is None:
            peak = max(peak, resident_bytes(process.pid))
            time.sleep(SAMPLE_SECONDS)
    seconds = time.monotonic() - began
    if process.returncode:
        raise SystemExit(f"The ingest ended with status {process.returncode}.")
    size = file.stat().st_size / 1e6
    return {
        "megabytes": round(size, 1),
        "seconds": round(seconds, 2),
        "megabytes_per_second": round(size / seconds, 1),
        "cpu_seconds": round(_cpu_seconds() - cpu, 2),
        "peak_memory_mib": round(peak / 2**20),
    }


def _cpu_seconds() -> float:
    """Processor time of the commands run so far, with all their processes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def content(home: Home) -> dict[str, tuple[int, int]]:
    """Rows of each table and an order-free digest of them, as the views show them."""
    backend = open_warehouse(home).connect()
    try:
        digests = {}
        for name in TABLES:
            row = backend.raw_sql(f'SELECT count(*), bit_xor(hash(t)) FROM "{name}" t').fetchone()
            digests[name] = (int(row[0]), int(row[1] or 0))
        return digests | {"vault": (Vault(home).count(), 0)}
    finally:
        backend.disconnect()


def survive_kills(folder: Path, file: Path, kills: int, seed: int) -> dict[str, int]:
    """Kill the command `kills` times; how often the rows differed at the end from those of an undisturbed run."""
    chance = random.Random(seed)
    undisturbed = installed(folder / "undisturbed")
    seconds = take_in(undisturbed, file)["seconds"]
    expected = content(undisturbed)
    result = {"kills": 0, "runs_to_the_end": 0, "different": 0}
    while result["kills"] < kills:
        home = installed(folder / f"killed-{result['runs_to_the_end']}", keys_of=undisturbed)
        while True:
            with started(home, file) as process:
                try:
                    process.wait(chance.uniform(0.1, 0.7) * seconds if result["kills"] < kills else None)
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    result["kills"] += 1
            if process.returncode == 0:
                break
        result["runs_to_the_end"] += 1
        result["different"] += content(home) != expected
        shutil.rmtree(home.path)
    return result


def machine() -> str:
    """Processor, cores and Python."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    parser.add_argument("--megabytes", type=int, nargs="*", default=[100, 1000])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--kill-megabytes", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    result: dict[str, Any] = {"date": datetime.now(UTC).date().isoformat(), "machine": machine(), "ingest": []}
    with tempfile.TemporaryDirectory(prefix="cognoscope-bench-") as made:
        folder = Path(made)
        small = folder / "small.ndjson"
        fhir_ndjson.write(small, 1000, asked.seed)
        for name in ("first", "second"):
            result["start_seconds"] = take_in(installed(folder / name), small)["seconds"]
        for megabytes in asked.megabytes:
            file = folder / f"{megabytes}.ndjson"
            fhir_ndjson.write(file, megabytes * 1_000_000, asked.seed)
            home = installed(folder / f"home-{megabytes}")
            result["ingest"].append(take_in(home, file))
            shutil.rmtree(home.path)
            file.unlink()
        if asked.kills:
            file = folder / "kills.ndjson"
            fhir_ndjson.write(file, asked.kill_megabytes * 1_000_000, asked.seed)
            result["survival"] = survive_kills(folder, file, asked.kills, asked.seed)
    if asked.json:
        print(json.dumps(result))
        return
    print(f"{result['date']}, {result['machine']}")
    print(f"start_seconds {result['start_seconds']}")
    for figures in result["ingest"]:
        print(", ".join(f"{name} {value}" for name, value in figures.items()))
    for name, value in result.get("survival", {}).items():
        print(f"{name} {value}")


if __name__ == "__main__":
    main()
