"""What independent tools say of our objects: dicom3tools, DCMTK, Orthanc."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import httpx
import pydicom
import pytest
from tests.exports.dicom import studies
from tests.exports.dicom.test_sr import reviewed

from cognoscope.exports.dicom import objects_for
from cognoscope.intake.dicom.source import source_series

pytest.importorskip("highdicom")


def every_object() -> Iterator[tuple[str, pydicom.Dataset]]:
    """Names and objects: volumes, single images of each kind, a multi-frame image, each state of a proposal."""
    given = {"ct": studies.ct(), "oblique": studies.ct(5, studies.OBLIQUE, -1.7)}
    given |= {kind: studies.single(kind) for kind in ("CR", "DX", "MG", "OT", "US")}
    given["enhanced"] = (studies.case_of(4), source_series([studies.enhanced(4)]))
    clip = studies.header("US-clip")
    clip.NumberOfFrames = 3
    given["clip"] = (studies.case_of(3, modality="US"), source_series([clip]))
    for name, (case, source) in given.items():
        array = studies.blocks(case.images[0].raster.frames)
        for made in objects_for(studies.proposal_of(case, array, with_marks=True), case, source):
            yield f"{name}-{made.Modality}-{made.InstanceNumber}", made
    case, source = given["ct"]
    proposal = studies.proposal_of(case, studies.blocks(6), with_marks=True)
    for verdict in ({"verdict": "accept"}, {"verdict": "overrule", "reason": "other"}):
        for made in objects_for(proposal, case, source, "en", reviewed(proposal, verdict)):
            yield f"{verdict['verdict']}-{made.Modality}", made
    for made in objects_for(studies.abstention_of(case), case, source, parts=("sr",)):
        yield "abstention", made


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("objects")
    paths = []
    for name, made in every_object():
        made.save_as(folder / f"{name}.dcm", enforce_file_format=True)
        paths.append(folder / f"{name}.dcm")
    return paths


def said(*command: str | Path) -> list[str]:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, errors="replace", check=False
    )
    return (done.stdout + done.stderr).splitlines()


def test_dciodvfy_finds_no_error(files: list[Path]) -> None:
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy (Debian: dicom3tools) is not on this machine")
    errors = {
        path.name: [line for line in said("dciodvfy", "-new", path) if line.startswith("Error")] for path in files
    }
    assert {name: found for name, found in errors.items() if found} == {}
    assert len(files) > 25


def test_dcentvfy_finds_one_patient_and_one_study(files: list[Path]) -> None:
    if shutil.which("dcentvfy") is None:
        pytest.skip("dcentvfy (Debian: dicom3tools) is not on this machine")
    some = [path for path in files if path.name.startswith("ct-")]
    assert [line for line in said("dcentvfy", *some) if line.startswith("Error")] == []


def test_dcmtk_reads_each_without_error(files: list[Path]) -> None:
    if shutil.which("dcmdump") is None or shutil.which("dsrdump") is None:
        pytest.skip("dcmdump and dsrdump (Debian: dcmtk) are not on this machine")
    for path in files:
        assert [line for line in said("dcmdump", "-q", path) if line.startswith(("E:", "F:"))] == []
        if "SR" in path.name:
            assert [line for line in said("dsrdump", path) if line.startswith(("E:", "F:"))] == []


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if shutil.which("Orthanc") is None:
        pytest.skip("Orthanc (Debian: orthanc) is not on this machine")
    folder = tmp_path_factory.mktemp("orthanc")
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        http, dicom = one.getsockname()[1], other.getsockname()[1]
    settings = {
        "StorageDirectory": str(folder / "store"),
        "IndexDirectory": str(folder / "store"),
        "HttpPort": http,
        "DicomPort": dicom,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
    }
    (folder / "orthanc.json").write_text(json.dumps(settings))
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(["Orthanc", str(folder / "orthanc.json")], stdout=log, stderr=log)
    address = f"http://127.0.0.1:{http}"
    try:
        for _ in range(100):
            try:
                httpx.get(f"{address}/system").raise_for_status()
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        else:
            pytest.fail(f"Orthanc did not start: {(folder / 'log').read_text()[-500:]}")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_orthanc_stores_and_returns_them(orthanc: str) -> None:
    case, source = studies.ct(5, studies.OBLIQUE, -1.7)
    proposal = studies.proposal_of(case, studies.blocks(5), with_marks=True)
    made = objects_for(proposal, case, source)
    for each in (*made, *made):  # sent twice, kept once
        stream = BytesIO()
        each.save_as(stream, enforce_file_format=True)
        answer = httpx.post(f"{orthanc}/instances", content=stream.getvalue())
        assert answer.status_code == 200
    kept = httpx.get(f"{orthanc}/instances").json()
    assert len(kept) == 3
    back = {}
    for identifier in kept:
        content = httpx.get(f"{orthanc}/instances/{identifier}/file").content
        read = pydicom.dcmread(BytesIO(content))
        back[read.SOPInstanceUID] = read
    for each in made:
        assert back[each.SOPInstanceUID].SOPClassUID == each.SOPClassUID
        assert str(back[each.SOPInstanceUID].PatientName) == "Imaginaire^Élodie"
    seg = made[0]
    assert back[seg.SOPInstanceUID].PixelData == seg.PixelData
    positions = [
        [group.PlanePositionSequence[0].ImagePositionPatient for group in one.PerFrameFunctionalGroupsSequence]
        for one in (seg, back[seg.SOPInstanceUID])
    ]
    assert positions[0] == positions[1]
