"""Which images come in: invented chest CTs, and public images where `COGNOSCOPE_DATASETS` holds them.

Only those that an application reads whose weights ship: the others wait for a person's word, here as in a hospital.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.errors import InvalidInput
from cognoscope.datasets.registry import datasets_folder
from cognoscope.demo.imaging.objects import Picture
from cognoscope.demo.imaging.thorax import thorax
from cognoscope.intake.dicom.images import read_image

Row = dict[str, str]


@dataclass(frozen=True)
class PublicSet:
    """A public set of images: its folder, how many come in, and how a row of its table becomes a picture."""

    application: str
    folder: str
    count: int
    picture: Callable[[NDArray[Any], Row], Picture]


def _head(pixels: NDArray[Any], row: Row) -> Picture:
    size = float(row["pixel_size_mm_here"])
    return Picture(_grey(pixels)[np.newaxis], "US", "FETUS", "Echographie obstetricale", (0.0, size, size))


def _lesion(pixels: NDArray[Any], row: Row) -> Picture:
    return Picture(pixels[np.newaxis], "DMS", "SKIN", "Dermoscopie")


PUBLIC = (
    PublicSet("imaging.fetalhead", "imaging/fetal_head_hc18_256", 4, _head),
    PublicSet("imaging.skin", "imaging/skin_isic2017_256", 6, _lesion),
)
CHESTS = ((48, 5), (40, 0), (56, 9))
"""Slices and ill patches of the invented chest CTs."""
SIDE = 256


def chests(seed: int) -> Iterator[Picture]:
    """The invented chest CTs."""
    for number, (slices, patches) in enumerate(CHESTS):
        spacing = (300 / slices, 400 / SIDE, 400 / SIDE)
        made = thorax(slices, SIDE, spacing, lesions=False, patches=patches, seed=seed + number)
        # From the head down, as scanners number their slices.
        yield Picture(made.hounsfield[::-1], "CT", "CHEST", "Thorax sans injection", spacing)


def public(application: str, seed: int) -> Iterator[Picture]:
    """Public images that this application looks at; nothing where they are not there."""
    for each in PUBLIC:
        rows = _rows(each.folder) if each.application == application else []
        for row in Random(f"{application}-{seed}").sample(rows, min(each.count, len(rows))):  # noqa: S311
            yield each.picture(read_image(datasets_folder() / each.folder / row["file"]), row)


def _rows(folder: str) -> list[Row]:
    path = datasets_folder() / Path(folder) / "labels.csv"
    if not path.is_file():
        return []
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path} is not the table of images it should be: fetch it again.") from error


def _grey(pixels: NDArray[Any]) -> NDArray[Any]:
    return pixels[..., 0] if pixels.ndim == 3 else pixels
