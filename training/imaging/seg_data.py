"""Images and masks of a public set, as one configuration says where they lie."""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cognoscope.core.errors import InvalidInput
from cognoscope.methods.images.prepare import prepare
from training.imaging.splits import by_block, by_group


@dataclass
class Examples:
    """Images with masks.

    images: (N, C, H, W) uint8 as `prepare` gives them, a little larger than what the network takes.
    masks: (N, H, W) class numbers at that size; whole: the masks as published.
    folds: which are judged together; held_out: those that neither train nor choose anything.
    """

    identifiers: list[str]
    rows: list[dict[str, str]]
    images: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    whole: list[NDArray[np.uint8]]
    sources: list[NDArray[Any]]
    folds: NDArray[np.int64]
    held_out: NDArray[np.bool_]
    digests: list[str]


def load(settings: dict[str, Any], folder: Path) -> Examples:
    """The examples of a configuration (`[data]`, `[split]`, `[input]`) in a folder.

    Raises:
        InvalidInput: the table or an image is not there.
    """
    data, split, entry = settings["data"], settings["split"], settings["input"]
    table = folder / data["table"]
    try:
        with table.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except OSError as error:
        raise InvalidInput(f"{table} cannot be read: name the folder that holds it with --data.") from error
    rows = [row for row in rows if all(row[name] == value for name, value in data.get("select", {}).items())]
    height, width = (round(side * entry.get("over", 1.0)) for side in entry["size"])
    channels = entry["channels"]
    images = np.empty((len(rows), channels, height, width), np.uint8)
    masks = np.empty((len(rows), height, width), np.uint8)
    whole, sources, digests = [], [], []
    for number, row in enumerate(rows):
        path = folder / row[data["file"]]
        source = read(path)
        mask = read(folder / data["mask"].format(**row))
        mask = (mask > 127).astype(np.uint8) if data.get("binary") else mask.astype(np.uint8)
        images[number] = np.rint(prepare(source, (height, width), channels) * 255).astype(np.uint8)
        masks[number] = nearest(mask, height, width)
        whole.append(mask)
        sources.append(source)
        digests.append(hashlib.sha256(path.read_bytes()).hexdigest())
    folds = (
        by_group([row[split["group"]] for row in rows], split["folds"], split["seed"])
        if split.get("group")
        else by_block(len(rows), split["folds"])
    )
    held_out = folds >= split["folds"] - split.get("hold_out", 0)
    identifiers = [row[data["identifier"]] for row in rows]
    return Examples(identifiers, rows, images, masks, whole, sources, folds, held_out, digests)


def nearest(mask: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Class numbers at another size: those of the nearest pixel."""
    down = ((np.arange(height) + 0.5) * mask.shape[0] / height).astype(int)
    across = ((np.arange(width) + 0.5) * mask.shape[1] / width).astype(int)
    return mask[down[:, None], across[None, :]]


def read(path: Path) -> NDArray[np.uint8]:
    """The pixels of a picture, grey where its three channels are equal; of a palette the numbers, which are classes.

    Raises:
        InvalidInput: it is not there, or no picture.
    """
    try:
        with Image.open(path) as image:
            pixels = np.asarray(image if image.mode in ("L", "RGB", "P") else image.convert("L"))
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: check the folder against its sha256sums.txt.") from error
    equal = pixels.ndim == 3 and bool((pixels == pixels[..., :1]).all())
    return np.ascontiguousarray(pixels[..., 0] if equal else pixels)
