"""Finds the tables of an OMOP export: a folder or a zip archive of CSV (any separator, gzip too) or Parquet files."""

import gzip
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.cdm import TABLES
from cognoscope.intake.tables_chunks import Chunk
from cognoscope.intake.tables_sheets import read_parquet
from cognoscope.intake.tables_text import BROKEN, encoding_of, read_text

SUFFIXES = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".parquet")


@dataclass(frozen=True)
class OmopFile:
    """One file of an export; `table` is None where no table of the warehouse has its name."""

    name: str
    table: str | None
    suffix: str
    root: Path

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The file's bytes, unpacked from the archive but not from gzip."""
        if self.root.is_dir():
            with (self.root / self.name).open("rb") as stream:
                yield stream
        else:
            with ZipFile(self.root) as archive, archive.open(self.name) as member:
                yield member  # type: ignore[misc]

    def digest(self) -> str:
        """SHA-256 of the bytes up to where they can be read."""
        known = hashlib.sha256()
        try:
            with self.open() as stream:
                while block := stream.read(1 << 20):
                    known.update(block)
        except BROKEN:
            known.update(b"damaged")
        return known.hexdigest()

    def chunks(self, *, plain_tabs: bool) -> Iterator[Chunk]:
        """The rows of the file.

        Raises:
            InvalidInput: nothing in it can be read as a table.
        """
        try:
            if self.suffix == ".parquet":
                yield from self._parquet()
                return
            with self._text() as stream:
                encoding = encoding_of(stream)
            with self._text() as stream:
                yield from read_text(stream, self.name, encoding, plain_tabs=plain_tabs)
        except BROKEN as error:
            raise InvalidInput(f"{self.name} is damaged or encrypted: export it again without a password.") from error

    @contextmanager
    def _text(self) -> Iterator[BinaryIO]:
        with self.open() as stream:
            if not self.suffix.endswith(".gz"):
                yield stream
                return
            with gzip.open(stream) as unpacked:
                yield unpacked  # type: ignore[misc]

    def _parquet(self) -> Iterator[Chunk]:
        if self.root.is_dir():
            yield from read_parquet(self.root / self.name, self.name)
            return
        # Parquet is read from its end, an archive from its start. The copy has no name: nothing outlives the run.
        with self.open() as stream, tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(stream, copy, 1 << 20)
            copy.seek(0)
            yield from read_parquet(copy, self.name)


def find_files(path: Path) -> list[OmopFile]:
    """The files of an export, PERSON first; files that hold no table (a read-me) are not among them.

    Raises:
        InvalidInput: neither a folder nor a zip archive, or no table in it.
    """
    if path.is_dir():
        names = [each.relative_to(path).as_posix() for each in path.rglob("*") if each.is_file()]
    elif path.exists():
        try:
            with ZipFile(path) as archive:
                names = [each.filename for each in archive.infolist() if not each.is_dir()]
        except (BadZipFile, OSError) as error:
            raise InvalidInput(f"{path} is neither a folder nor a zip archive of an OMOP export.") from error
    else:
        raise InvalidInput(f"There is no folder or archive {path}.")
    found = [each for each in (_file(name, path) for name in names) if each is not None]
    if not any(each.table for each in found):
        raise InvalidInput(
            f"{path} holds no OMOP table: its files should be called PERSON.csv, VISIT_OCCURRENCE.csv ..."
        )
    return sorted(found, key=lambda each: (each.table != "person", each.table or "", each.name))


def _file(name: str, root: Path) -> OmopFile | None:
    whole = PurePosixPath(name)
    if whole.name.startswith((".", "_")) or "__MACOSX" in whole.parts:
        return None
    folded = whole.name.casefold()
    suffix = next((each for each in sorted(SUFFIXES, key=len, reverse=True) if folded.endswith(each)), None)
    if suffix is None:
        return None
    stem = folded.removesuffix(suffix)
    # Spark writes a folder `person` or `person.parquet` that holds parts.
    candidates = [stem, *(part.casefold().split(".")[0] for part in reversed(whole.parts[:-1]))]
    return OmopFile(name, next((each for each in candidates if each in TABLES), None), suffix, root)
