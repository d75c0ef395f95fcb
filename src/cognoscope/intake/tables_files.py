"""Opens a table whatever its kind: text (plain or gzip), Excel workbook, Parquet; told apart by the first bytes."""

import codecs
import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.mapping import TableMapping
from cognoscope.intake.tables_chunks import Chunk
from cognoscope.intake.tables_sheets import read_parquet, read_workbook
from cognoscope.intake.tables_text import encoding_of, read_text


def digest_of(path: Path) -> str:
    """SHA-256 of the file's bytes.

    Raises:
        InvalidInput: there is no such file, or it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except IsADirectoryError as error:
        raise InvalidInput(f"{path} is a folder: give one of its files.") from error
    except FileNotFoundError as error:
        raise InvalidInput(f"There is no file {path}.") from error
    except OSError as error:
        raise InvalidInput(f"The file {path} cannot be read: {error.strerror}.") from error


def read_chunks(path: Path, mapping: TableMapping) -> Iterator[Chunk]:
    """The rows of a file as the mapping says that it is written.

    Raises:
        InvalidInput: nothing in it can be read as a table.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
    if head == b"PAR1":
        yield from read_parquet(path, path.name, mapping.decimal)
    elif head == b"PK\x03\x04":
        yield from read_workbook(path, mapping.sheet, mapping.skip_lines, mapping.decimal)
    elif head == b"\xd0\xcf\x11\xe0":
        raise InvalidInput(f"The file {path.name} is an old Excel workbook (.xls): save it as .xlsx or CSV.")
    else:
        yield from _read_text(path, mapping, packed=head.startswith(b"\x1f\x8b"))


def _read_text(path: Path, mapping: TableMapping, *, packed: bool) -> Iterator[Chunk]:
    encoding = mapping.encoding
    if encoding is None:
        with _open(path, packed) as stream:
            encoding = encoding_of(stream)
    elif _is_utf8(encoding):
        encoding = "utf-8-sig"
    with _open(path, packed) as stream:
        yield from read_text(stream, path.name, encoding, mapping.separator, mapping.skip_lines)


def _open(path: Path, packed: bool) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path)) if packed else path.open("rb")


def _is_utf8(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding).name == "utf-8"
    except LookupError:
        return False
