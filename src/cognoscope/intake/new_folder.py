"""A folder that appears whole or not at all."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.manifest import sync_folder


@contextmanager
def new_folder(target: Path, what: str) -> Iterator[Path]:
    """A folder beside `target` that takes its name, durably, when the block ends well and is deleted otherwise.

    Only its owner can read what is in it.

    Raises:
        InvalidInput: there is something at `target` already, or the disk refuses; `what` begins the sentence.
    """
    target = target.absolute()
    if target.is_symlink() or (target.exists() and not (target.is_dir() and not any(target.iterdir()))):
        raise InvalidInput(f"{what} needs a new or an empty folder, and {target} is neither: name another one.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise InvalidInput(f"{what} cannot be written to {target}: {_reason(error)}.") from error
    try:
        yield partial
        for path in [partial, *partial.rglob("*")]:
            path.chmod(0o700 if path.is_dir() else 0o600)
            _sync(path)
        partial.rename(target)
        sync_folder(target.parent)
    except (OSError, sqlite3.Error) as error:
        raise InvalidInput(f"{what} could not be written to {target} and was given up: {_reason(error)}.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _reason(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)
