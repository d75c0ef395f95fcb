"""What was acknowledged is in the spool, whole, whatever broke off behind it."""

import errno
import os
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognoscope.intake.dicom import receive_spool
from cognoscope.intake.dicom.receive_spool import (
    Closed,
    NoRoom,
    Received,
    SpoolWriter,
    being_written,
    delete_if_ended,
    frames,
    waiting,
)

EXPLICIT = "1.2.840.10008.1.2.1"


def bodies(folder: Path) -> list[bytes]:
    return [frame.body for path in waiting(folder) for frame, _ in frames(path) if isinstance(frame, Received)]


def test_what_is_added_is_read_back_in_order_and_the_end_is_told(tmp_path: Path):
    writer = SpoolWriter(tmp_path, "CT1")
    for body in (b"first", b"second" * 1000):
        writer.add("1.2.3", "4.5.6", EXPLICIT, body)
    writer.close("released")
    (path,) = waiting(tmp_path)
    found = [frame for frame, _ in frames(path)]
    assert [frame.body for frame in found[:2] if isinstance(frame, Received)] == [b"first", b"second" * 1000]
    assert found[2] == Closed(writer.association, "CT1", "released", 2)
    assert path.stat().st_mode & 0o077 == 0


def test_a_file_that_is_written_is_not_deleted_under_its_writer(tmp_path: Path):
    writer = SpoolWriter(tmp_path, "CT1")
    writer.add("1.2.3", "4.5.6", EXPLICIT, b"first")
    (path,) = waiting(tmp_path)
    offset = max(place for _, place in frames(path))
    assert being_written(path)
    assert not delete_if_ended(path, offset)
    writer.add("1.2.3", "4.5.7", EXPLICIT, b"second")
    writer.close("released")
    assert not being_written(path)
    assert not delete_if_ended(path, offset), "there is more than was worked off"
    assert delete_if_ended(path, max(place for _, place in frames(path)))
    assert not waiting(tmp_path)


def test_a_file_is_cut_when_it_is_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(receive_spool, "LARGEST_SEGMENT", 1000)
    writer = SpoolWriter(tmp_path, "CT1")
    for number in range(5):
        writer.add("1.2.3", f"4.5.{number}", EXPLICIT, bytes([number]) * 900)
    writer.close("aborted")
    assert len(waiting(tmp_path)) >= 5
    assert bodies(tmp_path) == [bytes([number]) * 900 for number in range(5)]


@given(kept=st.integers(0, 3), cut=st.integers(1, 200), noise=st.binary(max_size=64))
def test_a_torn_end_hides_nothing_that_was_whole(
    tmp_path_factory: pytest.TempPathFactory, kept: int, cut: int, noise: bytes
):
    folder = tmp_path_factory.mktemp("spool")
    writer = SpoolWriter(folder, "CT1")
    for number in range(kept):
        writer.add("1.2.3", f"4.5.{number}", EXPLICIT, bytes([number]) * 50)
    whole = sum(path.stat().st_size for path in waiting(folder))
    writer.add("1.2.3", "4.5.9", EXPLICIT, b"torn" * 60)
    (path,) = waiting(folder)
    with path.open("r+b") as stream:
        stream.truncate(min(whole + cut, path.stat().st_size - 1))
        stream.seek(0, os.SEEK_END)
        stream.write(noise)
    assert bodies(folder) == [bytes([number]) * 50 for number in range(kept)]


@given(place=st.integers(0, 400), value=st.integers(0, 255))
def test_a_changed_byte_ends_the_file_and_nothing_false_is_read(
    tmp_path_factory: pytest.TempPathFactory, place: int, value: int
):
    folder = tmp_path_factory.mktemp("spool")
    writer = SpoolWriter(folder, "CT1")
    written = [bytes([number]) * 70 for number in range(3)]
    for number, body in enumerate(written):
        writer.add("1.2.3", f"4.5.{number}", EXPLICIT, body)
    (path,) = waiting(folder)
    content = bytearray(path.read_bytes())
    content[place % len(content)] = value
    path.write_bytes(content)
    read = bodies(folder)
    assert read == written[: len(read)]


def test_a_disk_that_fills_in_the_middle_of_an_object_keeps_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    writer = SpoolWriter(tmp_path, "CT1")
    writer.add("1.2.3", "4.5.1", EXPLICIT, b"first")
    real = os.writev

    def full(handle: int, pieces: list[memoryview]) -> int:
        if sum(map(len, pieces)) < 5000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, [pieces[0][:40]])

    monkeypatch.setattr(os, "writev", full)
    with pytest.raises(NoRoom, match="full"):
        writer.add("1.2.3", "4.5.2", EXPLICIT, b"x" * 4900)
    monkeypatch.undo()
    writer.add("1.2.3", "4.5.3", EXPLICIT, b"third")
    writer.close("released")
    assert bodies(tmp_path) == [b"first", b"third"]


def test_room_is_left_for_what_comes_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(receive_spool, "RESERVE_BYTES", 1 << 62)
    writer = SpoolWriter(tmp_path, "CT1")
    with pytest.raises(NoRoom):
        writer.add("1.2.3", "4.5.1", EXPLICIT, b"first")
    writer.close("released")
    assert not list(tmp_path.iterdir())


def test_after_the_end_nothing_is_added(tmp_path: Path):
    writer = SpoolWriter(tmp_path, "CT1")
    writer.close("lost")
    with pytest.raises(OSError):
        writer.add("1.2.3", "4.5.1", EXPLICIT, b"late")
    assert not list(tmp_path.iterdir())


def test_an_object_becomes_a_file_of_dicom(tmp_path: Path):
    pydicom = pytest.importorskip("pydicom")
    writer = SpoolWriter(tmp_path, "CT1")
    inside = pydicom.Dataset()
    inside.SOPInstanceUID = "4.5.6"
    stream = BytesIO()
    pydicom.dcmwrite(stream, inside, implicit_vr=False, little_endian=True)
    writer.add("1.2.840.10008.5.1.4.1.1.2", "4.5.6", EXPLICIT, stream.getvalue())
    writer.close("released")
    (path,) = waiting(tmp_path)
    frame, _ = next(frames(path))
    assert isinstance(frame, Received)
    read = pydicom.dcmread(BytesIO(frame.part10()))
    assert (read.SOPInstanceUID, read.file_meta.TransferSyntaxUID) == ("4.5.6", EXPLICIT)
    assert read.file_meta.MediaStorageSOPClassUID == "1.2.840.10008.5.1.4.1.1.2"
