"""Where in the breast: evidence by cells of a few millimetres, taught with the circles that radiologists drew."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import nn

from training.imaging.cls_bank import shrunk
from training.imaging.cls_data import Examples
from training.imaging.cls_network import CLIP, Perceptron, Windows

BATCH = 96
TOP = 4
"""Cells whose mean evidence is that of the film: about the area of a small lesion with its rim."""
OUTSIDE = -8.0


class Cells(nn.Module):
    """Answers of the dictionaries (and the image itself) -> (N, F, rows, columns) features of each cell of the grid:
    within the cell, and how that differs from its surroundings at two distances; brightness; place."""

    def __init__(self, side: int, size: tuple[int, int]):
        super().__init__()
        self.side = side
        self.grid = size[0] // side, size[1] // side

    def forward(self, image: torch.Tensor, answers: Sequence[torch.Tensor], windows: Windows) -> torch.Tensor:
        """See the class."""
        found = []
        for each, bank in zip(answers, windows.banks, strict=True):
            pool = max(1, self.side // (bank.settings.shrink * bank.settings.stride))
            cells = F.avg_pool2d(each, pool) if pool > 1 else each
            found.append(F.interpolate(cells, self.grid, mode="bilinear", align_corners=False))
        dense = torch.cat([*found, shrunk(image, self.side)], 1).clamp_min(1e-6).sqrt()
        near = F.avg_pool2d(dense, 3, 1, 1, count_include_pad=False)
        far = F.avg_pool2d(dense, 9, 1, 4, count_include_pad=False)
        rows = torch.linspace(-1, 1, self.grid[0])[:, None].expand(self.grid)
        columns = torch.linspace(-1, 1, self.grid[1])[None].expand(self.grid)
        place = torch.stack([rows, columns]).expand(image.shape[0], 2, *self.grid)
        return torch.cat([near, dense - near, near - far, place], 1)

    def inside(self, image: torch.Tensor) -> torch.Tensor:
        """(N, 1, rows, columns) 1 where more than half of the cell is breast."""
        return (shrunk((image > 0.02).float(), self.side) > 0.5).float()


class Evidence(nn.Module):
    """Perceptrons on the features of one cell: (N, F, r, c) -> (N, 2, r, c) log-odds: first task, any lesion."""

    def __init__(self, middle: torch.Tensor, spread: torch.Tensor, members: Sequence[Perceptron]):
        super().__init__()
        self.register_buffer("middle", middle)
        self.register_buffer("spread", spread)
        self.members = nn.ModuleList(members)

    def forward(self, cells: torch.Tensor) -> torch.Tensor:
        """See the class."""
        count, features, rows, columns = cells.shape
        flat = cells.permute(0, 2, 3, 1).reshape(-1, features)
        flat = ((flat - self.middle) / self.spread).clamp(-CLIP, CLIP)
        found = torch.stack([member(flat) for member in self.members]).mean(0)
        return found.view(count, rows, columns, -1).permute(0, 3, 1, 2)


def strongest(evidence: torch.Tensor, inside: torch.Tensor) -> torch.Tensor:
    """(N, 2) mean of the strongest cells within the breast."""
    held = torch.where(inside > 0.5, evidence, torch.full_like(evidence, OUTSIDE))
    return held.flatten(2).topk(TOP, 2).values.mean(2)


def labels_of(examples: Examples, side: int, size: tuple[int, int]) -> NDArray[np.int64]:
    """(N, rows, columns): 0 no lesion, 1 a lesion, 2 a lesion with the first task's answer 1.

    A cell is a lesion where its centre lies within a circle; the cell of the circle's centre always.
    """
    grid = size[0] // side, size[1] // side
    found = np.zeros((len(examples), *grid), np.int64)
    rows, columns = np.mgrid[: grid[0], : grid[1]] * side + (side - 1) / 2
    for place, circles in enumerate(examples.circles):
        for row, column, radius, answer in circles:
            hit = (rows - row) ** 2 + (columns - column) ** 2 <= max(radius, 0.75 * side) ** 2
            found[place][hit] = np.maximum(found[place][hit], 1 + answer)
    return found


def teach_cells(
    cells: torch.Tensor,
    labels: torch.Tensor,
    inside: torch.Tensor,
    chosen: NDArray[np.int64],
    settings: Mapping[str, Any],
    seed: int,
) -> Perceptron:
    """One member on the cells of the chosen films: a third of each step from lesions of the first task's kind, a sixth
    from other lesions, the rest from anywhere else in a breast.

    cells: (N, rows x columns, F) comparable; labels, inside: (N, rows x columns).
    """
    torch.manual_seed(seed)
    member = Perceptron(cells.shape[2], settings["hidden"], 2, settings["dropout"])
    optimiser = torch.optim.AdamW(member.parameters(), settings["rate"], weight_decay=settings["decay"])
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, settings["rate"], total_steps=settings["steps"])
    films = torch.from_numpy(chosen)
    own, breast = labels[films], inside[films] > 0.5
    pools = [torch.nonzero(own == 2), torch.nonzero(own == 1), torch.nonzero((own == 0) & breast)]
    shares = [BATCH // 3, BATCH // 6, BATCH // 2]
    member.train()
    for _ in range(settings["steps"]):
        picked = torch.cat([p[torch.randint(len(p), (n,))] for p, n in zip(pools, shares, strict=True) if len(p)])
        film, cell = films[picked[:, 0]], picked[:, 1]
        given = cells[film, cell]
        answer = labels[film, cell]
        target = torch.stack([answer == 2, answer >= 1], 1).float() * 0.95 + 0.025
        found = member(given + settings["noise"] * torch.randn_like(given))
        loss = F.binary_cross_entropy_with_logits(found, target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return member.eval()
