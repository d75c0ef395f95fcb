"""Where received objects wait to be read: files that only grow, one for each association.

What is acknowledged must survive a power cut, and a sender waits for the acknowledgement of one object before it sends
the next. So the price of one `fdatasync` is the speed of the whole service. A file an object would pay twice (its bytes
and its folder's entry, 8 ms here); an object added to the end of an open file pays once (under 3 ms). The file is cut
at 128 MiB, so that what has been read can be deleted soon: it holds identities.

Each frame carries its lengths and a CRC-32. A frame that a power cut left half written was never acknowledged: it does
not check, ends the file, and its sender sends the object again.
"""

import fcntl
import json
import os
import struct
import threading
import time
import uuid
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cognoscope.core.errors import CognoscopeError
from cognoscope.core.home import Home
from cognoscope.intake.manifest import sync_folder

MAGIC = b"CGSP"
HEAD = struct.Struct("<4sIQI")
LARGEST_SEGMENT = 128 << 20
LARGEST_HEADER = 1 << 16
RESERVE_BYTES = 256 << 20
"""Left free for the ledger and the image store: without them what was received could not be worked off."""


class NoRoom(CognoscopeError):
    """There is no room for an object; nothing of it was kept."""


@dataclass(frozen=True)
class Received:
    """One object as it came over the network; `body` holds identities and is never printed."""

    association: str
    calling: str
    number: int
    sop_class: str
    sop_instance: str
    transfer_syntax: str
    body: bytes = field(repr=False)

    def part10(self) -> bytes:
        """The object as a DICOM file (PS3.10 section 7.1)."""
        from pydicom.dataset import FileMetaDataset
        from pydicom.filebase import DicomBytesIO
        from pydicom.filewriter import write_file_meta_info
        from pydicom.uid import UID

        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = UID(self.sop_class)
        meta.MediaStorageSOPInstanceUID = UID(self.sop_instance)
        meta.TransferSyntaxUID = UID(self.transfer_syntax)
        meta.ImplementationClassUID = UID("2.25.151468812334127104183431172338190811017")
        stream = DicomBytesIO()
        stream.write(b"\0" * 128 + b"DICM")
        write_file_meta_info(stream, meta)
        return stream.getvalue() + self.body


@dataclass(frozen=True)
class Closed:
    """The end of an association: `how` is released, aborted or lost; `objects` is how many it had brought."""

    association: str
    calling: str
    how: str
    objects: int


