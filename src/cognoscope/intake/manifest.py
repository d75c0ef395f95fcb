"""The warehouse's table of contents: which immutable parts belong to it; replaced as a whole, or not at all."""

import os
from pathlib import Path

import msgspec

from cognoscope.core.errors import InvalidInput

PARTS_A_SOURCE = 1 << 24


class PartFile(msgspec.Struct, frozen=True):
    """One Parquet file of one table, its path below the warehouse, and its rows."""

    file: str
    rows: int


class Tally(msgspec.Struct, array_like=True):
    """Records of a file: every one that was read was written, quarantined or ignored."""

    read: int = 0
    written: int = 0
    quarantined: int = 0
    ignored: int = 0

    def add(self, other: "Tally") -> None:
        """Count the other's records too."""
        self.read += other.read
        self.written += other.written
        self.quarantined += other.quarantined
        self.ignored += other.ignored


class Part(msgspec.Struct, frozen=True):
    """What was committed together: files by table, and what the reader counted, by name of the file read."""

    files: dict[str, PartFile]
    tallies: dict[str, Tally] = {}


class Source(msgspec.Struct):
    """What one source gave: its place in the order of commits, and its parts by number."""

    base: int
    parts: dict[int, Part] = {}


class Manifest(msgspec.Struct):
    """Everything committed so far; `distinct` says at how many files a table was found free of doubles."""

    format: int = 1
    key_fingerprint: str | None = None
    sources: dict[str, Source] = {}
    distinct: dict[str, int] = {}

    def files(self, table: str) -> list[PartFile]:
        """The parts of a table, oldest commit first."""
        of_sources = sorted(self.sources.values(), key=lambda source: source.base)
        return [
            source.parts[number].files[table]
            for source in of_sources
            for number in sorted(source.parts)
            if table in source.parts[number].files
        ]

    def source(self, digest: str) -> Source:
        """The source of that digest, entered at the end of the order if it is new."""
        if digest not in self.sources:
            self.sources[digest] = Source(base=len(self.sources) * PARTS_A_SOURCE)
        return self.sources[digest]


def read(path: Path) -> Manifest:
    """Read the manifest; an empty one where there is none yet.

    Raises:
        InvalidInput: the file is not a manifest of this release.
    """
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        return Manifest()
    except msgspec.MsgspecError as error:
        raise InvalidInput(
            f"The warehouse's manifest {path} is damaged: restore the warehouse from a backup."
        ) from error
    if manifest.format != 1:
        raise InvalidInput(f"The warehouse's manifest {path} was written by a later release: use that release.")
    return manifest


def write(path: Path, manifest: Manifest) -> None:
    """Replace the manifest: after this returns the new one survives a power cut; before, the old one does."""
    replace(path, msgspec.json.encode(manifest))


def replace(path: Path, content: bytes) -> None:
    """Write a whole file durably: a reader sees the old content or the new, never a mixture."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in the folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
