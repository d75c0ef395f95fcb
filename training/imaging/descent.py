"""How convolutional networks learn here: AdamW, cosine rate after a short warm-up, a running mean of the weights."""

import copy
import math
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

WARM = 50
"""Steps until the rate is whole."""
Taught = TypeVar("Taught", bound=nn.Module)


def descend(
    network: Taught,
    how: Mapping[str, Any],
    steps: int,
    drawn: Callable[[], tuple[Tensor, Tensor]],
    loss: Callable[[Tensor, Tensor, Tensor], Tensor],
) -> Taught:
    """The running mean of the network's weights after so many steps.

    bfloat16 in the convolutions and channels last: a third of the time on a processor that has AVX-512 BF16.

    how: rate, decay, memory (of the running mean).
    drawn: images (N, C, H, W) and masks (N, 1, H, W) of one step.
    loss: of what the network answers, with those images and masks.
    """
    network = network.train().to(memory_format=torch.channels_last)
    mean = copy.deepcopy(network).eval()
    optimizer = torch.optim.AdamW(network.parameters(), lr=how["rate"], weight_decay=how["decay"])
    started = time.monotonic()
    for step in range(steps):
        warm = min(1.0, (step + 1) / WARM)
        for group in optimizer.param_groups:
            group["lr"] = how["rate"] * warm * (0.5 + 0.5 * math.cos(math.pi * step / steps)) + 1e-6
        images, masks = drawn()
        images = images.contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            found = network(images)
        value = loss(found.float(), images, masks)
        optimizer.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        _follow(mean, network, min(how["memory"], (step + 1) / (step + 10)))
        if step % 100 == 0 or step + 1 == steps:
            print(f"step {step} loss {value.item():.3f} {time.monotonic() - started:.0f} s", file=sys.stderr)
    return mean


@torch.no_grad()
def _follow(mean: nn.Module, network: nn.Module, keep: float) -> None:
    """Exponential mean of the weights (Polyak and Juditsky 1992); counters are copied."""
    for slow, fast in zip(mean.state_dict().values(), network.state_dict().values(), strict=True):
        if slow.dtype.is_floating_point:
            slow.lerp_(fast, 1 - keep)
        else:
            slow.copy_(fast)
