"""Where in the breast: evidence by places of a few millimetres, taught with the circles that radiologists drew."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import nn

from training.imaging.augment import Augmentation, moved, toned
from training.imaging.cls_data import Examples
from training.imaging.descent import descend
from training.imaging.seg_network import Residual, unit

STRIDE = 8
"""Pixels of a film to a place of the evidence."""
TOP = 16
"""Places whose mean evidence is that of the film: about the area of a small lesion with its rim."""
BREAST = 0.02
"""Grey above which a pixel is breast: around it, a prepared film is 0."""
OUTSIDE = -8.0
LEAST_RADIUS = 10.0
"""Of a circle, in pixels of a prepared film: smaller ones could fall between places."""
SMOOTH = 10.0


class LesionNetwork(nn.Module):
    """Films (N, 1, H, W) in 0..1 -> (N, 2, H / 8, W / 8) log-odds: a lesion of the first task's kind, any lesion.

    widths: channels from half of the resolution down to a thirty-second, from where two levels lead up again; at least
    16, since with 8 of them torch 2.13 corrupts its memory in bfloat16.
    """

    def __init__(self, widths: Sequence[int], dropout: float):
        super().__init__()
        self.stem = unit(4, widths[0])
        before = [widths[0], *widths[:-1]]
        strides = [1, *[2] * (len(widths) - 1)]
        self.down = nn.ModuleList([Residual(*each) for each in zip(before, widths, strides, strict=True)])
        self.dropout = nn.Dropout2d(dropout)
        steps = [(widths[-1], widths[-2]), (widths[-2], widths[-3])]
        self.narrow = nn.ModuleList([unit(below, width, kernel=1) for below, width in steps])
        self.up = nn.ModuleList([Residual(2 * width, width) for _, width in steps])
        self.head = nn.Conv2d(widths[-3], 2, 1)
        nn.init.constant_(self.head.bias, -3.0)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """See the class."""
        x = self.stem(F.pixel_unshuffle(image, 2))
        kept = []
        for level in self.down:
            x = level(x)
            kept.append(x)
        x = self.dropout(x)
        for narrow, up, beside in zip(self.narrow, self.up, (kept[-2], kept[-3]), strict=True):
            x = up(torch.cat([F.interpolate(narrow(x), scale_factor=2.0, mode="nearest"), beside], 1))
        return self.head(self.dropout(x))


class Evidence(nn.Module):
    """What each of several networks says of each place, the film upright and upside down; -8 outside the breast."""

    def __init__(self, members: Sequence[LesionNetwork]):
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """(N, 1, H, W) -> (N, networks, 2, rows, columns)."""
        turned = image.flip(2)
        found = torch.stack([(member(image) + member(turned).flip(2)) / 2 for member in self.members], 1)
        within = (inside(image) > 0.5).float()[:, None]
        return found * within + OUTSIDE * (1 - within)


def inside(image: torch.Tensor) -> torch.Tensor:
    """(N, 1, rows, columns) the share of each place that is breast."""
    return F.avg_pool2d((image > BREAST).float(), STRIDE)


def strongest(evidence: torch.Tensor) -> torch.Tensor:
    """(..., rows, columns) -> (...) mean of the strongest places."""
    return evidence.flatten(-2).topk(TOP, -1).values.mean(-1)


def masks_of(examples: Examples, size: tuple[int, int]) -> NDArray[np.uint8]:
    """(N, 1, H, W): 0 no lesion, 1 a lesion, 2 a lesion with the first task's answer 1."""
    found = np.zeros((len(examples), 1, *size), np.uint8)
    rows, columns = np.mgrid[: size[0], : size[1]]
    for place, circles in enumerate(examples.circles):
        for row, column, radius, answer in circles:
            hit = (rows - row) ** 2 + (columns - column) ** 2 <= max(radius, LEAST_RADIUS) ** 2
            found[place, 0][hit] = np.maximum(found[place, 0][hit], 1 + answer)
    return found


def teach_lesions(
    images: NDArray[np.uint8],
    masks: NDArray[np.uint8],
    kinds: NDArray[np.int64],
    chosen: NDArray[np.int64],
    settings: Mapping[str, Any],
    seed: int,
) -> LesionNetwork:
    """One member on the chosen films; films of each kind (2: lesion of the first task's kind, 1: another, 0: none) come
    equally often.

    images, masks: (N, 1, H, W). kinds: (N,).
    """
    size = (images.shape[2], images.shape[3])
    by = Augmentation(**settings["augment"])
    torch.manual_seed(seed)
    draw = torch.Generator().manual_seed(seed)
    films, wanted = torch.from_numpy(images), torch.from_numpy(masks)
    pools = [torch.from_numpy(part) for kind in (2, 1, 0) if len(part := chosen[kinds[chosen] == kind])]

    def drawn() -> tuple[torch.Tensor, torch.Tensor]:
        batch = torch.cat([pool[torch.randint(len(pool), (settings["each"],), generator=draw)] for pool in pools])
        x, y = moved(films[batch].float() / 255, wanted[batch].float(), size, by, draw)
        return toned(x, by, draw) * (x > 0), y

    network = LesionNetwork(settings["widths"], settings["dropout"])
    return descend(network, settings, settings["steps"], drawn, loss)


def loss(found: torch.Tensor, images: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
    """Cross entropy and Dice by place, and cross entropy of the film by its strongest places.

    found: (N, 2, rows, columns) log-odds; images, masks: (N, 1, H, W).
    """
    share = torch.cat([F.avg_pool2d((masks > least).float(), STRIDE) for least in (1.5, 0.5)], 1)
    breast = inside(images)
    weight = torch.where(share > 0, 4.0, 1.0) * breast.clamp_min(0.02)
    by_place = (F.binary_cross_entropy_with_logits(found, share, reduction="none") * weight).sum() / weight.sum()
    chance = found.sigmoid()
    overlap = (2 * (chance * share).sum((0, 2, 3)) + SMOOTH) / ((chance + share).sum((0, 2, 3)) + SMOOTH)
    film = strongest(torch.where(breast > 0.5, found, torch.full_like(found, OUTSIDE)))
    truth = (share.amax((2, 3)) > 0.2).float() * 0.9 + 0.05
    by_film = F.binary_cross_entropy_with_logits(film, truth)
    return 2 * by_place + 0.5 * (1 - overlap).mean() + 0.5 * by_film
