"""UIDs that follow from what an object says, so that sending the same result twice sends the same object."""

import uuid

NAMESPACE = uuid.UUID("71f3426f-42f1-4e0a-830c-9260769a7c28")
"""Ours, drawn once; UIDs are its name-based UUIDs (RFC 9562, version 5) under 2.25 (ITU-T X.667)."""


def uid(*parts: str) -> str:
    """The UID of these parts: for instance a proposal's digest, "SEG" and a language."""
    return f"2.25.{uuid.uuid5(NAMESPACE, '/'.join(parts)).int}"
