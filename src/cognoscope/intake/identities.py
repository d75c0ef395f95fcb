"""What identifies a person, sealed on the spot: it leaves the process that read it only as ciphertext."""

import os
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class Identity(msgspec.Struct, frozen=True, omit_defaults=True):
    """Names, addresses and the like as they stood in the source; identifiers are `system|value`."""

    identifiers: list[str] = []
    names: list[dict[str, Any]] = []
    birth_date: str | None = None
    telecom: list[dict[str, Any]] = []
    addresses: list[dict[str, Any]] = []


class Seal:
    """AES-256-GCM (NIST SP 800-38D) under the vault key; the pseudonym is authenticated with the content."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def close(self, pseudonym: str, identity: Identity) -> bytes:
        """Nonce and ciphertext. A fresh random nonce each time: below 2^32 identities a key they do not repeat."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, msgspec.json.encode(identity), pseudonym.encode())

    def open(self, pseudonym: str, sealed: bytes) -> Identity | None:
        """The identity, or None where the key is another or the content was changed."""
        try:
            plain = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], pseudonym.encode())
        except (InvalidTag, ValueError):
            return None
        return msgspec.json.decode(plain, type=Identity)
