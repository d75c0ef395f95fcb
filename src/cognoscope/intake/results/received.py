"""What one result of another system says, before it is made pseudonymous: only `intake` may hold it."""

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.errors import InvalidInput
from cognoscope.core.image_value import Coded, Measurement
from cognoscope.core.noun import Sentence

Source = Literal["dicom-sr", "dicom-seg", "fhir"]
UNSTATED = "unstated"
OUR_OWN = "This result was made by this program itself: it is in the ledger already and is not taken in again."
MOST_ELEMENTS = 500
"""Measurements and marks that one result may hold: more is a table of raw data, not something a person reviews."""


@dataclass(frozen=True)
class ForeignAlgorithm:
    """Who made a result: the three that tell one algorithm from another."""

    name: str
    version: str
    manufacturer: str


@dataclass(frozen=True)
class PlacedMark:
    """A mark on one frame of an object, by its SOP Instance UID; points are (row, column) from the first pixel's
    centre."""

    label: str
    instance: str
    frame: int
    shape: Literal["point", "ellipse", "polygon", "polyline"]
    points: tuple[tuple[float, float], ...]
    certainty: float | None = None
    code: Coded | None = None


@dataclass(frozen=True)
class PlacedSegment:
    """The pixels of one segment: by (SOP Instance UID, frame from 0) of the image they lie on, rows x columns."""

    label: str
    code: Coded | None
    masks: dict[tuple[str, int], NDArray[np.bool_]] = field(repr=False)


@dataclass(frozen=True)
class Received:
    """One result. `patient`, `identifier` and `study` are identifiers as they were sent."""

    source: Source
    algorithm: ForeignAlgorithm
    patient: str = field(repr=False)
    identifier: str = field(repr=False)
    study: str = field(repr=False)
    at: datetime | None
    preliminary: bool
    measurements: tuple[Measurement, ...]
    marks: tuple[PlacedMark, ...] = ()
    segments: tuple[PlacedSegment, ...] = ()


def algorithm(name: str, version: str, manufacturer: str) -> ForeignAlgorithm:
    """The algorithm of these names, tidied.

    Raises:
        InvalidInput: it has no name, or it is this program.
    """
    tidy = [" ".join(_printable(each).split())[:80] for each in (name, version, manufacturer)]
    if tidy[2].casefold() == "cognoscope":
        raise InvalidInput(OUR_OWN)
    if not tidy[0]:
        raise InvalidInput(
            "This result does not say which algorithm made it: without its name it cannot be reviewed, compared or "
            "watched. Ask its maker to fill in the algorithm identification (DICOM TID 4019, FHIR Device)."
        )
    return ForeignAlgorithm(tidy[0], tidy[1] or UNSTATED, tidy[2] or UNSTATED)


def told(text: object, names: Iterable[str] = ()) -> str:
    """A label without the words by which a header names people, and without long numbers; at most 120 characters."""
    away = set(names)
    words = []
    for word in _printable(str(text or "")).split():
        folded = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if c.isalnum())
        parts = set(re.findall(r"\w+", folded)) | {folded}
        hidden = parts & away or any(len(name) > 3 and name in folded for name in away) or re.search(r"\d{6}", word)
        words.append("…" if hidden else word)
    return " ".join(words)[:120].strip()


def slug(text: str, taken: Iterable[str] = (), longest: int = 60) -> str:
    """A key of small letters, digits and hyphens that is not taken yet."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:longest] or "x"
    others, number, key = set(taken), 2, stem
    while key in others:
        key, number = f"{stem}-{number}", number + 1
    return key


def measurement(
    taken: Iterable[str], label: str, amount: float, unit: str, code: Coded | None, words: Sentence | None = None
) -> Measurement | None:
    """One measurement, or None where its amount is no finite number."""
    if not math.isfinite(amount):
        return None
    label = label or (code.meaning if code else "") or "-"
    return Measurement(
        key=slug(label, taken),
        label=Sentence(fr=label, en=label),
        amount=amount,
        unit=_printable(unit)[:32] or "1",
        words=words,
        code=code,
    )


def coded(value: object, scheme: object, meaning: object, names: Iterable[str] = ()) -> Coded | None:
    """A code as it was sent; None where it is empty. What it means is kept without names."""
    text = _printable(str(value or "")).strip()
    if not text:
        return None
    return Coded(
        value=text[:64], scheme=_printable(str(scheme or "")).strip()[:16], meaning=told(meaning, names) or text[:64]
    )


def _printable(text: str) -> str:
    """Without control characters and lone surrogates, which no JSON may carry."""
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn") or c in "\t\n ")
