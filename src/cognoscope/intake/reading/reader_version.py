"""The version of a reader: one digest of its code, its knowledge and the libraries that it calls."""

import hashlib
from fnmatch import fnmatchcase
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files


def reader_version(*names: str, libraries: tuple[str, ...] = ()) -> str:
    """SHA-256 of files of this package and of the versions of libraries; the same code has it on every machine.

    names: files beside this one, each a name or a pattern: `drugs.py`, `qualifiers*`.
    libraries: names on the package index; one that is not installed counts as absent.
    """
    known = hashlib.sha256()
    beside = sorted(files(__package__).iterdir(), key=lambda item: item.name)
    for item in beside:
        if item.is_file() and any(fnmatchcase(item.name, name) for name in names):
            known.update(f"{item.name}\0".encode() + item.read_bytes() + b"\0")
    for library in libraries:
        known.update(f"{library} {_installed(library)}\0".encode())
    return known.hexdigest()


def _installed(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "absent"
