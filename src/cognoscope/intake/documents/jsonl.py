"""JSON lines, one document a line, as chunks of text like those of every other table."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.tables_chunks import Chunk, Rejected, chunk_of

LONGEST_LINE = 48 << 20
LINES_A_CHUNK = 2_000
BYTES_A_CHUNK = 16 << 20
DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile)


def is_jsonl(path: Path) -> bool:
    """Whether a file's first line is a JSON object."""
    try:
        with _opened(path) as stream:
            line = stream.readline(LONGEST_LINE).removeprefix(b"\xef\xbb\xbf")
        return line.lstrip()[:1] == b"{" and isinstance(msgspec.json.decode(line), dict)
    except (*DAMAGED, OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False


def read_jsonl(path: Path) -> Iterator[Chunk]:
    """The objects of a file; the columns are the keys of the first one, and what else a later one has is left out.

    Raises:
        InvalidInput: the first line is no object.
    """
    names: tuple[str, ...] = ()
    rows: list[list[str]] = []
    lines: list[int] = []
    bad: list[Rejected] = []
    size = 0
    for number, line in _lines(path, bad):
        record = _object(line)
        if record is None:
            bad.append(Rejected(number, "row", "not a JSON object"))
        else:
            if not names:
                names = tuple(record)
                if not names:
                    raise InvalidInput(f"The first line of {path.name} holds no key: export it again.")
            rows.append([_text(record.get(name)) for name in names])
            lines.append(number)
        size += len(line)
        if len(lines) + len(bad) >= LINES_A_CHUNK or size > BYTES_A_CHUNK:
            yield chunk_of(names, rows, lines, bad)
            rows, lines, size = [], [], 0
            bad.clear()
    yield chunk_of(names, rows, lines, bad)


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _text(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def _lines(path: Path, bad: list[Rejected]) -> Iterator[tuple[int, bytes]]:
    number = 0
    with _opened(path) as stream:
        try:
            while line := stream.readline(LONGEST_LINE):
                number += 1
                if number == 1:
                    line = line.removeprefix(b"\xef\xbb\xbf")
                if len(line) >= LONGEST_LINE and not line.endswith(b"\n"):
                    bad.append(Rejected(number, "too_large", f"the line is longer than {LONGEST_LINE >> 20} MB"))
                    while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                        pass
                elif line.strip():
                    yield number, line
        except DAMAGED:
            bad.append(Rejected(number + 1, "file", "the file breaks off here: its compressed data are damaged"))


def _opened(path: Path) -> BinaryIO:
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path)) if packed else path.open("rb")
