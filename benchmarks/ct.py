"""How long a CT takes from DICOM files on disk to SEG and SR on disk, and how much memory, by number of slices.

    python -m benchmarks.ct --json [--slices 100 300 800] [--side 512] [--engines]

The CT is a built thorax (`cognoscope.demo.imaging.thorax`) with ground glass and consolidation, written as one
DICOM file a slice, 300 mm high whatever the number of slices. Each size runs in a process of its own, because the peak
is that of the process: reading, lung fields, gate, network, overlays, SEG and SR are in it. `seconds` is the wall clock
from the first file opened to the last one written in a process that has loaded the application and neither opened its
network nor written DICOM before; `seconds_again` is the same once more, as a running service takes its next study.
`parts` says where it went, and `cpu` how long the processor was at it, which a busy machine changes less. The gate is
asked as the application asks it, and its answer is not heeded: a built thorax is not what it was taught on.

--engines: the network alone on so many slices, by ONNX Runtime and by OpenVINO.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

SLICES = (100, 300, 800)
SIDE = 512
HEIGHT_MM = 300.0
WIDTH_MM = 375.0
AS_OF = datetime(2026, 11, 22, tzinfo=UTC)
SIZES_MODULE = "benchmarks.ct"


def written(folder: Path, slices: int, side: int) -> None:
    """A thorax as a series of CT objects."""
    from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

    from cognoscope.demo.imaging.thorax import thorax

    fine = max(1, side // 128)
    step, height = WIDTH_MM / side, HEIGHT_MM / slices
    built = thorax(frames=slices, side=side // fine, spacing=(height, step * fine, step * fine), noise=0)
    noise = np.random.default_rng(7).normal(0, 25, (side, side)).astype(np.int16)
    for number in range(slices):
        plane = np.kron(built.hounsfield[number], np.ones((fine, fine), np.int16)) + np.roll(noise, number * 17)
        meta = FileMetaDataset()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = f"1.2.826.0.1.3680043.8.498.7.{number + 1}"
        made = FileDataset("", Dataset(), file_meta=meta, preamble=b"\0" * 128)
        made.SOPClassUID, made.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
        made.StudyInstanceUID, made.SeriesInstanceUID = "1.2.826.0.1.3680043.8.498.5", "1.2.826.0.1.3680043.8.498.6"
        made.FrameOfReferenceUID = "1.2.826.0.1.3680043.8.498.4"
        made.Modality, made.PatientID, made.PatientName = "CT", "benchmark", "Built^Thorax"
        made.PatientBirthDate, made.PatientSex, made.StudyID, made.AccessionNumber = "", "", "1", ""
        made.StudyDate, made.StudyTime, made.ReferringPhysicianName = "20261122", "120000", ""
        made.SeriesNumber, made.InstanceNumber, made.Manufacturer = 1, number + 1, ""
        made.PositionReferenceIndicator, made.SliceThickness = "", round(height, 4)
        made.ImagePositionPatient = [-WIDTH_MM / 2, -WIDTH_MM / 2, round(number * height, 4)]
        made.ImageOrientationPatient, made.PixelSpacing = [1, 0, 0, 0, 1, 0], [round(step, 6), round(step, 6)]
        made.Rows = made.Columns = side
        made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
        made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 16, 15, 1
        made.RescaleIntercept, made.RescaleSlope, made.RescaleType = 0, 1, "HU"
        made.PixelData = plane.astype("<i2").tobytes()
        made.save_as(folder / f"{number:04d}.dcm", enforce_file_format=True)


def measured(folder: Path, out: Path) -> dict[str, Any]:
    """Two runs in this process: the first has everything to load, the second is what a service's next study takes."""
    from cognoscope.apps.imaging.lungs.app import APPLICATION, OWN

    application = APPLICATION.with_model(ungated(OWN, out / "weights"))  # type: ignore[misc]
    first = once(application, folder, out)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    again = once(application, folder, out)
    return {**first, "seconds_again": again["seconds"], "parts_again": again["parts"], "peak_gib": round(peak, 2)}


