"""Real nodes for the tests of the DICOM service: Orthanc, dcmtk's tools, and small synthetic objects to send."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cognoscope.core.dicom_settings import DicomPeer, DicomSettings
from cognoscope.core.home import Home

PLUGINS = Path("/usr/share/orthanc/plugins")
CT = "1.2.840.10008.5.1.4.1.1.2"


def need(*programs: str) -> None:
    """Skip where a program of Debian's packages dcmtk or orthanc is missing."""
    for name in programs:
        if shutil.which(name) is None:
            pytest.skip(f"{name} is not installed (Debian packages dcmtk, orthanc, orthanc-dicomweb)")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Orthanc:
    """A running Orthanc on this machine."""

    http: int
    dicom: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http}/dicom-web"

    def ask(self, path: str, body: bytes | None = None) -> Any:
        """Its own REST interface."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", data=body, timeout=30) as answer:
            return json.loads(answer.read())

    def instances(self) -> list[dict[str, str]]:
        """SOP class, SOP instance and modality of everything it holds."""
        found = []
        for one in self.ask("/instances"):
            tags = self.ask(f"/instances/{one}/simplified-tags")
            found.append({name: str(tags.get(name, "")) for name in ("Modality", "SOPInstanceUID", "StudyInstanceUID")})
        return found

    def peer(self, **more: Any) -> DicomPeer:
        """This Orthanc as a peer of ours."""
        known: dict[str, Any] = {"name": "orthanc", "ae_title": "ORTHANC", "host": "127.0.0.1", "port": self.dicom}
        return DicomPeer(**{**known, "url": self.url, **more})


@contextmanager
def orthanc(folder: Path, known: dict[str, tuple[str, int]] | None = None) -> Iterator[Orthanc]:
    """An Orthanc with DICOMweb that keeps its files in the folder; `known` are the nodes it may send to."""
    need("Orthanc")
    if not (PLUGINS / "libOrthancDicomWeb.so").exists():
        pytest.skip("the Debian package orthanc-dicomweb is not installed")
    folder.mkdir(exist_ok=True)
    running = Orthanc(free_port(), free_port())
    settings = {
        "Name": "test",
        "StorageDirectory": str(folder),
        "IndexDirectory": str(folder),
        "Plugins": [str(PLUGINS / "libOrthancDicomWeb.so")],
        "HttpPort": running.http,
        "DicomPort": running.dicom,
        "DicomAet": "ORTHANC",
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "DicomAlwaysAllowStore": True,
        "DicomAlwaysAllowEcho": True,
        "DicomModalities": {name: [name, "127.0.0.1", port] for name, (_, port) in (known or {}).items()},
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }
    file = folder / "orthanc.json"
    file.write_text(json.dumps(settings), encoding="utf-8")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["Orthanc", str(file)], stdout=log, stderr=log, env={**os.environ, "TCP_NODELAY": "1"}, cwd=folder
        )
    try:
        _wait_for(running, process)
        yield running
    finally:
        process.kill()  # it takes three seconds to end in good order
        process.wait(20)


def _wait_for(running: Orthanc, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        with suppress(OSError):
            running.ask("/system")
            return
        assert process.poll() is None, "Orthanc ended as it started"
        time.sleep(0.05)
    raise AssertionError("Orthanc does not answer")


def storescu(
    port: int, *paths: Path, calling: str = "CT1", called: str = "COGNOSCOPE"
) -> subprocess.CompletedProcess[str]:
    """Send files or folders with dcmtk's storescu."""
    need("storescu")
    words = ["storescu", "-aet", calling, "-aec", called, "+sd", "127.0.0.1", str(port), *map(str, paths)]
    environment = {**os.environ, "TCP_NODELAY": "1"}
    return subprocess.run(words, capture_output=True, text=True, env=environment, timeout=120, check=False)


def settings(*peers: DicomPeer, **more: Any) -> DicomSettings:
    """Our node on a free port; CT1 may send from this machine."""
    scanner = DicomPeer(name="ct1", ae_title="CT1", host="127.0.0.1", sends=True)
    return DicomSettings(port=0, peers=(scanner, *peers), **more)


