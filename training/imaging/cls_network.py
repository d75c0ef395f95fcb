"""The network that is exported: dictionaries of windows, their pooled answers, a committee of small perceptrons."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from training.imaging.cls_bank import Bank, pooled

CLIP = 5.0
BOUND = 8.0


class Lens(nn.Module):
    """How an image is freed of light and camera before windows are looked at.

    plain: as it is. local: its blurred self is taken away inside what is not black, and the rest divided by its spread:
    small dark and bright spots of a retina stand out whatever the exposure.
    """

    def __init__(self, kind: str, sigma: float):
        super().__init__()
        self.kind = kind
        radius = max(1, round(2 * sigma))
        bell = torch.exp(-(torch.arange(-radius, radius + 1).float() ** 2) / (2 * sigma**2))
        self.register_buffer("bell", bell / bell.sum())

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """(N, C, H, W) in 0..1 -> the same shape."""
        if self.kind == "plain":
            return image
        inside = (image.mean(1, keepdim=True) > 0.08).float()
        inside = 1 - F.max_pool2d(1 - inside, 5, 1, 2)
        middle = self._blurred(image * inside) / (self._blurred(inside) + 1e-3)
        rest = (image - middle) * inside
        spread = (rest.square().sum((2, 3), keepdim=True) / (inside.sum((2, 3), keepdim=True) + 1)).sqrt()
        return rest / (spread + 0.01)

    def _blurred(self, image: torch.Tensor) -> torch.Tensor:
        # Channels become images: a convolution by groups is slow here and does not export.
        channels, rows, columns = image.shape[1:]
        side = len(self.bell)
        each = F.conv2d(image.reshape(-1, 1, rows, columns), self.bell.view(1, 1, side, 1), padding=(side // 2, 0))
        each = F.conv2d(each, self.bell.view(1, 1, 1, side), padding=(0, side // 2))
        return each.reshape(-1, channels, rows, columns)


class Windows(nn.Module):
    """Image -> pooled answers of all dictionaries, before they are made comparable."""

    def __init__(self, lenses: Sequence[Lens], banks: Sequence[Bank]):
        super().__init__()
        self.lenses = nn.ModuleList(lenses)
        self.banks = nn.ModuleList(banks)

    def answers(self, image: torch.Tensor) -> list[torch.Tensor]:
        """By dictionary (N, atoms, h, w)."""
        return [bank(lens(image)) for lens, bank in zip(self.lenses, self.banks, strict=True)]

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """(N, F)."""
        found = self.answers(image)
        return torch.cat([pooled(each, bank.settings.pools) for each, bank in zip(found, self.banks, strict=True)], 1)


class Perceptron(nn.Module):
    """One hidden layer; noise and dropout while it learns."""

    def __init__(self, inputs: int, hidden: int, outputs: int, dropout: float):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Dropout(0.6 * dropout),
            nn.Linear(inputs, hidden),
            nn.BatchNorm1d(hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, outputs),
        )

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """(N, F) comparable features -> (N, K)."""
        return self.layers(features)


class Reader(nn.Module):
    """`image` (N, C, H, W) in 0..1 -> `logits` (N, K), `map` (N, K, h, w), `features` (N, F).

    The map is a straight line through the committee: how far each place, by what windows it shows, raises or lowers
    the answer (see `cls_fit.surrogate`). Features are the hidden layer of the first member, after its norm.
    """

    def __init__(
        self,
        windows: Windows,
        middle: torch.Tensor,
        spread: torch.Tensor,
        members: Sequence[Perceptron],
        slopes: Sequence[torch.Tensor],
        grid: tuple[int, int],
    ):
        super().__init__()
        self.windows = windows
        self.register_buffer("middle", middle)
        self.register_buffer("spread", spread)
        self.members = nn.ModuleList(members)
        self.slopes = nn.ParameterList([nn.Parameter(slope, requires_grad=False) for slope in slopes])
        self.grid = grid

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """See the class."""
        answers = self.windows.answers(image)
        banks = list(self.windows.banks)
        features = torch.cat([pooled(each, bank.settings.pools) for each, bank in zip(answers, banks, strict=True)], 1)
        features = ((features - self.middle) / self.spread).clamp(-CLIP, CLIP)
        logits = torch.stack([member(features) for member in self.members]).mean(0)
        maps = [
            F.interpolate(F.conv2d(each, slope[:, :, None, None]), self.grid, mode="bilinear", align_corners=False)
            for each, slope in zip(answers, self.slopes, strict=True)
        ]
        return logits, torch.stack(maps).sum(0), self.members[0].layers[1:4](features).clamp_max(BOUND) / BOUND
