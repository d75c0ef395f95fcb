"""Blocks of templates with inline labels, `[text](LABEL)`, and which of them trained the classifier."""

import hashlib
import re
from pathlib import Path
from typing import NamedTuple

TRAINED_SHARE = 75
SPELLINGS = {"ADDRESSE": "ADRESSE"}
_BLOCK = re.compile(r"\n[ \t\r]*\n")
_LABELLED = re.compile(r"\[([^\]]*)\]\(([A-Z_]+)\)")


class Piece(NamedTuple):
    """A stretch of a template; `label` is empty where it identifies nobody."""

    text: str
    label: str


def read_blocks(path: Path) -> list[str]:
    """The blocks of a template file: what stands between empty lines."""
    return [block.strip() for block in _BLOCK.split(path.read_text(encoding="utf-8")) if block.strip()]


def trained_on(block: str) -> bool:
    """Whether a block belongs to the training half: decided by the digest of its own text, nothing else."""
    return int(hashlib.sha256(block.strip().encode()).hexdigest()[:8], 16) % 100 < TRAINED_SHARE


def pieces(block: str) -> list[Piece]:
    """A block taken apart."""
    found: list[Piece] = []
    at = 0
    for match in _LABELLED.finditer(block):
        if match.start() > at:
            found.append(Piece(block[at : match.start()], ""))
        found.append(Piece(match[1], SPELLINGS.get(match[2], match[2])))
        at = match.end()
    if at < len(block):
        found.append(Piece(block[at:], ""))
    return found
