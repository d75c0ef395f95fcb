"""Images and answers of a folder of reference data, as one configuration names its columns."""

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cognoscope.apps.imaging.mammography.breast import prepared
from cognoscope.methods.images.prepare import prepare


@dataclass(frozen=True)
class Examples:
    """Images as the network takes them (bytes), the answer to each question (-1: not known), whose they are."""

    images: NDArray[np.uint8]
    answers: dict[str, NDArray[np.int64]]
    groups: tuple[str, ...]
    strata: tuple[str, ...]
    digests: tuple[str, ...]
    circles: tuple[tuple[tuple[float, float, float, int], ...], ...] = ()
    """By image: row, column, radius of each lesion in the network's pixels, and the answer to the first task."""

    def __len__(self) -> int:
        return len(self.images)


def read(folder: Path, settings: Mapping[str, Any]) -> Examples:
    """Every row of `labels.csv`, one an image.

    settings: `[data]` with file, group (columns, the first that is not empty names the group), stratify (columns);
    `[input]`; `[[tasks]]` with column and, for names, classes.
    """
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    given, data, tasks = settings["input"], settings["data"], settings["tasks"]
    by_file: dict[str, list[dict[str, str]]] = {}
    for line in lines:
        by_file.setdefault(line[data["file"]], []).append(line)
    files = list(by_file)
    # An image with several lesions has a line for each: the worst answer counts.
    worst = {
        task["name"]: np.array([max(_answer(line, task) for line in by_file[file]) for file in files], np.int64)
        for task in tasks
    }
    images, circles = zip(*(_prepared(folder / file, given, by_file[file], tasks[0]) for file in files), strict=True)
    first = [by_file[file][0] for file in files]
    return Examples(
        images=np.stack(images),
        answers=worst,
        groups=tuple(next(row[column] for column in data["group"] if row[column]) for row in first),
        strata=tuple(max(" ".join(line[one] for one in data["stratify"]) for line in by_file[file]) for file in files),
        digests=tuple(hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in files),
        circles=circles,
    )


Circles = tuple[tuple[float, float, float, int], ...]


def _prepared(
    path: Path, given: Mapping[str, Any], lines: Sequence[Mapping[str, str]], task: Mapping[str, Any]
) -> tuple[NDArray[np.uint8], Circles]:
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB" if given["channels"] == 3 else "L"))
    if given.get("prepare") != "breast":
        ready = prepare(pixels, tuple(given["size"]), given["channels"], given["fit"])
        return np.asarray(np.rint(ready * 255), np.uint8), ()
    breast = prepared(pixels)
    if breast is None:
        raise ValueError(f"{path}: no breast can be told from this film")
    circles = tuple(
        (
            *breast.from_film(float(line["y_from_top"]), float(line["x"])),
            float(line["radius_px"]) / breast.scale[0],
            _answer(line, task),
        )
        for line in lines
        if line.get("x") and line.get("radius_px")
    )
    return np.asarray(np.rint(breast.image[None] * 255), np.uint8), circles


def _answer(row: Mapping[str, str], task: Mapping[str, Any]) -> int:
    value = row[task["column"]]
    if "names" in task:
        return int(task["names"][value])
    if "classes" in task and value in task["classes"]:
        return list(task["classes"]).index(value)
    return int(value) if value.isdigit() and "classes" not in task else -1


def drawn(strata: Sequence[str], groups: Sequence[str], folds: int, seed: int) -> NDArray[np.int64]:
    """The fold of each image: whole groups, dealt out stratum by stratum of a group's highest."""
    highest: dict[str, str] = {}
    for group, stratum in zip(groups, strata, strict=True):
        highest[group] = max(highest.get(group, ""), stratum)
    draw = np.random.default_rng(seed)
    order = draw.permutation(sorted(highest))
    order = sorted(order, key=lambda group: highest[str(group)])
    fold = {str(group): number % folds for number, group in enumerate(order)}
    return np.array([fold[group] for group in groups], np.int64)
