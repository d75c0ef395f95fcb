"""DICOM objects that could not be taken in, with the reason of each: sealed, because they hold identities.

What a person mends (a sender that cuts files off) is mended from the reason; the object itself can be looked at again
by whoever maintains the hospital's intake, who has the vault's key.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.intake import keys
from cognoscope.intake.dicom.store_originals import seal, unseal
from cognoscope.intake.manifest import replace

LARGEST_KEPT = 256 << 20
ENDING = ".sealed"


@dataclass(frozen=True)
class SetAside:
    """One object in quarantine: the digest of its bytes, how many they are, and why it is there."""

    digest: str
    size: int
    reason: str


class Quarantine:
    """The folder `images/quarantine` of an installation."""

    def __init__(self, home: Home) -> None:
        self.folder = home.images / "quarantine"
        self._key_file = home.vault_key_file

    def put(self, content: bytes, reason: str) -> SetAside:
        """Set bytes aside with a sentence; the same bytes are there once, with the newest reason. Durable on return.

        Raises:
            InvalidInput: the vault's key is absent, or the disk refuses.
        """
        digest = hashlib.sha256(content).hexdigest()
        aside = SetAside(digest, len(content), reason)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if len(content) <= LARGEST_KEPT and not (self.folder / f"{digest}{ENDING}").exists():
                replace(self.folder / f"{digest}{ENDING}", seal(keys.read(self._key_file), digest, content))
            replace(self.folder / f"{digest}.json", json.dumps(aside.__dict__).encode())
        except OSError as error:
            raise InvalidInput(f"The quarantine {self.folder} cannot be written: {error.strerror}.") from None
        return aside

    def list(self) -> list[SetAside]:
        """Everything in quarantine, by digest."""
        return [SetAside(**json.loads(path.read_bytes())) for path in sorted(self.folder.glob("*.json"))]

    def open(self, digest: str) -> bytes:
        """The bytes of an object again; only intake may ask.

        Raises:
            InvalidInput: it is not there, was too large to be kept, or was changed.
        """
        path: Path = self.folder / f"{digest}{ENDING}"
        if not path.is_file():
            raise InvalidInput("That object is not in quarantine, or was too large to be kept there.")
        return unseal(keys.read(self._key_file), digest, path.read_bytes())
