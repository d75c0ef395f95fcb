"""How a segmentation network learns: cross entropy and Dice, cosine rate, a running mean of the weights."""

import copy
import math
import sys
import time
from typing import Any

import numpy as np
import torch
import torch.nn.functional as f
from numpy.typing import NDArray
from torch import Tensor

from training.imaging.augment import Augmentation, moved, pasted, toned
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
    """Train on the chosen examples for so many steps.

    bfloat16 in the convolutions and channels last: a third of the time on a processor that has AVX-512 BF16.
    """
    how, size = settings["fit"], tuple(settings["input"]["size"])
    by = Augmentation(**settings.get("augment", {}))
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    network = network_of(settings).train().to(memory_format=torch.channels_last)
    mean = copy.deepcopy(network).eval()
    optimizer = torch.optim.AdamW(network.parameters(), lr=how["rate"], weight_decay=how["decay"])
    images, masks = torch.from_numpy(examples.images[chosen]), torch.from_numpy(examples.masks[chosen])
    order = torch.empty(0, dtype=torch.long)
    started = time.monotonic()
    for step in range(steps):
        warm = min(1.0, (step + 1) / 50)
        for group in optimizer.param_groups:
            group["lr"] = how["rate"] * warm * (0.5 + 0.5 * math.cos(math.pi * step / steps)) + 1e-6
        while len(order) < how["batch"]:
            order = torch.cat([order, torch.randperm(len(images), generator=generator)])
        batch, order = order[: how["batch"]], order[how["batch"] :]
        x, y = moved(images[batch].float() / 255, masks[batch, None].float(), size, by, generator)
        x, y = pasted(x, y, by, generator)
        x = toned(x, by, generator).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(x)
        value = loss(logits.float(), y[:, 0].long())
        optimizer.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        follow(mean, network, min(how["memory"], (step + 1) / (step + 10)))
        if step % 100 == 0 or step + 1 == steps:
            print(f"step {step} loss {value.item():.3f} {time.monotonic() - started:.0f} s", file=sys.stderr)
    return mean


@torch.no_grad()
def follow(mean: torch.nn.Module, network: torch.nn.Module, keep: float) -> None:
    """Exponential mean of the weights (Polyak and Juditsky 1992); counters are copied."""
    for slow, fast in zip(mean.state_dict().values(), network.state_dict().values(), strict=True):
        if slow.dtype.is_floating_point:
            slow.lerp_(fast, 1 - keep)
        else:
            slow.copy_(fast)
