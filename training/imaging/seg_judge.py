"""How well outlines were found on images that did not teach the network: Dice by image, the threshold that suits it."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from cognoscope.methods.images.prepare import fitting, prepare
from cognoscope.methods.images.views import turned, turned_back
from training.imaging.seg_data import Examples
from training.imaging.seg_network import Exported

THRESHOLDS = np.round(np.arange(0.05, 0.81, 0.05), 2)


@torch.no_grad()
def predict(
    network: Exported, settings: dict[str, Any], examples: Examples, chosen: NDArray[np.int64]
) -> dict[int, Any]:
    """Probabilities (classes, rows, columns) of each chosen image at its published size, as applications get them."""
    taken = settings["input"]
    size, channels, views = tuple(taken["size"]), taken["channels"], taken.get("views", ["identity"])
    found = {}
    for number in chosen.tolist():
        source = examples.sources[number]
        ready = prepare(source, size, channels)
        shown = [torch.from_numpy(turned(ready, view))[None] for view in views]
        answers = [network(x.contiguous(memory_format=torch.channels_last))[0][0].numpy() for x in shown]
        probabilities = np.mean([turned_back(each, view) for each, view in zip(answers, views, strict=True)], axis=0)
        place = fitting(*source.shape[:2], size)
        found[number] = np.stack([place.back(plane) for plane in probabilities])
    return found


def dice(found: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    """2 |A and B| / (|A| + |B|); 1 where both are empty."""
    total = int(found.sum()) + int(true.sum())
    return 2 * int((found & true).sum()) / total if total else 1.0


def dice_by_threshold(
    planes: list[NDArray[np.float32]], masks: list[NDArray[np.bool_]]
) -> dict[float, NDArray[np.float64]]:
    """For each threshold, the Dice of each image."""
    return {
        float(threshold): np.array(
            [dice(plane >= threshold, mask) for plane, mask in zip(planes, masks, strict=True)], np.float64
        )
        for threshold in THRESHOLDS
    }


def best_threshold(by_threshold: dict[float, NDArray[np.float64]]) -> float:
    """The threshold with the greatest mean, itself smoothed over its two neighbours: a lone peak is chance."""
    means = np.array([values.mean() for values in by_threshold.values()])
    padded = np.pad(means, 1, mode="edge")
    smooth = (padded[:-2] + padded[1:-1] + padded[2:]) / 3
    return list(by_threshold)[int(np.argmax(smooth))]
