"""Encoder, one recurrent layer over words, and a chain of labels (CRF; Lample et al. 2016, 10.18653/v1/N16-1030)."""

import torch
from torch import nn

from cognoscope.apps.pharmacy.reactions.spans_tokens import SIGNS
from training.spans.encoder import WIDTH, Encoder

HIDDEN = 64


class Network(nn.Module):
    """Pieces of a sentence in, a score of each label of each word out."""

    def __init__(self, encoder: Encoder, labels: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.drop = nn.Dropout(0.2)
        self.words = nn.LSTM(WIDTH + SIGNS, HIDDEN, bidirectional=True, batch_first=True)
        self.leave = nn.Linear(2 * HIDDEN, labels)

    def forward(
        self, pieces: torch.Tensor, there: torch.Tensor, first: torch.Tensor, signs: torch.Tensor
    ) -> torch.Tensor:
        """(batch, pieces) numbers and presence, (batch, words) first piece, (batch, words, SIGNS) to scores."""
        hidden = self.encoder(pieces, there)
        hidden = hidden.gather(1, first[:, :, None].expand(-1, -1, WIDTH))
        read, _ = self.words(torch.cat([self.drop(hidden), signs], -1))
        return self.leave(self.drop(read))


class Chain(nn.Module):
    """Scores of one label after another, of the first and of the last."""

    def __init__(self, labels: int) -> None:
        super().__init__()
        self.step = nn.Parameter(torch.zeros(labels, labels))
        self.begin = nn.Parameter(torch.zeros(labels))
        self.end = nn.Parameter(torch.zeros(labels))

    def loss(self, scores: torch.Tensor, labels: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """Mean negative log-likelihood of the labels of the sentences; shapes (batch, words[, labels])."""
        rows = torch.arange(len(labels))
        forward = self.begin + scores[:, 0]
        true = forward[rows, labels[:, 0]]
        for place in range(1, scores.shape[1]):
            now = there[:, place]
            reached = torch.logsumexp(forward[:, :, None] + self.step, 1) + scores[:, place]
            forward = torch.where(now[:, None], reached, forward)
            gained = self.step[labels[:, place - 1], labels[:, place]] + scores[rows, place, labels[:, place]]
            true = true + gained * now
        last = labels[rows, there.sum(1) - 1]
        return (torch.logsumexp(forward + self.end, 1) - true - self.end[last]).mean()
