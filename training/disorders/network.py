"""The classifier: mean of the pieces' vectors, flags, three dilated convolutions, three labels a word."""

import torch
from torch import Tensor, nn

from cognoscope.intake.reading.disorders_features import BUCKETS, FLAGS
from training.disorders.corpus import GROUPS

WIDTH, HIDDEN = 48, 96


class Network(nn.Module):
    """`rows (u, k)`, `places (n,)`, `flags (n, f)` to chances `(n, 3)` of one run of words."""

    def __init__(self, drop: float = 0.35, hide: float = 0.3) -> None:
        super().__init__()
        self.hide = hide
        self.table = nn.Embedding(BUCKETS, WIDTH, padding_idx=0)
        nn.init.normal_(self.table.weight, std=0.1)
        with torch.no_grad():
            self.table.weight[0] = 0
        self.enter = nn.Linear(WIDTH + FLAGS, HIDDEN)
        self.mix = nn.ModuleList(nn.Conv1d(HIDDEN, HIDDEN, 3, padding=d, dilation=d) for d in (1, 2, 4))
        self.leave = nn.Linear(HIDDEN, 3)
        self.beside = nn.Linear(HIDDEN, len(GROUPS))
        self.drop = nn.Dropout(drop)

    def forward(self, rows: Tensor, places: Tensor, flags: Tensor) -> Tensor:
        """Chances of one run."""
        return torch.softmax(self.leave(self.state(self.word(rows)[places], flags)), -1).squeeze(0)

    def word(self, rows: Tensor) -> Tensor:
        """Vectors of words: mean of the vectors of their pieces."""
        if self.training:
            rows = rows * (torch.rand(rows.shape) >= self.hide)
        seen = (rows > 0).sum(-1, keepdim=True).clamp(min=1)
        return self.table(rows).sum(-2) * 3.0 / seen

    def state(self, words: Tensor, flags: Tensor, mask: Tensor | None = None) -> Tensor:
        """States `(b, n, h)` from vectors `(b, n, w)` and flags `(b, n, f)`; `mask` is 0 where there is no word."""
        if words.dim() == 2:
            words, flags = words.unsqueeze(0), flags.unsqueeze(0)
        state = torch.relu(self.enter(self.drop(torch.cat([words, flags], -1)))).transpose(1, 2)
        for layer in self.mix:
            if mask is not None:
                state = state * mask.unsqueeze(1)
            state = state + torch.relu(layer(self.drop(state)))
        return self.drop(state.transpose(1, 2))
