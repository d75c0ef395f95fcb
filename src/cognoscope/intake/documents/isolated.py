"""Reads documents in a process of its own, which may crash or hang without any harm but to the document."""

import signal
import subprocess
import sys
from contextlib import suppress
from types import TracebackType
from typing import IO

from cognoscope.core.errors import NotInstalled
from cognoscope.intake.documents import formats
from cognoscope.intake.documents.child import ANSWER, NOT_INSTALLED, READ, REQUEST
from cognoscope.intake.documents.reader import text_of_bytes, text_of_text
from cognoscope.intake.documents.refused import LARGEST_FILE, Refused, too_large

DOCUMENTS_A_CHILD = 500
"""Then a fresh process takes over: native libraries do not give all their memory back."""


class Reader:
    """Text of documents; plain text is read here, every other format in the child. Close it after use."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._served = 0

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def of_bytes(self, content: bytes, declared: str | None = None) -> str:
        """The text of a file.

        Raises:
            NotInstalled: the extra `text` is missing.
            Refused: it cannot be read, or reading it takes too long or breaks the library.
        """
        if len(content) > LARGEST_FILE:
            raise too_large()
        if formats.of_bytes(content) == "text" and not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            return text_of_bytes(content, declared)
        return self._ask(content, declared)

    def of_text(self, text: str) -> str:
        """The text of a cell, which may be HTML or RTF; raises the same."""
        if len(text) > LARGEST_FILE:
            raise too_large()
        if not text.strip() or formats.of_text(text) == "text":
            return text_of_text(text)
        return self._ask(text.encode("utf-8", "replace"), "utf-8")

    def close(self) -> None:
        """End the child."""
        child, self._child, self._served = self._child, None, 0
        if child is None:
            return
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                # What was still to be written has nobody left to read it.
                with suppress(OSError):
                    stream.close()
        child.kill()
        child.wait()

    def _ask(self, content: bytes, declared: str | None) -> str:
        if self._served >= DOCUMENTS_A_CHILD:
            self.close()
        stdin, stdout = self._pipes()
        self._served += 1
        name = (declared or "").encode("ascii", "ignore")[:40]
        try:
            stdin.write(REQUEST.pack(len(name), len(content)) + name)
            stdin.write(content)
            stdin.flush()
            head = stdout.read(ANSWER.size)
        except BrokenPipeError:
            head = b""
        if len(head) < ANSWER.size:
            raise self._lost()
        status, long = ANSWER.unpack(head)
        said = stdout.read(long).decode("utf-8")
        if status == READ:
            return said
        if status == NOT_INSTALLED:
            raise NotInstalled(said)
        kind, _, reason = said.partition("\n")
        raise Refused(kind, reason)

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._child is None:
            command = [sys.executable, "-P", "-m", "cognoscope.intake.documents.child"]
            self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
        assert self._child.stdin is not None and self._child.stdout is not None
        return self._child.stdin, self._child.stdout

    def _lost(self) -> Refused:
        """The child is gone: find out how it ended."""
        child = self._child
        assert child is not None
        ended = child.wait()
        self.close()
        if ended == -signal.SIGALRM:
            return Refused("too_slow", "reading the document takes more than a minute: print it to a new PDF")
        return Refused("corrupt", "the document makes the program that reads its format fail: export it again")
