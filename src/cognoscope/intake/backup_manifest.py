"""The table of contents of a backup: every file with its checksum, and the ledger's head."""

import hashlib
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError

from cognoscope.core.errors import InvalidInput
from cognoscope.core.noun import Digest, Instant, Noun

NAME = "backup.json"
LEDGER = "ledger.sqlite"
ACCESS = "access.sqlite"


def _inside(path: str) -> str:
    parts = Path(path).parts
    if not parts or Path(path).is_absolute() or ".." in parts or path == NAME:
        raise ValueError(f"the path {path!r} leads out of the backup")
    return path


class BackedUpFile(Noun):
    """A file by its path below the backup, which is also its path below the home."""

    path: Annotated[str, AfterValidator(_inside)]
    bytes: Annotated[int, Field(ge=0)]
    sha256: Digest


class BackupManifest(Noun):
    """Written last: a backup without it is not complete."""

    format: Annotated[int, Field(ge=1)] = 1
    version: str
    made_at: Instant
    entries: Annotated[int, Field(ge=0)]
    head: Digest
    files: tuple[BackedUpFile, ...]


def read(folder: Path) -> BackupManifest:
    """The manifest of the backup in that folder.

    Raises:
        InvalidInput: there is none, it cannot be read, or a later version wrote it.
    """
    try:
        manifest = BackupManifest.from_json((folder / NAME).read_bytes())
    except OSError as error:
        raise InvalidInput(
            f"{folder} holds no complete backup ({NAME} cannot be read: {error.strerror}): choose another one."
        ) from error
    except ValidationError as error:
        raise InvalidInput(f"{folder / NAME} was changed or damaged: choose another backup.") from error
    if manifest.format != 1:
        raise InvalidInput(f"The backup {folder} was written by a later version of Cognoscope: install that version.")
    return manifest


def list_files(folder: Path) -> tuple[BackedUpFile, ...]:
    """Every file below the folder with its checksum, in the order of their paths."""
    listed = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        name = path.relative_to(folder).as_posix()
        listed.append(BackedUpFile(path=name, bytes=path.stat().st_size, sha256=digest))
    return tuple(listed)
