"""The DICOM service's figures: objects received a second, from scanner to result in the archive, one image's inference.

    python -m benchmarks.dicom_service [--json] [--objects 2000] [--slices 300] [--images 60]
        [--only receive|study|inference]

- `receive`: dcmtk's storescu sends CT objects of 512 x 512 over one association; each is durable before it is
  acknowledged. Once into a fresh `cognoscope dicom serve`, whose reading process works at the same time, and once into
  the receiver alone.
- `study`: an invented chest CT is sent by storescu; the clock stops when Orthanc holds the structured report.
  Application imaging.lungs in `advisory`. Peak memory is that of the largest of our processes.
- `inference`: `propose` on one two-dimensional image, for each application that has public images of its kind under
  COGNOSCOPE_DATASETS, with the weights for research of those that ship none (`answered` is 0 where there are none at
  all); the first call, which loads the network, is not counted.

Everything is on one machine: sender, receiver, reader, archive. Needs Debian's dcmtk, orthanc and orthanc-dicomweb.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from tests.intake.dicom.service_nodes import Orthanc, free_port, orthanc, storescu, write_settings

from cognoscope.cli.installation import install
from cognoscope.core.actor import Role, person
from cognoscope.core.application import Application
from cognoscope.core.case import Case
from cognoscope.core.dicom_settings import DicomPeer, DicomSettings
from cognoscope.core.errors import CognoscopeError
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.datasets.registry import datasets_folder
from cognoscope.demo.imaging.objects import Picture, objects
from cognoscope.demo.imaging.thorax import thorax
from cognoscope.demo.patients import invented_patient

SEED = 20261121
AT = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
MANAGER = person("benchmark", Role.ADMINISTRATOR)
LUNGS = "imaging.lungs"
SCANNER = DicomPeer(name="ct1", ae_title="CT1", host="127.0.0.1", sends=True)


def main() -> None:
    """Measure what was asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--objects", type=int, default=2000)
    parser.add_argument("--slices", type=int, default=300)
    parser.add_argument("--images", type=int, default=60)
    parser.add_argument("--only", choices=("receive", "study", "inference"))
    asked = parser.parse_args()
    missing = [name for name in ("storescu", "Orthanc") if shutil.which(name) is None]
    if missing and asked.only != "inference":
        sys.exit(f"{' and '.join(missing)} not installed: apt install dcmtk orthanc orthanc-dicomweb.")
    report: dict[str, Any] = {"machine": machine(), "date": f"{date.today():%Y-%m-%d}"}  # noqa: DTZ011
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if asked.only in (None, "receive"):
            report["receive"] = receive(folder, asked.objects)
        if asked.only in (None, "study"):
            report["study"] = study(folder, asked.slices)
        if asked.only in (None, "inference"):
            report["inference"] = inference(folder, asked.images)
    print(json.dumps(report) if asked.json else json.dumps(report, indent=2))


def receive(folder: Path, count: int) -> dict[str, Any]:
    """Objects a second, with and without the reading process beside."""
    ct = chest_ct(folder / "received", min(count, 100), copies=count)
    found = {}
    for name, reads in (("serving", True), ("receiver_alone", False)):
        home = installation(folder / name, DicomSettings(port=free_port(), peers=(SCANNER,)))
        with serving(home, folder / f"{name}.log", reads=reads):
            before = time.perf_counter()
            done = storescu(home.settings().dicom.port, ct)
            seconds = time.perf_counter() - before
            assert done.returncode == 0, done.stderr[-500:]
            found[name] = {
                "objects": count,
                "seconds": round(seconds, 2),
                "objects_per_second": round(count / seconds, 1),
            }
            if reads:
                found[name]["read_after_seconds"] = round(until_read(home, before, count), 1)
    return found


def study(folder: Path, slices: int) -> dict[str, Any]:
    """Seconds from storescu's start to the report in the archive."""
    ct = chest_ct(folder / "study", slices)
    with orthanc(folder / "orthanc") as archive:
        home = installation(
            folder / "home",
            DicomSettings(port=free_port(), peers=(SCANNER, archive.peer(results="dimse", url=None))),
        )
        with Ledger.open(home.ledger_url) as ledger:
            for state in ("shadow", "advisory"):
                change_state(ledger, LUNGS, state, MANAGER, "benchmark", AT)  # type: ignore[arg-type]
        with serving(home, folder / "study.log"):
            before = time.perf_counter()
            done = storescu(home.settings().dicom.port, ct)
            sent = time.perf_counter() - before
            assert done.returncode == 0, done.stderr[-500:]
            seconds, modalities = until_reported(archive, before)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1 << 20)
    said = (folder / "study.log").read_text(encoding="utf-8")
    return {
        "slices": slices,
        "seconds": round(seconds, 2),
        "of_which_sending": round(sent, 2),
        "objects_stored_back": modalities,
        "peak_gib": round(peak, 2),
        "said": [line for line in said.splitlines() if LUNGS in line],
    }