def write_settings(home: Home, chosen: DicomSettings) -> None:
    """Write the settings of our node into `settings.toml`."""
    own = chosen.model_dump(exclude={"peers"}, exclude_none=True)
    lines = ["[dicom]", *(f"{name} = {json.dumps(value)}" for name, value in own.items())]
    for peer in chosen.peers:
        lines += ["[[dicom.peers]]"]
        lines += [f"{name} = {json.dumps(value)}" for name, value in peer.model_dump(exclude_none=True).items()]
    home.settings_file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def ct_slices(count: int, seed: int = 1, *, side: int = 32, study: str = "", name: str = "CANARI^JEANNE") -> list[Any]:
    """Slices of an invented chest CT, 2 mm apart: a body with two dark lungs, from a seed."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import UID, ExplicitVRLittleEndian

    random = np.random.default_rng(seed)
    root = f"1.2.826.0.1.3680043.8.498.{seed}"
    found = []
    for number in range(count):
        slice_ = Dataset()
        slice_.file_meta = FileMetaDataset()
        slice_.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        slice_.SOPClassUID = UID(CT)
        slice_.SOPInstanceUID = UID(f"{root}.3.{number + 1}")
        slice_.file_meta.MediaStorageSOPClassUID = slice_.SOPClassUID
        slice_.file_meta.MediaStorageSOPInstanceUID = slice_.SOPInstanceUID
        slice_.StudyInstanceUID = UID(study or f"{root}.1")
        slice_.SeriesInstanceUID = UID(f"{root}.2")
        slice_.FrameOfReferenceUID = UID(f"{root}.4")
        slice_.PatientID, slice_.PatientName = f"IPP{seed:06d}", name
        slice_.PatientBirthDate, slice_.PatientSex, slice_.PatientAge = "19570214", "F", "069Y"
        slice_.StudyDate = slice_.SeriesDate = slice_.AcquisitionDate = slice_.ContentDate = "20261120"
        slice_.StudyTime = slice_.SeriesTime = slice_.AcquisitionTime = slice_.ContentTime = "101500"
        slice_.StudyID, slice_.AccessionNumber, slice_.ReferringPhysicianName = "1", f"ACC{seed}", "MEDECIN^ALBERT"
        slice_.PositionReferenceIndicator = ""
        slice_.Modality, slice_.BodyPartExamined, slice_.SeriesDescription = "CT", "CHEST", "Thorax fin"
        slice_.Manufacturer, slice_.SeriesNumber, slice_.InstanceNumber = "Synthetic", 1, number + 1
        slice_.PatientPosition, slice_.KVP, slice_.SliceThickness = "HFS", 120, 2
        slice_.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        slice_.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        slice_.ImagePositionPatient = [-100, -100, 2.0 * number]
        slice_.PixelSpacing = [200 / side, 200 / side]
        slice_.SamplesPerPixel, slice_.PhotometricInterpretation = 1, "MONOCHROME2"
        slice_.Rows = slice_.Columns = side
        slice_.BitsAllocated = slice_.BitsStored = 16
        slice_.HighBit, slice_.PixelRepresentation = 15, 1
        slice_.RescaleSlope, slice_.RescaleIntercept, slice_.RescaleType = 1, 0, "HU"
        pixels = np.full((side, side), -1000, dtype=np.int16)
        pixels[side // 8 : -side // 8, side // 8 : -side // 8] = 40
        for first in (side // 4, side // 2 + side // 16):
            pixels[side // 4 : -side // 4, first : first + side // 6] = -850
        pixels += random.integers(-10, 10, pixels.shape, dtype=np.int16)
        slice_.PixelData = pixels.tobytes()
        found.append(slice_)
    return found


def write(folder: Path, objects: Sequence[Any]) -> Path:
    """Write objects as files, `00001.dcm` and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, each in enumerate(objects, start=1):
        each.save_as(folder / f"{number:05d}.dcm", enforce_file_format=True)
    return folder
