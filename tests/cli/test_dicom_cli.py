"""`cognoscope dicom ...` as somebody types it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.terminal import Terminal

from cognoscope.core.home import Home

pytest.importorskip("pynetdicom", reason="the extra `imaging` is not installed")
from tests.intake.dicom.service_application import installation
from tests.intake.dicom.service_nodes import (
    Orthanc,
    ct_slices,
    free_port,
    orthanc,
    settings,
    storescu,
    write,
    write_settings,
)

from cognoscope.intake.dicom import outbox, pacs
from cognoscope.intake.dicom.worker_state import ServiceState


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    with orthanc(tmp_path_factory.mktemp("orthanc")) as running:
        yield running


@pytest.fixture
def installed(home: Home) -> Home:
    return installation(home)


def test_route_says_which_rule_held_and_why_the_others_did_not(type_in: Terminal, installed: Home, tmp_path: Path):
    file = write(tmp_path / "ct", ct_slices(1)) / "00001.dcm"
    said, _ = type_in(installed, "dicom", "route", str(file))
    assert "chest-ct: holds, to imaging.lungs" in said
    assert "mammography: the modality is CT, the rule asks for MG" in said
    assert "It goes to imaging.lungs." in said
    assert "CANARI" not in said
    assert not installed.images.exists()


def test_route_of_what_is_no_dicom_is_a_sentence(type_in: Terminal, installed: Home, tmp_path: Path):
    (tmp_path / "x.dcm").write_bytes(b"no image" * 100)
    _, said = type_in(installed, "dicom", "route", str(tmp_path / "x.dcm"), status=1)
    assert "This is not a DICOM file" in said


def test_echo(type_in: Terminal, installed: Home, archive: Orthanc):
    write_settings(installed, settings(archive.peer()))
    said, _ = type_in(installed, "dicom", "echo")
    assert "orthanc (ORTHANC) answers C-ECHO" in said
    assert "ct1 (CT1) only sends" in said
    write_settings(installed, settings(archive.peer(port=free_port(), url=None)))
    _, said = type_in(installed, "dicom", "echo", "orthanc", status=1)
    assert "is it running?" in said
    _, said = type_in(installed, "dicom", "echo", "nobody", status=1)
    assert "No DICOM peer nobody" in said


def test_pull_then_status(type_in: Terminal, installed: Home, archive: Orthanc):
    slices = ct_slices(3, 61)
    pacs.deliver(archive.peer(results="dimse"), "COGNOSCOPE", slices)
    write_settings(installed, settings(archive.peer()))
    said, _ = type_in(installed, "dicom", "pull", str(slices[0].StudyInstanceUID))
    assert "3 objects fetched" in said
    said, _ = type_in(installed, "dicom", "status")
    assert "spool         1 files" in said
    assert "No problem found." in said
    _, said = type_in(installed, "dicom", "pull", "1.2.3.4", status=1)
    assert "does not hold this study" in said


def test_results_that_wait_are_shown_and_sent(type_in: Terminal, installed: Home):
    away = Orthanc(http=1, dicom=free_port()).peer(results="dimse", url=None)
    write_settings(installed, settings(away))
    state = ServiceState(installed)
    with state.transaction() as connection:
        outbox.put(connection, settings(away), "f" * 64, "2.25.1", "imaging.lungs", 0.0)
    state.close()
    said, _ = type_in(installed, "dicom", "send", status=1)
    assert "The ledger holds no proposal ffffffffffff" in said
    assert "0 results sent, 1 left." in said
    said, _ = type_in(installed, "dicom", "status", "--json", status=1)
    report = json.loads(said)
    assert report["outbox"] == {"refused": 1}
    assert "cognoscope dicom send --again" in report["problems"][0]


def test_an_installation_without_peers_says_what_to_do(type_in: Terminal, installed: Home):
    said, _ = type_in(installed, "dicom", "status", status=1)
    assert "No peer may send" in said
    assert "settings.toml" in said


def test_serve_needs_an_installation(type_in: Terminal, home: Home):
    _, said = type_in(home, "dicom", "serve", status=1)
    assert "cognoscope init" in said


def test_serve_receives_reads_and_ends_when_asked(installed: Home, tmp_path: Path, type_in: Terminal):
    port = free_port()
    write_settings(installed, settings().model_copy(update={"port": port}))
    words = [sys.executable, "-c", "from cognoscope.cli.main import main; main()", "dicom", "serve"]
    environment = {**os.environ, "COGNOSCOPE_HOME": str(installed.path), "PYTHONUNBUFFERED": "1"}
    log = tmp_path / "log"
    with log.open("wb") as output:
        service = subprocess.Popen(words, stdout=output, stderr=output, env=environment)
    try:
        _until(lambda: "receives on 127.0.0.1" in log.read_text(), service, log)
        assert storescu(port, write(tmp_path / "ct", ct_slices(3, 62))).returncode == 0
        _until(lambda: "is whole" in log.read_text(), service, log)
        _until(lambda: "imaging.lungs" in log.read_text(), service, log)
        assert not list((installed.dicom / "spool").iterdir())
        _, said = type_in(installed, "dicom", "serve", status=1)
        assert "is writing the DICOM service" in said
    finally:
        service.send_signal(signal.SIGTERM)
        assert service.wait(40) == 0, log.read_text()
    text = log.read_text()
    assert "3 objects received from CT1, association released." in text
    assert "Traceback" not in text
    assert "CANARI" not in text
    said, _ = type_in(installed, "dicom", "status", "--json")
    assert json.loads(said)["taken"] == {"kept": 3}


def _until(holds: object, service: subprocess.Popen[bytes], log: Path) -> None:
    assert callable(holds)
    for _ in range(600):
        if holds():
            return
        assert service.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())