def once(application: Any, folder: Path, out: Path) -> dict[str, Any]:
    """One run: how long each part took."""
    from cognoscope.apps.imaging.lungs.app import OWN
    from cognoscope.apps.imaging.lungs.fields import Grid, lung_fields
    from cognoscope.apps.imaging.lungs.looking import views
    from cognoscope.core.case import Case
    from cognoscope.exports.dicom import objects_for
    from cognoscope.intake.dicom.case_images import volume_image
    from cognoscope.intake.dicom.reading import read_object
    from cognoscope.intake.dicom.source import source_series
    from cognoscope.intake.dicom.uncollected import uncollected
    from cognoscope.intake.dicom.volume import read_volume
    from cognoscope.methods.images.watchman import Watchman

    began, cpu = time.perf_counter(), [time.process_time()]
    with uncollected():
        objects = [read_object(path) for path in sorted(folder.glob("*.dcm"))]
    volume = read_volume(objects, threads=2)
    image = volume_image(volume)
    case = Case(kind="chest-ct", subject="person:benchmark", as_of=AS_OF, images=(image,))
    read = time.perf_counter()
    cpu.append(time.process_time())
    (proposal,) = application.propose(case)
    if proposal.value is None:
        raise SystemExit(f"The built thorax was refused: {proposal.abstention}")
    proposed = time.perf_counter()
    cpu.append(time.process_time())
    by_uid = {each.sop_instance_uid: each.dataset for each in objects}
    headers = source_series([by_uid[uid] for uid in volume.sop_instance_uids], image.name)
    made = objects_for(proposal, case, headers, parts=("seg", "sr"))
    for number, each in enumerate(made):
        each.save_as(out / f"result_{number}.dcm", enforce_file_format=True)
    done = time.perf_counter()
    cpu.append(time.process_time())
    # The gate last, so that its libraries are not counted twice: its three looks are added to the seconds.
    fields = lung_fields(volume.array, Grid(*volume.spacing_mm))
    watchman, started, before_gate = Watchman(OWN, OWN), time.perf_counter(), time.process_time()
    if fields is not None and watchman.present:
        for view in views(volume.array, fields):
            watchman.check(view)
    gate = time.perf_counter() - started
    marks = [began, read, proposed, done]
    names = ("read", "propose", "seg_sr")
    parts = {name: after - before for name, before, after in zip(names, marks, marks[1:], strict=False)}
    processor = {name: round(after - before, 2) for name, before, after in zip(names, cpu, cpu[1:], strict=False)}
    return {
        "slices": len(objects),
        "seconds": round(done - began + gate, 2),
        "parts": {**{name: round(value, 2) for name, value in parts.items()}, "gate": round(gate, 2)},
        "cpu": {**processor, "gate": round(time.process_time() - before_gate, 2)},
        "objects": len(made),
        "headline": proposal.headline.text.en if proposal.headline else "",
    }


def ungated(weights: Path, to: Path) -> Path:
    """A copy of a model folder that says it has no gate."""
    to.mkdir(parents=True, exist_ok=True)
    (to / "model.onnx").write_bytes((weights / "model.onnx").read_bytes())
    text = (weights / "model.toml").read_text(encoding="utf-8")
    (to / "model.toml").write_text(f'gate = "none"\n{text}', encoding="utf-8")
    return to


def engines(slices: int) -> dict[str, float]:
    """Seconds of the network alone, compiling included, by engine."""
    from cognoscope.apps.imaging.lungs.app import OWN
    from cognoscope.apps.imaging.lungs.network import BATCH
    from cognoscope.methods.images.model_folder import ModelFolder
    from cognoscope.methods.onnx import Network

    size = ModelFolder(OWN).about.input.size
    batch = np.random.default_rng(1).random((BATCH, 1, *size)).astype(np.float32)
    found = {}
    for engine in ("onnxruntime", "openvino"):
        network = Network(OWN / "model.onnx", engine)  # type: ignore[arg-type]
        began = time.perf_counter()
        for _ in range(-(-slices // BATCH)):
            network.run({"image": batch})
        found[engine] = round(time.perf_counter() - began, 2)
    return found


def main() -> None:
    """Each size in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ct", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--slices", type=int, nargs="+", default=list(SLICES))
    parser.add_argument("--side", type=int, default=SIDE)
    parser.add_argument("--engines", action="store_true")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        with tempfile.TemporaryDirectory() as out:
            print(json.dumps(measured(given.one, Path(out))))
        return
    found: dict[str, Any] = {"sizes": []}
    for slices in given.slices:
        with tempfile.TemporaryDirectory() as folder:
            written(Path(folder), slices, given.side)
            command = [sys.executable, "-m", SIZES_MODULE, "--one", folder]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise SystemExit(done.stderr)
            found["sizes"].append(json.loads(done.stdout.splitlines()[-1]))
    found |= {
        name: {str(each["slices"]): each[name] for each in found["sizes"]}
        for name in ("seconds", "seconds_again", "peak_gib")
    }
    if given.engines:
        found["engines"] = {str(slices): engines(slices) for slices in given.slices}
    print(json.dumps(found, indent=None if given.json else 1))


if __name__ == "__main__":
    main()
