"""Fits the classifier on sequences: Adam, averaged weights, a seed."""

import copy
from collections.abc import Sequence as Many

import numpy as np
import torch
from torch import Tensor

from training.disorders.corpus import GROUPS, Sequence
from training.disorders.network import Network


def batches(data: Many[Sequence], size: int, seed: int) -> list[list[Sequence]]:
    """Sequences of like lengths together, batches in random order."""
    random = np.random.default_rng(seed)
    order = sorted(range(len(data)), key=lambda n: (len(data[n].labels) + random.random() * 8, n))
    made = [[data[n] for n in order[at : at + size]] for at in range(0, len(order), size)]
    random.shuffle(made)
    return made


def padded(batch: Many[Sequence]) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Rows of a batch's words, places `(b, n)`, flags `(b, n, f)`, labels `(b, n)` (-100: none), groups `(b, n, g)`."""
    longest = max(len(one.labels) for one in batch)
    rows = np.concatenate([np.zeros((1, batch[0].rows.shape[1]), np.int32), *(one.rows for one in batch)])
    places = np.zeros((len(batch), longest), np.int64)
    flags = np.zeros((len(batch), longest, batch[0].flags.shape[1]), np.float32)
    labels = np.full((len(batch), longest), -100, np.int64)
    groups = np.zeros((len(batch), longest, len(GROUPS)), np.float32)
    shift = 1
    for n, one in enumerate(batch):
        places[n, : len(one.labels)] = one.places + shift
        flags[n, : len(one.labels)] = one.flags
        labels[n, : len(one.labels)] = one.labels
        groups[n, : len(one.labels)] = one.groups
        shift += len(one.rows)
    return (
        torch.from_numpy(rows).long(),
        torch.from_numpy(places),
        torch.from_numpy(flags),
        torch.from_numpy(labels),
        torch.from_numpy(groups),
    )


def fit(
    real: Many[Sequence],
    made: Many[Sequence],
    seed: int,
    epochs: int = 24,
    rate: float = 2e-3,
    drop: float = 0.35,
    hide: float = 0.3,
    share: float = 1.0,
) -> Network:
    """A network fitted to annotated and made sequences; a part of the made ones is drawn anew each round."""
    torch.manual_seed(seed)
    network = Network(drop, hide)
    average = copy.deepcopy(network)
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=1e-2)
    random = np.random.default_rng(seed)
    part = min(len(made), round(share * len(real)))
    steps = epochs * ((len(real) + part) // 24 + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=0.1)
    for epoch in range(epochs):
        drawn = random.choice(len(made), part, replace=False) if part else []
        network.train()
        for batch in batches([*real, *(made[n] for n in drawn)], 24, seed * 1000 + epoch):
            rows, places, flags, labels, groups = padded(batch)
            mask = (labels >= 0).float()
            words = network.word(rows)
            hide = (torch.rand(places.shape) < 0.05).unsqueeze(-1)
            blur = (torch.rand(places.shape) < 0.1).unsqueeze(-1)
            flags = torch.cat([flags[..., :2].masked_fill(blur, 0), flags[..., 2:]], -1)
            state = network.state(words[places].masked_fill(hide, 0), flags, mask)
            loss = torch.nn.functional.cross_entropy(network.leave(state).transpose(1, 2), labels, label_smoothing=0.03)
            told = mask * (groups.sum((1, 2)) > 0).float().unsqueeze(1)
            beside = torch.nn.functional.binary_cross_entropy_with_logits(
                network.beside(state), groups, reduction="none"
            )
            loss = loss + (beside.mean(-1) * told).sum() / told.sum().clamp(min=1)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            with torch.no_grad():
                for kept, now in zip(average.parameters(), network.parameters(), strict=True):
                    kept.lerp_(now, 0.01)
    average.eval()
    return average
