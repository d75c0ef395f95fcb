"""Tuning the sentence encoder, so that a patient's words come to lie near the name of what they mean.

Each phrase is drawn to the vector of its reaction and away from all the others' (cosine softmax over proxies, as in
Movshovitz-Attias et al. 2017, 10.1109/ICCV.2017.47); the proxies start as the mean vector of their phrases.
"""

import random
import time

import torch
from torch import nn
from torch.nn import functional

from cognoscope.apps.pharmacy.reactions.phrases_encoder import MOST_PIECES
from cognoscope.apps.pharmacy.reactions.phrases_pieces import Pieces
from training.spans.encoder import Encoder

BATCH, RATE, PROXY_RATE, SHARPNESS, MASKED = 32, 4e-5, 2e-3, 16.0, 0.08


def vectors(encoder: Encoder, cut: list[list[int]], masked: int | None = None) -> torch.Tensor:
    """Mean vectors, of length 1, of phrases given as numbers of pieces; some pieces hidden behind `masked`."""
    pieces, there = (
        torch.zeros(len(cut), max(map(len, cut)), dtype=torch.long),
        torch.zeros(len(cut), max(map(len, cut))),
    )
    for row, numbers in enumerate(cut):
        pieces[row, : len(numbers)] = torch.tensor(numbers)
        there[row, : len(numbers)] = 1
    if masked is not None:
        pieces[(torch.rand(pieces.shape) < MASKED) & (pieces > 3)] = masked
    hidden = encoder(pieces, there) * there[:, :, None]
    return functional.normalize(hidden.sum(1) / there.sum(1, keepdim=True), dim=1)


def fit(encoder: Encoder, data: list[tuple[str, str]], pieces: Pieces, seed: int, epochs: int) -> None:
    """Tune in place with pairs of a phrase and what it means."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    meanings = {meaning: number for number, meaning in enumerate(sorted({meaning for _, meaning in data}))}
    cut = [
        [
            pieces.begin,
            *[number for word in phrase.split() for number in pieces.cut(word)][: MOST_PIECES - 2],
            pieces.end,
        ]
        for phrase, _ in data
    ]
    target = torch.tensor([meanings[meaning] for _, meaning in data])
    order = sorted(range(len(cut)), key=lambda row: len(cut[row]))
    encoder.eval()
    started = torch.zeros(len(meanings), encoder.norm.weight.shape[0])
    with torch.no_grad():
        for first in range(0, len(order), BATCH):
            some = order[first : first + BATCH]
            started.index_add_(0, target[some], vectors(encoder, [cut[row] for row in some]))
    proxies = nn.Parameter(functional.normalize(started, dim=1))
    slow = [weight for weight in encoder.layers.parameters() if weight.requires_grad]
    groups = [{"params": slow, "lr": RATE}, {"params": [proxies], "lr": PROXY_RATE}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, foreach=True)
    steps = epochs * -(-len(data) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda now: min(1, (now + 1) / (0.1 * steps)) * max(0.02, 1 - now / steps)
    )
    clock = time.perf_counter()
    for epoch in range(epochs):
        encoder.train()
        order = sorted(range(len(cut)), key=lambda row: len(cut[row]) + 2 * rng.random())
        batches = [order[first : first + BATCH] for first in range(0, len(order), BATCH)]
        rng.shuffle(batches)
        total = 0.0
        for some in batches:
            said = vectors(encoder, [cut[row] for row in some], pieces.unknown)
            likeness = SHARPNESS * said @ functional.normalize(proxies, dim=1).T
            loss = functional.cross_entropy(likeness, target[some], label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(slow, 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch} loss {total / len(batches):.3f} {time.perf_counter() - clock:.0f} s", flush=True)
    encoder.eval()
