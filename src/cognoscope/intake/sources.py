"""Finds the files to take in, and cuts them into batches that are the same whenever the same files are read.

A file larger than a batch is a source of its own, in parts of whole lines; smaller ones are taken together, in the
order of their names. A batch is named by the digest of its source and its number, so that an ingest that was killed
goes on with the batches that are missing.
"""

import gzip
import hashlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Literal

import msgspec

from cognoscope.core.errors import InvalidInput

BATCH_BYTES = 8 << 20
READ_BYTES = 64 << 10
MAX_LINE_BYTES = 16 << 20
MAX_DOCUMENT_BYTES = 128 << 20
SUFFIXES = (".json", ".ndjson", ".jsonl", ".json.gz", ".ndjson.gz", ".jsonl.gz")
LINE_SUFFIXES = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile)

Form = Literal["lines", "document"]
Stream = BufferedReader | gzip.GzipFile


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a file, or with a line of it that is too long to be handed on."""

    line: int
    kind: str
    reason: str


@dataclass(frozen=True)
class Piece:
    """A whole file, or some whole lines of one; `first_line` counts from 1."""

    file: str
    form: Form
    text: bytes
    first_line: int = 1
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True)
class Batch:
    """What is mapped and committed together; `size` is what it took from the disk."""

    source: str
    part: int
    pieces: tuple[Piece, ...]
    size: int


@dataclass(frozen=True)
class Found:
    """Files to read, as (path, name to show), and how many of a folder were passed over for their suffix."""

    files: tuple[tuple[Path, str], ...]
    passed_over: int

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(path.stat().st_size for path, _ in self.files)


def find(path: Path, suffixes: tuple[str, ...] = SUFFIXES) -> Found:
    """The file, or the files of the folder and the folders below that have one of the suffixes, by name.

    Raises:
        InvalidInput: nothing is there.
    """
    if path.is_file():
        return Found(((path, path.name),), 0)
    if not path.is_dir():
        raise InvalidInput(f"There is no file or folder {path}.")
    every = sorted(entry for entry in path.rglob("*") if entry.is_file())
    wanted = tuple((entry, entry.relative_to(path).as_posix()) for entry in every if entry.name.endswith(suffixes))
    if not wanted:
        raise InvalidInput(f"The folder {path} holds no file ending in {', '.join(suffixes)}.")
    return Found(wanted, len(every) - len(wanted))


def batches(files: Sequence[tuple[Path, str]], setting: str) -> Iterator[Batch]:
    """The files' batches. `setting` names what else the rows depend on: other settings make another source."""
    gathered: list[tuple[str, Piece]] = []
    size = 0
    for path, name in files:
        piece = _small(path, name)
        if piece is None:
            yield from _large(path, name, setting)
            continue
        flaws = "".join(flaw.kind for flaw in piece.flaws)
        gathered.append((f"{hashlib.sha256(piece.text).hexdigest()}{flaws} {name}", piece))
        size += len(piece.text)
        if size >= BATCH_BYTES:
            yield _together(gathered, setting)
            gathered, size = [], 0
    if gathered:
        yield _together(gathered, setting)


def _together(gathered: list[tuple[str, Piece]], setting: str) -> Batch:
    pieces = tuple(piece for _, piece in gathered)
    source = _digest(setting, *(name for name, _ in gathered))
    return Batch(source, 0, pieces, sum(len(piece.text) for piece in pieces))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _small(path: Path, name: str) -> Piece | None:
    """The whole of a small file, or what is wrong with it; None where it is a large one."""
    try:
        if path.stat().st_size > BATCH_BYTES:
            return None
        with path.open("rb") as raw, _unpacked(raw, path) as stream:
            text = stream.read(BATCH_BYTES + 1)
    except DAMAGED:
        # What can still be unpacked is read as a large file is, up to where it is damaged.
        return None
    except PermissionError:
        return Piece(name, "lines", b"", flaws=(Flaw(0, "unreadable_file", "this account may not read the file"),))
    if len(text) > BATCH_BYTES:
        return None
    if text.startswith(UTF_16):
        return Piece(name, "lines", b"", flaws=(Flaw(0, "wrong_encoding", "the file is UTF-16 and should be UTF-8"),))
    if not text.strip():
        return Piece(name, "lines", b"", flaws=(Flaw(0, "empty_file", "the file is empty"),))
    return Piece(name, _form(name, text), text)


