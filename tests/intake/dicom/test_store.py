"""The image store: once each, nothing lost, originals recoverable by intake only, everything accounted for."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from tests.intake.dicom.synthetic import CAPTURE, dataset, file_of, folder_of, slices, written
from typer.testing import CliRunner

from cognoscope.cli.main import app
from cognoscope.core.actor import program
from cognoscope.core.errors import InvalidInput
from cognoscope.core.events import IngestFinished
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake import keys, optout
from cognoscope.intake.dicom.case_images import images_of, studies, volume_image, volume_of
from cognoscope.intake.dicom.ingest import ingest_dicom
from cognoscope.intake.dicom.reading import read_object
from cognoscope.intake.dicom.store import Counts, ImageStore
from cognoscope.intake.dicom.volume import read_volume
from cognoscope.intake.vault import Vault
from cognoscope.intake.warehouse import open_warehouse

pytest.importorskip("pydicom", reason="needs the extra `imaging`")
NOW = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
PIXELS = np.arange(30, dtype=np.uint16).reshape(6, 5)


@pytest.fixture
def store(home: Home) -> ImageStore:
    keys.create(home)
    return ImageStore(home)


def ingest(path: Path, home: Home, ledger: Ledger):
    return ingest_dicom(path, warehouse=open_warehouse(home), ledger=ledger, actor=program("intake"), at=NOW)


def test_an_object_sent_twice_is_there_once(store: ImageStore):
    first, again = store.take([file_of(PIXELS)])[0], store.take([file_of(PIXELS)])[0]
    assert (first.fate, again.fate) == ("kept", "known")
    assert (first.study, first.series, first.instance) == (again.study, again.series, again.instance)
    assert len(store.index.objects(first.series)) == 1
    both = store.take([file_of(PIXELS, SOPInstanceUID="1.2.5"), file_of(PIXELS, SOPInstanceUID="1.2.5")])
    assert [each.fate for each in both] == ["kept", "known"]


def test_the_same_pixels_in_another_encoding_are_the_same_object(store: ImageStore):
    from pydicom.uid import RLELossless

    made = dataset(PIXELS)
    made.compress(RLELossless, generate_instance_uid=False)
    assert [each.fate for each in store.take([file_of(PIXELS), written(made)])] == ["kept", "known"]


def test_other_pixels_under_the_same_identifier_are_set_aside(store: ImageStore):
    store.take([file_of(PIXELS)])
    counts = Counts()
    other = store.take([file_of(PIXELS + 1)], counts)[0]
    assert other.fate == "quarantined" and "other pixels" in other.sentence
    assert [each.reason for each in store.quarantine.list()] == list(counts.reasons)
    assert store.quarantine.open(store.quarantine.list()[0].digest) == file_of(PIXELS + 1)


def test_what_is_kept_is_readable_and_anonymous(store: ImageStore):
    taken = store.take(slices(4))
    [path, *_] = store.files(taken[0].series)
    assert path.parent.stat().st_mode & 0o077 == 0
    assert b"Zzcanarix" not in path.read_bytes() and b"4711" not in path.read_bytes()
    kept = read_volume(store.files(taken[0].series))
    assert kept.array[:, 0, 0].tolist() == [0, 1, 2, 3]
    assert set(kept.sop_instance_uids) == {each.instance for each in taken}


def test_originals_are_recovered_for_sending_back(store: ImageStore):
    taken = store.take(slices(3))
    assert store.identify(taken[1].instance) == "1.2.826.0.1.77.1.2"
    assert store.identify(taken[0].study) == "1.2.826.0.1.77.2"
    assert store.identify(taken[0].series) == "1.2.826.0.1.77.3"
    headers = store.original_headers([taken[2].instance, taken[0].instance])
    assert [header.ImagePositionPatient[2] for header in headers] == [34, 30]
    assert headers[0].PatientID == "IPP-4711" and "PixelData" not in headers[0]
    with pytest.raises(InvalidInput, match="kept here"):
        store.identify("2.25.1")
    with pytest.raises(InvalidInput, match="kept here"):
        store.original_headers(["2.25.1"])


def test_sealed_headers_cannot_be_moved_or_changed(store: ImageStore):
    first, second = store.take(slices(2))
    with sqlite3.connect(store.folder / "index.sqlite") as database:
        sealed = database.execute("SELECT sealed FROM object WHERE instance = ?", (first.instance,)).fetchone()[0]
        database.execute("UPDATE object SET sealed = ? WHERE instance = ?", (sealed, second.instance))
    database.close()
    with pytest.raises(InvalidInput, match="changed from outside"):
        store.original_headers([second.instance])


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2", "1.2.840.10008.1.2.2"])
def test_headers_of_every_encoding_come_back(store: ImageStore, syntax: str):
    made = dataset(PIXELS, TransferSyntaxUID=syntax)
    if syntax.endswith("2.2"):
        made.PixelData = PIXELS.astype(">u2").tobytes()
    taken = store.take([written(made)])[0]
    assert store.original_headers([taken.instance])[0].PatientName == "Zzcanarix^Qwvotrelle"
    assert read_volume(store.files(taken.series)).array[0, 0, 1] == 1 - 1024


def test_each_fate_is_counted(store: ImageStore):
    report = dataset(PIXELS, SOPClassUID="1.2.840.10008.5.1.4.1.1.88.33", Modality="SR")
    del report.PixelData
    empty = dataset(PIXELS, SOPInstanceUID="1.2.6")
    del empty.PixelData
    counts = Counts()
    fates = store.take([file_of(PIXELS), written(report), written(empty), b"no", file_of(PIXELS, PatientID="")], counts)
    assert [each.fate for each in fates] == ["kept", "passed over", "quarantined", "quarantined", "quarantined"]
    assert "holds no pixels" in fates[2].sentence and sum(counts.fates.values()) == 5
    assert len(store.quarantine.list()) == 3


def test_quarantine_holds_no_name_in_clear(store: ImageStore):
    store.take([file_of(PIXELS)[:-9]])
    for path in store.quarantine.folder.iterdir():
        assert b"Zzcanarix" not in path.read_bytes()
    assert store.quarantine.folder.stat().st_mode & 0o077 == 0


def test_burnt_in_text_is_counted(store: ImageStore):
    from PIL import Image, ImageDraw, ImageFont

    canvas = Image.new("L", (400, 100))
    ImageDraw.Draw(canvas).text((5, 5), "ZZCANARIX 17/03/1951", fill=255, font=ImageFont.load_default(16))
    counts = Counts()
    store.take([file_of(np.asarray(canvas), SOPClassUID=CAPTURE, RescaleIntercept=None, RescaleSlope=None)], counts)
    assert counts.masked == 1


def test_the_vault_learns_whom_it_does_not_know(store: ImageStore):
    taken = store.take([file_of(PIXELS)])[0]
    [known] = Vault(store.home).recall([taken.person]).values()
    assert known.names == [{"family": "Zzcanarix", "given": ["Qwvotrelle"]}] and known.birth_date == "1951-03-17"
    store.take([file_of(PIXELS, SOPInstanceUID="1.2.7", PatientName="Other")])
    assert Vault(store.home).recall([taken.person])[taken.person] == known


def test_a_full_disk_leaves_nothing_half_done(store: ImageStore, monkeypatch: pytest.MonkeyPatch):
    store.take([file_of(PIXELS)])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdatasync", full)
    with pytest.raises(InvalidInput, match="no room left"):
        store.take(slices(4))
    monkeypatch.undo()
    assert sum(count for _, count in store.index.series()) == 1
    assert not list(store.folder.rglob(".*"))
    assert [each.fate for each in store.take(slices(4))].count("kept") >= 3


def test_ingest_fills_index_and_ledger_once(tmp_path: Path, home: Home, ledger: Ledger):
    keys.create(home)
    folder = folder_of(tmp_path / "in", slices(5))
    first, again = ingest(folder, home, ledger), ingest(folder, home, ledger)
    assert (first.counts.fates["kept"], again.counts.fates["known"]) == (5, 5)
    events = [entry.event for entry in ledger.entries(event="IngestFinished")]
    assert len(events) == 1 and isinstance(events[0], IngestFinished) and events[0].format == "dicom"
    backend = open_warehouse(home).connect()
    rows = backend.table("image_occurrence").execute()
    backend.disconnect()
    assert len(rows) == 1 and rows.image_count[0] == 5 and rows.modality_source_value[0] == "CT"
    assert str(rows.image_occurrence_date[0])[:10] == "2026-11-10"
    ingest(folder_of(tmp_path / "more", slices(7)), home, ledger)
    backend = open_warehouse(home).connect()
    assert backend.table("image_occurrence").execute().image_count.tolist() == [7]
    backend.disconnect()


def test_the_verb_says_what_came_of_it(tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch):
    keys.create(home)
    monkeypatch.setenv("COGNOSCOPE_HOME", str(home.path))
    folder = folder_of(tmp_path / "in", [*slices(3), file_of(PIXELS)[:-5]])
    result = CliRunner().invoke(app, ["ingest", "dicom", str(folder)])
    assert result.exit_code == 0 and "3 kept" in result.output and "cut off" in result.output
    assert "Zzcanarix" not in result.output


KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from cognoscope.core.actor import program
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake.dicom import ingest
from cognoscope.intake.warehouse import open_warehouse
home = Home(Path(sys.argv[1]))
ingest.AT_ONCE = 5
with Ledger.open(home.ledger_url) as ledger:
    ingest.ingest_dicom(Path(sys.argv[2]), warehouse=open_warehouse(home), ledger=ledger, actor=program("intake"),
                        at=datetime(2026, 11, 21, tzinfo=UTC), progress=lambda read: print(read, flush=True))
"""