def spool_folder(home: Home) -> Path:
    """The folder of the spool, made with mode 700."""
    for folder in (home.dicom, home.dicom / "spool"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    return home.dicom / "spool"


class SpoolWriter:
    """Writes the objects of one association. Closing waits for the object that is being written; later ones fail."""

    def __init__(self, folder: Path, calling: str) -> None:
        self.association = uuid.uuid4().hex
        self.calling = calling
        self.objects = 0
        self._folder = folder
        self._handle: int | None = None
        self._good = 0
        self._ended = False
        self._one_at_a_time = threading.Lock()

    def add(self, sop_class: str, sop_instance: str, transfer_syntax: str, body: memoryview | bytes) -> None:
        """Keep one object; returns once it would survive a power cut.

        Raises:
            NoRoom: the disk is full, or nearly so.
            OSError: the disk fails, or the association has ended.
        """
        with self._one_at_a_time:
            if self._ended:
                raise OSError("the association has ended")
            self._add(sop_class, sop_instance, transfer_syntax, body)

    def _add(self, sop_class: str, sop_instance: str, transfer_syntax: str, body: memoryview | bytes) -> None:
        header = {
            "kind": "object",
            "number": self.objects + 1,
            "sop_class": sop_class,
            "sop_instance": sop_instance,
            "transfer_syntax": transfer_syntax,
        }
        self._append(header, body)
        self.objects += 1
        if self._good >= LARGEST_SEGMENT:
            self._end_segment()

    def close(self, how: str) -> None:
        """Note how the association ended; what was added stays whatever happens here."""
        with self._one_at_a_time:
            self._ended = True
            if self.objects:
                with suppress(OSError, NoRoom):
                    self._append({"kind": "closed", "how": how, "objects": self.objects}, b"")
            self._end_segment()

    def _append(self, header: dict[str, Any], body: memoryview | bytes) -> None:
        space = os.statvfs(self._folder)
        if space.f_bavail * space.f_frsize < RESERVE_BYTES + len(body):
            raise NoRoom(f"The disk that holds {self._folder} is full: nothing was kept of this object.")
        handle = self._open()
        text = json.dumps({"association": self.association, "calling": self.calling, **header}).encode()
        check = zlib.crc32(body, zlib.crc32(text))
        try:
            pieces = [memoryview(HEAD.pack(MAGIC, len(text), len(body), check) + text), memoryview(body)]
            _write_all(handle, pieces)
            os.fdatasync(handle)
        except OSError as error:
            self._take_back(handle)
            if error.errno in (28, 122):  # ENOSPC, EDQUOT
                raise NoRoom(f"The disk that holds {self._folder} is full: nothing was kept of this object.") from None
            raise
        self._good += HEAD.size + len(text) + len(body)

    def _take_back(self, handle: int) -> None:
        """Cut off what was half written. Where even that fails, the file ends here: its last frame does not check."""
        try:
            os.ftruncate(handle, self._good)
            os.lseek(handle, self._good, os.SEEK_SET)
        except OSError:
            self._end_segment()

    def _open(self) -> int:
        """The file being written. It is locked before it gets the name by which the reader finds it, so that a reader
        that can lock a file knows that nobody will add to it."""
        if self._handle is None:
            path = self._folder / f"{time.time_ns():020d}-{self.association}.spool"
            new = path.with_suffix(".new")
            handle = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                new.rename(path)
                sync_folder(self._folder)
            except OSError:
                os.close(handle)
                raise
            self._handle, self._good = handle, 0
        return self._handle

    def _end_segment(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _write_all(handle: int, pieces: list[memoryview]) -> None:
    while pieces:
        written = os.writev(handle, pieces)
        while pieces and written >= len(pieces[0]):
            written -= len(pieces.pop(0))
        if pieces and written:
            pieces[0] = pieces[0][written:]


def waiting(folder: Path) -> list[Path]:
    """Files of the spool, oldest first."""
    return sorted(folder.glob("*.spool"))


def frames(path: Path, offset: int = 0) -> Iterator[tuple[Received | Closed, int]]:
    """The whole frames of a file from `offset`, each with the place where the next one begins.

    Ends where the file ends, or where a frame is not (yet) whole.
    """
    with path.open("rb") as stream:
        stream.seek(offset)
        while True:
            head = stream.read(HEAD.size)
            if len(head) < HEAD.size:
                return
            magic, text_length, body_length, check = HEAD.unpack(head)
            if magic != MAGIC or text_length > LARGEST_HEADER or body_length > _left(stream):
                return
            text, body = stream.read(text_length), stream.read(body_length)
            if len(body) < body_length or zlib.crc32(body, zlib.crc32(text)) != check:
                return
            offset += HEAD.size + text_length + body_length
            yield _frame(json.loads(text), body), offset


def _left(stream: Any) -> int:
    return int(os.fstat(stream.fileno()).st_size) - int(stream.tell())


def _frame(header: dict[str, Any], body: bytes) -> Received | Closed:
    kind = header.pop("kind")
    return Closed(**header) if kind == "closed" else Received(**header, body=body)


def being_written(path: Path) -> bool:
    """Whether a writer holds the file now."""
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(handle)


def delete_if_ended(path: Path, offset: int) -> bool:
    """Delete a file that nobody writes any more and of which everything up to `offset` was worked off.

    Returns whether it is gone. The lock tells: a writer holds it as long as it lives, and the system releases it when
    the writer's process is killed.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        if next(frames(path, offset), None) is not None:
            return False
        path.unlink()
        return True
    finally:
        os.close(handle)
