"""A real cluster of two worker processes reads the same rows as one machine; a killed executor loses nothing."""

import importlib.util
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from tests.intake.reading.notes import ON, READER, current, warehouse_with
from tests.intake.reading.spark_cluster import cluster, environment

from cognoscope.intake.reading.on_one_machine import read_warehouse

pytestmark = [
    pytest.mark.spark,
    pytest.mark.xdist_group("spark"),
    pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="PySpark is missing: make .venv/.spark"),
    pytest.mark.skipif(shutil.which("java") is None, reason="no Java: install Debian's default-jre-headless"),
]


def texts(mark: Path) -> list[str]:
    """Enough reports for four tasks; one ends the Python process that reads it, once; some take their time."""
    numbered = [f"Compte rendu {number}. {'Pas de d' if number % 3 else 'D'}iabète." for number in range(800)]
    return [*numbered[:600], f"Diabète [kills {mark}].", "Diabète [fails].", *["Diabète [slow]."] * 40, *numbered[600:]]


def test_two_workers_read_the_same_rows_and_killed_ones_lose_nothing(home, tmp_path):
    """First a Python process of an executor is killed, then one of the two workers with all it runs."""
    mark, shared = tmp_path / "killed", tmp_path / "shared"
    warehouse = warehouse_with(home, texts(mark))
    script = str(Path(__file__).with_name("spark_reading.py"))
    with cluster(tmp_path) as (address, workers), (tmp_path / "driver.log").open("w+") as log:
        driver = subprocess.Popen(
            [sys.executable, script, str(home.path), address, str(shared), READER],
            env=environment(tmp_path),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        deadline = time.monotonic() + 120
        while not mark.exists() and driver.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert mark.exists() and driver.poll() is None, "no process was killed in time: the test shows nothing"
        workers[0].kill()
        output, _ = driver.communicate(timeout=240)
        log.seek(0)
        assert driver.returncode == 0, log.read()[-3000:]
    assert output.split() == ["842", "841", "1"]

    alone = warehouse_with(replace(home, path=tmp_path / "alone"), texts(mark))
    read_warehouse(alone, ON, names=[READER], workers=1)
    assert current(warehouse) == current(alone)
    assert not list(shared.glob("reading-*")), "texts are left behind"
