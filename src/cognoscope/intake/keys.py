"""The two secret keys of intake: files with mode 600, never in a database, never in a log."""

import hmac
import os
import secrets
from pathlib import Path

from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home

KEY_BYTES = 32


def create(home: Home) -> list[Path]:
    """Make the pseudonym key and the vault key where they are absent; returns the files made.

    A key that is there is left alone: without it nobody could join new data to old, or open the vault.
    """
    made = []
    for path in (home.key_file, home.vault_key_file):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(KEY_BYTES) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        made.append(path)
    return made


def read(path: Path) -> bytes:
    """The 32 bytes of a key file (64 hexadecimal digits).

    Raises:
        InvalidInput: the file is absent, readable by others, or does not hold a key.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise InvalidInput(f"There is no key file {path}: run `cognoscope init` or put it back.") from error
    except PermissionError as error:
        raise InvalidInput(f"The key file {path} cannot be read: run as the account that owns it.") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(_no_key(path)) from error
    if mode & 0o077:
        raise InvalidInput(f"The key file {path} can be read by other accounts: run `chmod 600 {path}` first.")
    try:
        key = bytes.fromhex(text)
    except ValueError as error:
        raise InvalidInput(_no_key(path)) from error
    if len(key) != KEY_BYTES:
        raise InvalidInput(_no_key(path))
    return key


def fingerprint(key: bytes) -> str:
    """A public name of the key, from which the key cannot be found."""
    return hmac.digest(key, b"cognoscope: fingerprint of this key", "sha256")[:16].hex()


def _no_key(path: Path) -> str:
    return f"The key file {path} does not hold a key of {KEY_BYTES * 2} hexadecimal digits: put it back from a copy."