def _large(path: Path, name: str, setting: str) -> Iterator[Batch]:
    with path.open("rb") as raw:
        source = _digest(setting, hashlib.file_digest(raw, "sha256").hexdigest(), name)
    with path.open("rb") as raw, _unpacked(raw, path) as stream:
        try:
            head = stream.read(BATCH_BYTES)
        except DAMAGED:
            head = b""
        if _form(name, head) == "document" and head:
            yield Batch(source, 0, (_document(name, head, stream),), path.stat().st_size)
            return
    taken = 0
    with path.open("rb") as raw, _unpacked(raw, path) as stream:
        for part, (text, first_line, flaws) in enumerate(_lines(stream)):
            size, taken = raw.tell() - taken, raw.tell()
            yield Batch(source, part, (Piece(name, "lines", text, first_line, flaws),), size)


def _unpacked(raw: BufferedReader, path: Path) -> Stream:
    return gzip.GzipFile(fileobj=raw) if path.name.endswith(".gz") else raw


def _form(name: str, head: bytes) -> Form:
    """Whether a file is a resource a line or one document: by its suffix, else by whether its first line is whole."""
    if name.endswith(LINE_SUFFIXES):
        return "lines"
    first, newline, rest = head.removeprefix(BYTE_ORDER_MARK).lstrip().partition(b"\n")
    if not newline or not rest.strip():
        return "document"
    try:
        msgspec.json.decode(first, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "document"
    return "lines"


def _document(name: str, head: bytes, stream: Stream) -> Piece:
    try:
        text = head + stream.read(MAX_DOCUMENT_BYTES - len(head) + 1)
    except DAMAGED:
        return Piece(name, "lines", b"", flaws=(Flaw(0, "cut_off_file", "the file is cut off or damaged"),))
    if len(text) > MAX_DOCUMENT_BYTES:
        reason = f"one document of more than {MAX_DOCUMENT_BYTES >> 20} MiB: export it as NDJSON, a resource a line"
        return Piece(name, "lines", b"", flaws=(Flaw(0, "large_document", reason),))
    return Piece(name, "document", text)


def _lines(stream: Stream) -> Iterator[tuple[bytes, int, tuple[Flaw, ...]]]:
    """Blocks of whole lines, each with the number of its first line and what could not be handed on."""
    carried, line = b"", 1
    while True:
        block, damaged = _block(stream)
        if damaged:
            reason = "the file is cut off or damaged from here on"
            text = carried + block
            yield text, line, (Flaw(line + text.count(b"\n"), "cut_off_file", reason),)
            return
        if not block:
            if carried:
                yield carried, line, ()
            return
        text = carried + block
        end = text.rfind(b"\n") + 1
        carried = text[end:]
        if end:
            yield text[:end], line, ()
            line += text.count(b"\n", 0, end)
        elif len(carried) > MAX_LINE_BYTES:
            reason = f"the line is longer than {MAX_LINE_BYTES >> 20} MiB"
            yield b"", line, (Flaw(line, "long_line", reason),)
            carried = _after_line(stream)
            line += 1


def _block(stream: Stream) -> tuple[bytes, bool]:
    """Up to a batch of bytes, and whether what follows is damaged; what came before the damage is kept."""
    pieces, missing = [], BATCH_BYTES
    try:
        while missing and (piece := stream.read1(min(missing, READ_BYTES))):
            pieces.append(piece)
            missing -= len(piece)
    except DAMAGED:
        return b"".join(pieces), True
    return b"".join(pieces), False


def _after_line(stream: Stream) -> bytes:
    while block := _block(stream)[0]:
        _, newline, rest = block.partition(b"\n")
        if newline:
            return rest
    return b""