def test_killed_in_the_middle_it_goes_on(tmp_path: Path, home: Home, ledger: Ledger):
    keys.create(home)
    folder = folder_of(tmp_path / "in", slices(40))
    command = [sys.executable, "-c", KILLED, str(home.path), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None and child.stdout.readline()
        time.sleep(0.02)
        child.send_signal(signal.SIGKILL)
    report = ingest(folder, home, ledger)
    fates = report.counts.fates
    assert fates["kept"] + fates["known"] == 40 and fates["known"] >= 5 and not fates["quarantined"]
    [study] = studies(ImageStore(home))
    assert study.series[0][1] == 40
    assert len(read_volume(ImageStore(home).files(study.series[0][0].series)).array) == 40


def test_a_volume_of_the_store_is_an_image_of_a_case(store: ImageStore):
    taken = store.take(slices(4))
    image = volume_of(store, taken[0].series)
    assert image.raster.shape == (4, 6, 5) and image.unit == "[hnsf'U]" and image.modality == "CT"
    assert image.spacing == pytest.approx((2.0, 0.5, 0.75))
    assert (image.study, image.series) == (taken[0].study, taken[0].series)
    assert image.instances == tuple(each.instance for each in taken)
    matrix = np.array(image.affine).reshape(4, 4)
    # Column 2, row 1, frame 3 in mm, LPS (PS3.3 C.7.6.2.1.1).
    assert matrix @ (2, 1, 3, 1) == pytest.approx((-10 + 2 * 0.75, -20 + 0.5, 36, 1))


def test_a_volume_of_files_names_no_original():
    image = volume_image(read_volume([read_object(each) for each in slices(2)]))
    assert image.instances == () and image.series == ""


def test_single_images_come_in_order_of_their_number(store: ImageStore):
    taken = store.take([
        file_of(PIXELS, SOPInstanceUID=f"1.2.{number}", InstanceNumber=3 - number, Modality="DX") for number in range(3)
    ])  # fmt: skip
    found = images_of(store, taken[0].series)
    assert [image.instances[0] for image in found] == [each.instance for each in taken[::-1]]
    assert [image.name for image in found] == ["image_1", "image_2", "image_3"]


def test_studies_are_asked_for_by_kind_and_never_of_those_who_refuse(store: ImageStore, ledger: Ledger):
    taken = store.take([
        *slices(3, BodyPartExamined="CHEST", Manufacturer="SIEMENS"),
        file_of(PIXELS, SOPInstanceUID="1.2.8", SeriesInstanceUID="1.2.81", Modality="MR", BodyPartExamined="HEAD"),
        file_of(PIXELS, SOPInstanceUID="1.2.9", SeriesInstanceUID="1.2.91", StudyInstanceUID="1.2.92", PatientID="B"),
    ])  # fmt: skip
    assert sorted(len(each.series) for each in studies(store)) == [1, 2]
    [chest] = studies(store, modalities=["CT"], body_parts=["CHEST"], study=taken[0].study)
    assert chest.facts["age"] == 75 and chest.facts["sex"] == "female" and chest.facts["manufacturer"] == "SIEMENS"
    assert chest.subject == f"person:{taken[0].person}" and [count for _, count in chest.series] == [3]
    optout.change(store.home, taken[0].person, refuses=True, ledger=ledger, actor=program("intake"), at=NOW)
    assert [each.person for each in studies(store)] == [taken[-1].person]
