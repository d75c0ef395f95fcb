"""Which codes a name of ours has in DICOM: looked up in a table, never in code.

A name without a code is written in the private scheme 99COGNOSCOPE (PS3.16 section 8.2 keeps "99" for private schemes),
which the object itself explains.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cognoscope.core.image_value import Coded

if TYPE_CHECKING:
    from highdicom.sr import CodedConcept

PRIVATE = "99COGNOSCOPE"
LONGEST_MEANING = 64
LONGEST_VALUE = 16
SIDES = {
    "L": Coded(value="7771000", scheme="SCT", meaning="Left"),
    "R": Coded(value="24028007", scheme="SCT", meaning="Right"),
}
NEUTRAL = Coded(value="309825002", scheme="SCT", meaning="Spatial and Relational Concept")
"""Category of what no table knows: neither called normal nor abnormal (PS3.16 CID 7150)."""


@dataclass(frozen=True)
class Concept:
    """What something is, which kind of thing that is, and on which side."""

    type: Coded
    category: Coded = NEUTRAL
    side: Coded | None = None


@cache
def _known() -> dict[str, Concept]:
    text = files(__package__).joinpath("concepts.csv").read_text(encoding="utf-8")
    return {
        row["name"]: Concept(
            Coded(value=row["value"], scheme=row["scheme"], meaning=row["meaning"]),
            Coded(value=row["category"], scheme="SCT", meaning=row["category_meaning"]) if row["category"] else NEUTRAL,
            SIDES.get(row["side"]),
        )
        for row in csv.DictReader(text.splitlines())
    }


def concept(name: str, label: str, code: Coded | None = None) -> Concept:
    """The concept of a name: by the code its application gives, by our table, else in the private scheme.

    name: a slug of ours (`ground-glass`), or `procedure.CT`. label: what people read, the meaning of a private code.
    """
    if code is not None:
        same = (
            known for known in _known().values() if (known.type.scheme, known.type.value) == (code.scheme, code.value)
        )
        known = _known().get(name)
        if known is None or known.type.value != code.value:
            known = next(same, None)
        return Concept(code, known.category if known else NEUTRAL, known.side if known else None)
    return _known().get(name) or Concept(private(name, label))


def procedure(modality: str) -> Coded:
    """What was done to make such images."""
    return (_known().get(f"procedure.{modality}") or _known()["procedure"]).type


def private(name: str, label: str) -> Coded:
    """A concept that only this program defines; a value too long for a Code Value (16 characters) is shortened by its
    digest, so that it stays the same from one report to the next."""
    value = name if len(name) <= LONGEST_VALUE else name[:9] + hashlib.sha256(name.encode()).hexdigest()[:7]
    return Coded(value=value, scheme=PRIVATE, meaning=label)


def coded(concept: Coded) -> CodedConcept:
    """The same concept for highdicom; a meaning is cut to the 64 characters that it may have."""
    from highdicom.sr import CodedConcept

    return CodedConcept(concept.value, concept.scheme, line(concept.meaning))


def line(text: str) -> str:
    """The text as a Long String (VR LO, PS3.5 section 6.2): 64 bytes of UTF-8 and no backslash. The standard counts
    characters, some readers count bytes: both are content with this."""
    clean = " ".join(text.replace("\\", "/").split())
    if len(clean.encode()) <= LONGEST_MEANING:
        return clean or "-"
    return clean.encode()[: LONGEST_MEANING - 3].decode(errors="ignore").rstrip() + "..."


def unit(ucum: str) -> CodedConcept:
    """A UCUM unit; its meaning is what UCUM writes, which is what people read."""
    meanings = {"1": "no units", "%": "percent"}
    return coded(Coded(value=ucum, scheme="UCUM", meaning=meanings.get(ucum, ucum)))


def schemes() -> list[Any]:
    """What the private scheme is, for the Coding Scheme Identification Sequence."""
    from highdicom.coding_schemes import CodingSchemeIdentificationItem

    return [
        CodingSchemeIdentificationItem(designator=PRIVATE, name="Cognoscope", responsible_organization="Cognoscope")
    ]
