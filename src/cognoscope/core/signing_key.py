"""The installation's secret that signs what leaves it and comes back: sessions' cookies, forms, links into a study."""

import os
import secrets
from pathlib import Path

from cognoscope.core.errors import InvalidInput

LEAST = 32


def read_or_make_key(path: Path) -> bytes:
    """The key that signs; made with mode 600 when it is absent.

    Raises:
        InvalidInput: others may read the file, or it is too short to be a key.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        made.touch(mode=0o600)
        made.write_text(secrets.token_hex(32), encoding="ascii")
        try:
            os.link(made, path)
        except FileExistsError:
            pass  # another worker made it first: theirs is the key
        finally:
            made.unlink()
    if path.stat().st_mode & 0o077:
        raise InvalidInput(f"The session key {path} can be read by others: run 'chmod 600 {path}'.")
    key = path.read_bytes().strip()
    if len(key) < LEAST:
        raise InvalidInput(
            f"The session key {path} is too short: delete it, a new one is made and people sign in again."
        )
    return key
