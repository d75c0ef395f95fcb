"""Reads the data sets that teach the gates: grey where they are grey, with the group that keeps copies together."""

import csv
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cognoscope.methods.images.foreign_spoiled import greyed

Bytes = NDArray[np.uint8]


def rows_of(folder: Path, only: dict[str, str] | None = None) -> list[dict[str, str]]:
    """The table of a set, the rows that fulfil `only`, one a file."""
    table = folder / ("slices.csv" if (folder / "slices.csv").exists() else "labels.csv")
    with table.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if all(row[key] == value for key, value in (only or {}).items())]
    return list({row["file"]: row for row in rows}.values())


def group_of(row: dict[str, str], column: str | None) -> str:
    """Patient or group of a row; slices of the same case follow each other, so their numbers are grouped by tens."""
    if "slice_id" in row:
        return f"block{int(row['slice_id']) // 10}"
    return (row.get(column or "") or "") or row["file"]


def fold_of(group: str, folds: int) -> int:
    """The fold of a group, the same on every machine."""
    return zlib.crc32(group.encode()) % folds


def read(path: Path) -> Bytes:
    """Rows x columns where all colours are equal but for traces of compression, else rows x columns x 3."""
    return greyed(np.asarray(Image.open(path).convert("RGB"), np.uint8))


def some(folder: Path, count: int, seed: int) -> Iterator[Bytes]:
    """At most `count` images of a set, drawn; the small radiographs of PneumoniaMNIST are enlarged."""
    draw = np.random.default_rng(seed)
    if folder.name.startswith("cxr_"):
        images = np.load(next(folder.glob("*.npz")))["train_images"]
        for index in draw.permutation(len(images))[:count]:
            side = int(draw.integers(200, 500))
            yield np.asarray(Image.fromarray(images[index]).resize((side, side), Image.Resampling.BICUBIC), np.uint8)
        return
    rows = rows_of(folder)
    for index in draw.permutation(len(rows))[:count]:
        yield read(folder / rows[index]["file"])
