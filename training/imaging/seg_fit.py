"""What a segmentation network learns from, and its loss: cross entropy and Dice."""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as f
from numpy.typing import NDArray
from torch import Tensor

from training.imaging.augment import Augmentation, moved, pasted, toned
from training.imaging.descent import descend
from training.imaging.seg_data import Examples
from training.imaging.seg_network import SegmentationNetwork

SMOOTH = 20.0
"""Pixels added to both sides of a Dice, so that an image with hardly any lesion does not outweigh all others."""


def loss(logits: Tensor, masks: Tensor) -> Tensor:
    """Cross entropy + (1 - Dice) of anything but background, image by image, as the figure that is judged; where there
    are several classes, + half of (1 - Dice) of each over the batch (Milletari et al. 2016, arXiv:1606.04797)."""
    classes = logits.shape[1]
    chances = logits.softmax(1)
    found, true = 1 - chances[:, 0], (masks > 0).float()
    dice = (2 * (found * true).sum((1, 2)) + SMOOTH) / ((found + true).sum((1, 2)) + SMOOTH)
    total = f.cross_entropy(logits, masks) + 1 - dice.mean()
    if classes > 2:
        each = f.one_hot(masks, classes).permute(0, 3, 1, 2).float()[:, 1:]
        shares = chances[:, 1:]
        dice = (2 * (shares * each).sum((0, 2, 3)) + SMOOTH) / ((shares + each).sum((0, 2, 3)) + SMOOTH)
        total = total + 0.5 * (1 - dice).mean()
    return total


def network_of(settings: dict[str, Any]) -> SegmentationNetwork:
    """The untrained network of a configuration."""
    network = settings["network"]
    return SegmentationNetwork(
        settings["input"]["channels"], len(settings["classes"]), network["widths"], network["depths"]
    )


def fit(
    settings: dict[str, Any], examples: Examples, chosen: NDArray[np.int64], seed: int, steps: int
) -> SegmentationNetwork:
    """Train on the chosen examples for so many steps."""
    how, size = settings["fit"], tuple(settings["input"]["size"])
    by = Augmentation(**settings.get("augment", {}))
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    images, masks = torch.from_numpy(examples.images[chosen]), torch.from_numpy(examples.masks[chosen])
    order = torch.empty(0, dtype=torch.long)

    def drawn() -> tuple[Tensor, Tensor]:
        nonlocal order
        while len(order) < how["batch"]:
            order = torch.cat([order, torch.randperm(len(images), generator=generator)])
        batch, order = order[: how["batch"]], order[how["batch"] :]
        x, y = moved(images[batch].float() / 255, masks[batch, None].float(), size, by, generator)
        x, y = pasted(x, y, by, generator)
        return toned(x, by, generator), y

    return descend(network_of(settings), how, steps, drawn, lambda logits, _, y: loss(logits, y[:, 0].long()))
