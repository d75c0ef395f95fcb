"""Delimited text, whatever state it is in: read once, in bounded memory, every line either a row or named as not one.

Python's `csv` module is used rather than DuckDB's faster reader because each row must keep the number of its line, and
because a quotation mark that is never closed must cost one line, not the rest of the file.
"""

import csv
import io
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Literal
from zipfile import BadZipFile

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.tables_chunks import ROWS_A_CHUNK, Chunk, Rejected, chunk_of

Quoting = Literal[0, 1, 2, 3]
LONGEST_LINE = 1 << 20
CHARACTERS_A_CHUNK = 16 << 20
SEPARATORS = ",;\t|"
SPOILT = "\ufffd"
BROKEN = (EOFError, OSError, zlib.error, BadZipFile, RuntimeError, NotImplementedError)
"""What reading a cut, damaged, encrypted or oddly packed file raises."""


def encoding_of(stream: BinaryIO) -> str:
    """The encoding to read the stream with; reads it to its end.

    A byte order mark decides; else UTF-8 if the bytes are; else Windows-1252 if no line looks like UTF-8 beyond ASCII
    (a UTF-8 file with a few broken lines stays UTF-8, and those lines are rejected one by one).
    """
    utf8 = other = False
    try:
        line = stream.read(4)
        if line.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16"
        utf8 = line.startswith(b"\xef\xbb\xbf")
        while (line := line + stream.readline(LONGEST_LINE)) and not (utf8 and other):
            if not line.isascii():
                try:
                    line.decode("utf-8")
                    utf8 = True
                except UnicodeDecodeError:
                    other = True
            line = b""
    except BROKEN:
        pass  # Where the data break off is said, with its line, by whoever reads them for their content.
    return "cp1252" if other and not utf8 else "utf-8-sig"


def read_text(
    stream: BinaryIO, name: str, encoding: str, separator: str | None = None, skip: int = 0, plain_tabs: bool = False
) -> Iterator[Chunk]:
    """Rows of delimited text under a heading.

    Args:
        stream: the bytes, at their start.
        name: how the file is called in messages.
        encoding: a Python codec name (see `encoding_of`).
        separator: one character; found in the heading if not given.
        skip: lines before the heading.
        plain_tabs: where tabs separate, quotation marks are plain characters (so Athena gives out vocabularies).

    Raises:
        InvalidInput: nothing usable as a heading, or an unknown encoding.
    """
    try:
        text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    except LookupError as error:
        raise InvalidInput(
            f"The encoding {encoding!r} asked for {name} is unknown: use utf-8, cp1252 or latin-1."
        ) from error
    with text:
        source = _Lines(text)
        for _ in range(skip):
            next(source, None)
        heading = next(source, "")
        if source.broken or not heading.strip("\r\n \t,;|"):
            raise InvalidInput(f"The file {name} holds no heading line: it is empty or cut off; export it again.")
        if SPOILT in heading or "\0" in heading:
            raise InvalidInput(
                f"The file {name} is not text in {encoding}: say its encoding in the mapping, or export it again."
            )
        mark = separator or max(SEPARATORS, key=heading.count)
        quoting: Quoting = csv.QUOTE_NONE if plain_tabs and mark == "\t" else csv.QUOTE_MINIMAL
        try:
            names = next(csv.reader([heading], delimiter=mark, quoting=quoting, strict=True))
        except (csv.Error, StopIteration) as error:
            raise InvalidInput(f"The heading of {name} (line {source.number}) cannot be read: {error}.") from error
        yield from _chunks(source, tuple(each.strip() for each in names), mark, quoting, encoding)


def _chunks(source: "_Lines", names: tuple[str, ...], mark: str, quoting: Quoting, encoding: str) -> Iterator[Chunk]:
    rows: list[list[str]] = []
    lines: list[int] = []
    bad: list[Rejected] = []
    reader = csv.reader(source, delimiter=mark, quoting=quoting, strict=True)
    while True:
        source.start_record()
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            bad.append(Rejected(source.first, "row", f"not a row of a table: {error}"))
            source.push_back()
            reader = csv.reader(source, delimiter=mark, quoting=quoting, strict=True)
            continue
        if source.spoilt:
            bad.append(Rejected(source.first, "encoding", f"holds bytes that are not {encoding}, or is too long"))
            source.push_back()
        elif row and (row[0] or any(row)):
            while len(row) > len(names) and not row[-1].strip():
                row.pop()
            if len(row) == len(names):
                rows.append(row)
                lines.append(source.first)
            else:
                bad.append(Rejected(source.first, "row", f"{len(row)} values where the heading has {len(names)}"))
                source.push_back()
        if len(rows) >= ROWS_A_CHUNK or len(bad) >= ROWS_A_CHUNK or source.characters > CHARACTERS_A_CHUNK:
            yield chunk_of(names, rows, lines, bad)
            rows, lines, bad = [], [], []
            source.characters = 0
    if source.broken:
        bad.append(Rejected(source.number + 1, "file", "the file breaks off here: its compressed data are damaged"))
    yield chunk_of(names, rows, lines, bad)


class _Lines:
    """Physical lines with their numbers; the later lines of a failed record can be read again."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._again: list[str] = []
        self._record: list[str] = []
        self.number = 0
        self.first = 1
        self.spoilt = False
        self.broken = False
        self.characters = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        self.characters += len(line)
        if SPOILT in line or "\0" in line:
            self.spoilt = True
        self._record.append(line)
        return line

    def start_record(self) -> None:
        """What is read from now on belongs to a new row."""
        self._record.clear()
        self.first = self.number + 1
        self.spoilt = False

    def push_back(self) -> None:
        """Give the current row's lines after its first one back, to be tried as rows of their own."""
        later = self._record[1:]
        self._again.extend(reversed(later))
        self.number -= len(later)

    def _read(self) -> str:
        try:
            line = self._text.readline(LONGEST_LINE)
            if len(line) < LONGEST_LINE or line.endswith(("\n", "\r")):
                return line
            while rest := self._text.readline(LONGEST_LINE):
                if rest.endswith(("\n", "\r")):
                    break
        except BROKEN:
            self.broken = True
            return ""
        return SPOILT + "\n"
