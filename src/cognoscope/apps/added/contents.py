"""What lies in a folder of an added model, by digest: what was added is what runs, or it does not run."""

import hashlib
import json
from pathlib import Path
from typing import Final

from cognoscope.core.canonical import digest
from cognoscope.core.errors import InvalidInput

LIST: Final = "contents.json"
NEEDED: Final = ("card.toml", "model.onnx", "model.toml")
KEPT: Final = (*NEEDED, "gate.onnx", "gate.toml", "seen.csv")
"""Files that are copied; anything else of what a person gave is left where it was."""


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each kept file that is there.

    Raises:
        InvalidInput: one cannot be read.
    """
    found = {}
    for name in KEPT:
        path = folder / name
        if path.is_file() and not path.is_symlink():
            try:
                found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
            except OSError as error:
                raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error
    return found


def write_list(folder: Path) -> str:
    """Write down what the folder holds; the digest of all of it."""
    found = digests(folder)
    (folder / LIST).write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return digest(found)


def checked_digest(folder: Path) -> str:
    """The digest of the folder, after comparing every file with what was written down.

    Raises:
        InvalidInput: a file is missing, was changed, or came later.
    """
    try:
        listed = json.loads((folder / LIST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(f"The added model {folder.name} lacks its list of files: add it again.") from error
    found = digests(folder)
    if not isinstance(listed, dict) or found != listed:
        names = sorted(
            name
            for name in {*found, *(listed if isinstance(listed, dict) else ())}
            if found.get(name) != listed.get(name)
        )
        raise InvalidInput(
            f"The added model {folder.name} was changed ({', '.join(names)}): remove it and add it again."
        )
    return digest(found)
