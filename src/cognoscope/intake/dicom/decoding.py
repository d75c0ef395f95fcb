"""Compressed pixels are decoded in supervised processes of their own, which may crash or hang without harm."""

import atexit
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import IO, Any

import numpy as np

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom.decoding_child import ANSWER, DECODED, REQUEST

OBJECTS_A_CHILD = 2_000
"""Then a fresh process takes over: native libraries do not give all their memory back."""
REFUSED = "The compressed pixels of this DICOM object cannot be decoded: it is damaged. Have it sent again."
TOO_SLOW = "The compressed pixels of this DICOM object take too long to decode: it is damaged, or made to harm."
CRASHED = "The compressed pixels of this DICOM object make the program that decodes them fail: it is damaged."


class Child:
    """One decoding process; started at the first request, replaced when it is lost."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._served = 0

    def decode(self, elements: dict[str, Any], content: bytes) -> tuple[np.ndarray, str]:
        """Frames x rows x columns [x 3], and the photometric interpretation after decoding.

        Raises:
            InvalidInput: the pixels cannot be decoded.
        """
        if self._served >= OBJECTS_A_CHILD:
            self.close()
        stdin, stdout = self._pipes()
        self._served += 1
        said = json.dumps(elements).encode()
        try:
            stdin.write(REQUEST.pack(len(said), len(content)) + said)
            stdin.write(content)
            stdin.flush()
            head = stdout.read(ANSWER.size)
        except BrokenPipeError:
            head = b""
        if len(head) < ANSWER.size:
            raise InvalidInput(self._lost())
        status, long, size = ANSWER.unpack(head)
        if status != DECODED:
            raise InvalidInput(REFUSED)
        about = json.loads(stdout.read(long))
        array = np.empty(size, np.uint8)
        filled, view = 0, memoryview(array.data)
        while filled < size:
            read = stdout.readinto(view[filled:])  # type: ignore[attr-defined]
            if not read:
                raise InvalidInput(self._lost())
            filled += read
        return array.view(about["type"]).reshape(about["shape"]), str(about["photometric"])

    def close(self) -> None:
        """End the process."""
        process, self._process, self._served = self._process, None, 0
        if process is None:
            return
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                # What was still to be written has nobody left to read it.
                with suppress(OSError):
                    stream.close()
        process.kill()
        process.wait()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None:
            command = [sys.executable, "-P", "-m", "cognoscope.intake.dicom.decoding_child"]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
        assert self._process.stdin is not None and self._process.stdout is not None
        return self._process.stdin, self._process.stdout

    def _lost(self) -> str:
        assert self._process is not None
        ended = self._process.wait()
        self.close()
        return TOO_SLOW if ended in (-signal.SIGALRM, -signal.SIGPROF) else CRASHED


_idle: dict[int, SimpleQueue[Child]] = {}


@contextmanager
def borrowed() -> Iterator[Child]:
    """A decoding process for this thread alone; it goes back to the others afterwards."""
    # By process: a fork must not talk through the pipes of the process it came from.
    idle = _idle.setdefault(os.getpid(), SimpleQueue())
    try:
        child = idle.get_nowait()
    except Empty:
        child = Child()
    try:
        yield child
    finally:
        idle.put(child)


@atexit.register
def close_all() -> None:
    """End every idle decoding process of this process."""
    idle = _idle.get(os.getpid())
    while idle is not None and not idle.empty():
        idle.get_nowait().close()
