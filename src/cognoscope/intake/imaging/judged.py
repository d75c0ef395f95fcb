"""A folder of images with their truth, as an application's `evaluate` reads it: a table, and the files it names."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.case import CaseImage
from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom.images import read_image
from cognoscope.intake.imaging.from_file import image_of
from cognoscope.intake.imaging.listed import Listed
from cognoscope.methods.images.display import displayed
from cognoscope.methods.images.kind import ImageKind
from cognoscope.methods.images.model_folder import ModelFolder

Row = dict[str, str]


@dataclass(frozen=True)
class Judged:
    """The images of a folder that may judge a model, and how many may not because they taught or tuned it."""

    kind: ImageKind
    folder: Path
    rows: tuple[Row, ...]
    left_out: int

    def __len__(self) -> int:
        return len(self.rows)

    def case_image(self, row: Row) -> CaseImage:
        """The image of a row, as a case would hold it."""
        return image_of(self.kind, Listed(self.folder / row["file"]))

    def shown(self, row: Row) -> NDArray[Any]:
        """The image of a row as it is displayed."""
        return displayed(self.case_image(row))

    def every_shown(self) -> Iterator[NDArray[Any]]:
        """The images in the order of the rows, one at a time."""
        return (self.shown(row) for row in self.rows)

    def mask(self, row: Row) -> NDArray[np.bool_]:
        """The mask of a row: True where it is not black."""
        values = read_image(self.folder / row["mask"])
        return np.asarray((values if values.ndim == 2 else values.max(axis=2)) > 0, np.bool_)

    def numbers(self, column: str) -> NDArray[np.float64]:
        """A column as numbers; NaN where it is empty.

        Raises:
            InvalidInput: something else stands there.
        """
        try:
            return np.array([float(row[column]) if row[column].strip() else np.nan for row in self.rows], np.float64)
        except ValueError as error:
            raise InvalidInput(f"{self.folder}/labels.csv: the column {column} holds what is no number.") from error

    def groups(self, *columns: str) -> NDArray[Any]:
        """Whose image each is: the first of these columns that says so; else each image is alone."""
        return np.array(
            [next((row[name] for name in columns if row.get(name)), f"alone {at}") for at, row in enumerate(self.rows)]
        )


def judged_images(
    kind: ImageKind, folder: Path, needed: Sequence[str], weights: Path | None, table: str = "labels.csv"
) -> Judged:
    """The rows of the folder's table whose images neither taught nor tuned the model of `weights`.

    needed: columns beside `file` without which nothing can be judged.

    Raises:
        InvalidInput: there is no such table, it lacks a column, or names a file that is not there.
    """
    path = folder / table
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"{path} cannot be read: give a folder laid out like the reference data.") from error
    if not rows:
        raise InvalidInput(f"{path} lists no image: give a folder laid out like the reference data.")
    if missing := sorted({"file", *needed} - {name for name, value in rows[0].items() if name and value is not None}):
        raise InvalidInput(f"{path} lacks the columns {', '.join(missing)}: see the README of the reference data.")
    absent = [row["file"] for row in rows if not (folder / row["file"]).is_file()]
    if absent:
        raise InvalidInput(f"{folder}: {len(absent)} files of {table} are missing, the first is {absent[0]}.")
    if weights is None:
        return Judged(kind, folder, tuple(rows), 0)
    unseen = ModelFolder(weights).unseen([folder / row["file"] for row in rows])
    kept = tuple(row for row, new in zip(rows, unseen, strict=True) if new)
    return Judged(kind, folder, kept, len(rows) - len(kept))
