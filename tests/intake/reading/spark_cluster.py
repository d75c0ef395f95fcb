"""A standalone Spark cluster on this machine: a master and worker processes, ended with the test."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 60


def environment(folder: Path) -> dict[str, str]:
    """What every process of the cluster needs to find: this Python, these sources."""
    return os.environ | {
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_WORKER_DIR": str(folder / "work"),
        "OMP_NUM_THREADS": "1",
    }


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The master's address and the worker processes."""
    import pyspark

    script = Path(pyspark.__file__).parent / "bin" / "spark-class"
    processes: list[subprocess.Popen[bytes]] = []

    def start(name: str, *arguments: str) -> Path:
        log = folder / f"{name}.log"
        with log.open("wb") as stream:
            command = ["bash", str(script), *arguments]
            processes.append(subprocess.Popen(command, stdout=stream, stderr=stream, env=environment(folder)))
        return log

    try:
        deploy = "org.apache.spark.deploy"
        log = start("master", f"{deploy}.master.Master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        address = _wait_for(log, r"Starting Spark master at (spark://\S+)")
        for number in range(workers):
            options = ("--cores", "1", "--memory", "1g", "--host", "127.0.0.1", "--webui-port", "0", address)
            _wait_for(start(f"worker{number}", f"{deploy}.worker.Worker", *options), r"(Successfully registered)")
        yield address, processes[1:]
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def _wait_for(log: Path, pattern: str) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = re.search(pattern, log.read_text(encoding="utf-8", errors="replace"))
        if found:
            return found[1]
        time.sleep(0.1)
    raise AssertionError(f"Spark did not start: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