def inference(folder: Path, count: int) -> dict[str, Any]:
    """Milliseconds of `propose` on one image: median and 95th percentile."""
    from cognoscope.apps import APPLICATIONS
    from cognoscope.apps.installed import to_try
    from cognoscope.core import pixels
    from cognoscope.demo.imaging import pictures
    from cognoscope.intake.dicom.store import ImageStore

    home = installation(folder / "inference", DicomSettings())
    pixels.look_in(home.pixels)
    store, found = ImageStore(home), {}
    many = {each.application: replace(each, count=count) for each in pictures.PUBLIC}
    pictures.PUBLIC = tuple(many.values())
    for number, registered in enumerate(APPLICATIONS):
        application = to_try(registered)
        if application.name not in many or application.cases_from_study is None:
            continue
        cases = []
        for place, picture in enumerate(pictures.public(application.name, SEED)):
            (taken,) = store.take(contents(picture, number * 1000 + place + 1))
            cases += application.cases_from_study(store, taken.study, AT)
        found[application.name] = timed(application, cases)
    for application in map(to_try, APPLICATIONS):
        if application.reference_folder and application.name.startswith("imaging.") and application.name not in found:
            files = sorted((datasets_folder() / application.reference_folder / "images").glob("*"))[:count]
            cases = [case for path in files for case in application.cases_from_file(path, AT)]
            found[application.name] = timed(application, cases)
    return found


def timed(application: Application, cases: list[Case]) -> dict[str, Any]:
    """Milliseconds of each call but the first."""
    times, answered = [], 0
    for case in cases:
        before = time.perf_counter()
        try:
            proposals = application.propose(case)
        except CognoscopeError as error:
            return {"said": str(error)}
        times.append((time.perf_counter() - before) * 1000)
        answered += sum(proposal.abstention is None for proposal in proposals)
    if len(times) < 2:
        return {"said": "no public images of its kind under COGNOSCOPE_DATASETS"}
    return {
        "images": len(times) - 1,
        "answered": answered,
        "median_ms": round(float(np.median(times[1:])), 1),
        "p95_ms": round(float(np.quantile(times[1:], 0.95)), 1),
        "first_ms": round(times[0], 1),
    }


def contents(picture: Picture, number: int) -> list[bytes]:
    """The DICOM files of a picture, of an invented patient."""
    from io import BytesIO

    patient, _ = invented_patient(f"b{number}", f"B{number:06d}", AT.date(), Random(number), youngest=30)
    found = []
    for one in objects(picture, patient, number, AT):
        stream = BytesIO()
        one.save_as(stream, enforce_file_format=True)
        found.append(stream.getvalue())
    return found


def chest_ct(folder: Path, slices: int, copies: int | None = None) -> Path:
    """A folder with an invented chest CT of 512 x 512; with `copies`, its slices again under other identifiers."""
    folder.mkdir()
    spacing = (300 / slices, 400 / 512, 400 / 512)
    made = thorax(slices, 512, spacing, patches=7, seed=SEED)
    picture = Picture(made.hounsfield[::-1], "CT", "CHEST", "Thorax", spacing)
    left = copies if copies is not None else slices
    for number in range(1, 10_000):
        for place, content in enumerate(contents(picture, number)):
            if not left:
                return folder
            (folder / f"{number:04d}-{place:04d}.dcm").write_bytes(content)
            left -= 1
    return folder


def installation(folder: Path, settings: DicomSettings) -> Home:
    """A fresh installation with these settings."""
    home = Home(folder)
    install(home, {})
    write_settings(home, settings)
    return home


@contextmanager
def serving(home: Home, log: Path, *, reads: bool = True) -> Iterator[None]:
    """`cognoscope dicom serve` in a process of its own; without `reads`, its receiving half."""
    program = "from cognoscope.cli.main import main; main()" if reads else RECEIVER_ALONE
    environment = {**os.environ, "COGNOSCOPE_HOME": str(home.path), "PYTHONUNBUFFERED": "1"}
    with log.open("wb") as output:
        words = [sys.executable, "-c", program, "dicom", "serve"]
        process = subprocess.Popen(words, env=environment, stdout=output, stderr=output)
    try:
        for _ in range(600):
            if "receives on" in log.read_text(encoding="utf-8"):
                break
            assert process.poll() is None, log.read_text(encoding="utf-8")
            time.sleep(0.1)
        if reads:
            time.sleep(WARM_UP_SECONDS)
        yield
    finally:
        process.terminate()
        process.wait(60)


WARM_UP_SECONDS = 8.0
"""A service has been up for days when a study comes; its first seconds, spent importing, are not measured."""

RECEIVER_ALONE = """
import signal, time
from cognoscope.core.home import default_home
from cognoscope.intake.dicom.receive import Receiver
home = default_home()
receiver = Receiver(home, home.settings().dicom, print)
receiver.start()
print("receives on")
signal.signal(signal.SIGTERM, lambda *_: (receiver.stop(), exit(0)))
while True:
    time.sleep(1)
"""


def until_read(home: Home, before: float, count: int) -> float:
    """Seconds until the reading process has kept them all."""
    from cognoscope.intake.dicom.worker_status import status_of

    while sum(status_of(home)["taken"].values()) < count:
        time.sleep(0.5)
    return time.perf_counter() - before


def until_reported(archive: Orthanc, before: float) -> tuple[float, list[str]]:
    """Seconds until the archive holds a structured report, and everything it holds a little later."""
    query = json.dumps({"Level": "Series", "Query": {"Modality": "SR"}}).encode()
    while not archive.ask("/tools/find", query):
        assert time.perf_counter() - before < 300, "no report came within five minutes"
        time.sleep(0.05)
    seconds = time.perf_counter() - before
    time.sleep(3)
    return seconds, sorted(one["Modality"] for one in archive.instances())


def machine() -> str:
    """Cores and kind of processor."""
    with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    return f"{len(os.sched_getaffinity(0))} cores, {model or platform.processor()}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
