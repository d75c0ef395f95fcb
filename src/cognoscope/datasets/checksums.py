"""Whether the reference files that are there are the ones the figures were measured on."""

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cognoscope.datasets.registry import DataFile, Dataset

Standing = Literal["absent", "as registered", "newer, as fetched", "different"]

FETCHED = ".fetched.sha256"
"""Suffix of the note beside a fetched `moving` file that holds its own sum."""


def sum_of(path: Path, entry: DataFile) -> str:
    """SHA-256 of the file's bytes, or of its members' names and sums for an archive registered so.

    Raises:
        zipfile.BadZipFile: the archive is not one.
        OSError: the file cannot be read.
    """
    if entry.sum == "bytes":
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    total = hashlib.sha256()
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(("/", ".DS_Store")) or name.startswith("__MACOSX"):
                continue
            total.update(f"{name} {hashlib.sha256(archive.read(name)).hexdigest()}\n".encode())
    return total.hexdigest()


@dataclass(frozen=True)
class Checked:
    """One file of a set and how it stands against the registry."""

    dataset: str
    path: Path
    standing: Standing


def _standing(path: Path, entry: DataFile) -> Standing:
    if not path.is_file():
        return "absent"
    try:
        found = sum_of(path, entry)
    except zipfile.BadZipFile:
        return "different"
    if found == entry.sha256:
        return "as registered"
    note = path.with_name(path.name + FETCHED)
    if entry.moving and note.is_file() and note.read_text(encoding="ascii").strip() == found:
        return "newer, as fetched"
    return "different"


def check(dataset: Dataset, root: Path) -> list[Checked]:
    """Each registered file of the set under `root` and how it stands."""
    folder = root / dataset.folder
    return [
        Checked(dataset.name, folder / entry.name, _standing(folder / entry.name, entry)) for entry in dataset.files
    ]
