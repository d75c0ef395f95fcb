"""The slices of a folder with a radiologist's outlines."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom.images import read_image
from cognoscope.methods.images.model_folder import ModelFolder


@dataclass(frozen=True)
class Slice:
    """One slice: a picture in a lung window, and what a radiologist outlined."""

    identifier: str
    folder: Path
    file: str

    def shown(self) -> NDArray[Any]:
        """The picture."""
        return read_image(self.folder / self.file)

    def truth(self) -> NDArray[np.uint8]:
        """0 none, 1 ground glass, 2 consolidation; where only the outline of both is there, all is 1."""
        classes = self.folder / "masks_multiclass" / f"{self.identifier}.png"
        if classes.is_file():
            return _numbers(classes)
        return (_numbers(self.folder / "masks_infection" / f"{self.identifier}.png") > 0).astype(np.uint8)

    def published(self, method: str) -> NDArray[np.uint8] | None:
        """A published map at 0.5, None where this slice has none."""
        path = self.folder / "published_predictions" / method / f"{self.identifier}.png"
        if not path.is_file():
            return None
        values = read_image(path)
        grey = values if values.ndim == 2 else values[..., 0]
        return np.asarray(grey >= 128, np.uint8)


def slices_of(folder: Path) -> list[Slice]:
    """The slices of the official test part; all of them where the table names no part.

    Raises:
        InvalidInput: there is no such table, or a file it names is missing.
    """
    path = folder / "slices.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        found = [
            Slice(row["slice_id"], folder, row["file"])
            for row in rows
            if (row.get("official_split") or "test").strip() == "test"
        ]
    except (OSError, UnicodeDecodeError, csv.Error, KeyError, AttributeError) as error:
        raise InvalidInput(f"{path} cannot be read: give a folder laid out like the reference data.") from error
    missing = [each.file for each in found if not (folder / each.file).is_file()]
    if missing or not found:
        what = f"{len(missing)} files are missing, the first is {missing[0]}" if missing else "it lists no test slice"
        raise InvalidInput(f"{path}: {what}: give a folder laid out like the reference data.")
    return found


def left_out(slices: list[Slice], weights: Path | None) -> frozenset[str]:
    """Which of the slices taught or tuned the network."""
    if weights is None:
        return frozenset()
    unseen = ModelFolder(weights).unseen([each.folder / each.file for each in slices])
    return frozenset(each.identifier for each, new in zip(slices, unseen, strict=True) if not new)


@cache
def _numbers(path: Path) -> NDArray[np.uint8]:
    """The numbers that a mask holds: those of its palette where it has one.

    Raises:
        InvalidInput: it cannot be read.
    """
    from PIL import Image

    try:
        with Image.open(path) as image:
            return np.asarray(image if image.mode in ("P", "L") else image.convert("L"), np.uint8).copy()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: the truth of a slice is missing or damaged.") from error
