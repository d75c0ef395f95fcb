"""The key of a pair, the same in every case: what is decided about it once is known again."""

import hashlib
import re
import unicodedata

LETTERS = str.maketrans("0123456789", "ghijklmnop")
"""Digits of a digest could be read as somebody's number."""


def pair_key(drug: str, reaction: str) -> str:
    """Both names where they can be read, and a digest of them: `imaginamycin--rash--hajbkcldme`."""
    digest = hashlib.sha256(f"{drug}\x1f{reaction}".encode()).hexdigest()[:10].translate(LETTERS)
    return f"{_plain(drug)}--{_plain(reaction)}--{digest}"


def _plain(name: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:30] or "x"
