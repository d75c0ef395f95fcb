"""What a table beside pictures says of them: whose they are, which eye, how large a pixel is.

A picture (PNG, JPEG, WebP) says none of this. A CSV file with the column `file` does, the names being relative to it;
further columns are found by the names that people give them, and any others are left alone.
"""

import csv
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from cognoscope.core.errors import InvalidInput

TABLES = ("images.csv", "labels.csv")
PIXEL = ("pixel_size_mm_here", "pixel_size_mm")
SIDE = ("eye", "laterality", "side")
LONGEST_TABLE = 64 << 20


@dataclass(frozen=True)
class Listed:
    """One picture of a table; `pixel_mm` and `side` are None where the table does not say."""

    file: Path
    pixel_mm: float | None = None
    side: Literal["L", "R"] | None = None


def listed_in(table: Path) -> list[Listed]:
    """The pictures of a table, in its order, each once.

    Raises:
        InvalidInput: no CSV file with the column `file`, or a pixel size that is no positive number.
    """
    return list(_read(table.resolve(), _changed(table)).values())


def listed(picture: Path) -> Listed:
    """What a table in the picture's folder, or in the one above, says of it; its name alone where there is none."""
    place = picture.resolve()
    for folder in (place.parent, place.parent.parent):
        for name in TABLES:
            table = folder / name
            if table.is_file() and (found := _read(table, _changed(table)).get(place)):
                return found
    return Listed(picture)


def _changed(table: Path) -> int:
    return table.stat().st_mtime_ns if table.is_file() else 0


@lru_cache(maxsize=4)
def _read(table: Path, changed: int) -> dict[Path, Listed]:
    try:
        if table.stat().st_size > LONGEST_TABLE:
            raise InvalidInput(f"{table} is too long for a table of pictures (more than 64 MiB): give a part of it.")
        with table.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            if "file" not in (rows.fieldnames or ()):
                raise InvalidInput(f"{table}: a table of pictures needs the column file, with their names.")
            found = [_listed(table, number, row) for number, row in enumerate(rows, start=2) if row.get("file")]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"{table} cannot be read as a table of pictures: save it as CSV in UTF-8.") from error
    return {each.file: each for each in reversed(found)}


def _listed(table: Path, number: int, row: dict[str, str]) -> Listed:
    side = next((row[name].strip().upper()[:1] for name in SIDE if row.get(name)), "")
    name = row["file"]
    if "\0" in name:
        raise InvalidInput(f"{table}, line {number}: the name of the file holds a sign that no file name can hold.")
    return Listed(
        file=(table.parent / name).resolve(),
        pixel_mm=_pixel(table, number, row),
        side="L" if side in ("L", "G") else "R" if side in ("R", "D") else None,
    )


def _pixel(table: Path, number: int, row: dict[str, str]) -> float | None:
    text = next((row[name].strip() for name in PIXEL if row.get(name) and row[name].strip()), "")
    if not text:
        return None
    try:
        size = float(text)
    except ValueError:
        size = math.nan
    if not 0 < size < math.inf:
        raise InvalidInput(f"{table}, line {number}: the size of a pixel is a positive number of mm, not {text!r}.")
    return size
