"""What small windows look like, learnt without labels, and how much of each an image holds.

A dictionary of windows by whitening and spherical k-means, then rectified answers, pooled (Coates, Ng and Lee, AISTATS
2011; Coates and Ng 2012). On a few hundred images and two cores it teaches more than a convolutional network from
random weights: see `training/README.md`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

WINDOWS = 60_000
ROUNDS = 8
QUIET = 0.8
"""Quantile of an atom's answers below which it is silent."""
FLAT = 0.02


@dataclass(frozen=True)
class BankSettings:
    """shrink: images are reduced so many times. window, atoms, stride: of the dictionary. local: each window is freed
    of its mean colour and contrast. pools: see `pooled`."""

    shrink: int
    window: int
    atoms: int
    stride: int = 2
    local: bool = True
    pools: tuple[str, ...] = ("mean", "centre", "rim", "spread")


class Bank(nn.Module):
    """(N, C, H, W) images, reduced -> (N, atoms, h, w) answers, 0 where a window does not look like the atom."""

    def __init__(self, settings: BankSettings, channels: int):
        super().__init__()
        self.settings = settings
        side = settings.window
        self.register_buffer("kernel", torch.zeros(settings.atoms, channels, side, side))
        self.register_buffer("floor", torch.zeros(settings.atoms))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Answers of every atom at every place."""
        given, side = self.settings, self.settings.window
        image = shrunk(image, given.shrink)
        answers = F.conv2d(image, self.kernel, stride=given.stride)
        if given.local:
            mean = F.avg_pool2d(image, side, given.stride)
            spread = F.avg_pool2d((image * image).mean(1, keepdim=True), side, given.stride)
            spread = (spread - (mean * mean).mean(1, keepdim=True)).clamp_min(0).sqrt()
            answers = answers / (spread + FLAT)
        return torch.relu(answers - self.floor[None, :, None, None])


def shrunk(image: torch.Tensor, times: int) -> torch.Tensor:
    """Mean of squares of `times` pixels a side."""
    return F.avg_pool2d(image, times) if times > 1 else image


def learnt(images: Sequence[torch.Tensor], settings: BankSettings, seed: int) -> Bank:
    """A dictionary of the windows of these images, each (C, H, W) and normalised; labels are not used."""
    draw = torch.Generator().manual_seed(seed)
    side, channels = settings.window, images[0].shape[0]
    windows = _windows(images, settings, draw)
    if settings.local:
        parts = windows.view(len(windows), channels, -1)
        windows = (parts - parts.mean(2, keepdim=True)).flatten(1)
        windows = windows / (windows.square().mean(1, keepdim=True).sqrt() + FLAT)
    middle = windows.mean(0)
    power, axes = torch.linalg.eigh(torch.cov((windows - middle).T))
    ridge = (0.06 if settings.local else 0.02) * power.mean()
    whiten = axes @ torch.diag((power.clamp_min(0) + ridge).rsqrt()) @ axes.T
    white = (windows - middle) @ whiten
    atoms = _clustered(white, settings.atoms, draw)
    bank = Bank(settings, channels)
    kernel = (whiten @ atoms.T).T
    floor = torch.quantile((white @ atoms.T)[:20_000], QUIET, dim=0) + middle @ kernel.T
    if settings.local:
        each = kernel.view(len(atoms), channels, -1)
        kernel = (each - each.mean(2, keepdim=True)).flatten(1)
    bank.kernel.copy_(kernel.view(len(atoms), channels, side, side))
    bank.floor.copy_(floor)
    return bank


def _windows(images: Sequence[torch.Tensor], settings: BankSettings, draw: torch.Generator) -> torch.Tensor:
    each = -(-WINDOWS // len(images))
    side = settings.window
    found = []
    for image in images:
        small = shrunk(image[None], settings.shrink)[0]
        views = small.unfold(1, side, 1).unfold(2, side, 1)
        rows = torch.randint(0, views.shape[1], (each,), generator=draw)
        columns = torch.randint(0, views.shape[2], (each,), generator=draw)
        found.append(views[:, rows, columns].transpose(0, 1).flatten(1))
    windows = torch.cat(found)
    # Without a tenth of the largest spread there is nothing to learn: black frames would fill the dictionary.
    spread = windows.std(1)
    return windows[spread > 0.1 * spread.median()]


def _clustered(white: torch.Tensor, count: int, draw: torch.Generator) -> torch.Tensor:
    """Spherical k-means: (count, D) directions."""
    atoms = F.normalize(white[torch.randperm(len(white), generator=draw)[:count]])
    for _ in range(ROUNDS):
        likeness, nearest = (white @ atoms.T).max(1)
        moved = torch.zeros_like(atoms).index_add_(0, nearest, white * likeness[:, None])
        empty = torch.bincount(nearest, minlength=count) < 5
        moved[empty] = white[torch.randint(0, len(white), (int(empty.sum()),), generator=draw)]
        atoms = F.normalize(moved)
    return atoms


def pooled(answers: torch.Tensor, pools: Sequence[str]) -> torch.Tensor:
    """(N, atoms x pools) square roots of: mean; centre, rim (mean within 0.45 of the way to the edge, beyond 0.8);
    spread (over places); top, peak (mean of the highest hundredth, thousandth)."""
    flat = answers.flatten(2)
    places = flat.shape[2]
    found = []
    for pool in pools:
        if pool in ("centre", "rim"):
            share = _weights(pool, answers.shape[2], answers.shape[3]).flatten()
            found.append(flat @ share)
        elif pool == "spread":
            found.append((flat - flat.mean(2, keepdim=True)).square().mean(2).sqrt())
        elif pool in ("top", "peak"):
            found.append(flat.topk(max(1, places // (100 if pool == "top" else 1000)), 2).values.mean(2))
        else:
            found.append(flat.mean(2))
    return torch.cat(found, 1).clamp_min(1e-6).sqrt()


def _weights(pool: str, rows: int, columns: int) -> torch.Tensor:
    far = (torch.linspace(-1, 1, rows)[:, None] ** 2 + torch.linspace(-1, 1, columns)[None] ** 2).sqrt()
    inside = (far < 0.45 if pool == "centre" else far >= 0.8).float()
    return inside / inside.sum()
