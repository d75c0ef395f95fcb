"""Fitting the reader: batches of sentences of like length, a mean of the weights over the last steps."""

import random
import time

import numpy as np
import torch
from torch import nn

from cognoscope.apps.pharmacy.reactions import spans_chain
from cognoscope.apps.pharmacy.reactions.phrases_pieces import Pieces
from cognoscope.apps.pharmacy.reactions.spans_model import FIRST, INSIDE, LABELS, Encoded, encode
from cognoscope.apps.pharmacy.reactions.spans_tokens import SIGNS
from training.spans.corpus import Sentence
from training.spans.network import Chain, Network

BATCH, RATE, HEAD_RATE, MASKED, KEPT, EVERY, FROZEN = 32, 1.2e-4, 1.5e-3, 0.05, 0.97, 5, 1
"""`KEPT`: share of the running mean of weights that stays at each of its updates, every `EVERY` steps; `FROZEN`: layers
of the encoder that learn nothing."""

Row = tuple[Encoded, list[int]]


def rows(sentences: list[Sentence], pieces: Pieces) -> list[Row]:
    """What the network reads of each sentence, and the numbers of its labels."""
    return [(encode(words, pieces), [LABELS.index(label) for label in labels]) for words, labels in sentences]


def batch(some: list[Row]) -> tuple[torch.Tensor, ...]:
    """Pieces, their presence, first piece of each word, signs, labels, presence of words."""
    long, wide = max(len(one.pieces) for one, _ in some), max(len(labels) for _, labels in some)
    pieces, first = torch.zeros(len(some), long, dtype=torch.long), torch.zeros(len(some), wide, dtype=torch.long)
    labels, signs = torch.zeros_like(first), torch.zeros(len(some), wide, SIGNS)
    there, words = torch.zeros(len(some), long), torch.zeros(len(some), wide, dtype=torch.bool)
    for row, (one, said) in enumerate(some):
        pieces[row, : len(one.pieces)] = torch.from_numpy(one.pieces)
        there[row, : len(one.pieces)] = 1
        first[row, : len(said)] = torch.from_numpy(one.first)
        signs[row, : len(said)] = torch.from_numpy(one.signs)
        labels[row, : len(said)] = torch.tensor(said)
        words[row, : len(said)] = True
    return pieces, there, first, signs, labels, words


def chain_of(chain: Chain) -> spans_chain.Chain:
    """The chain in numbers of NumPy."""
    step, begin, end = (values.detach().double().numpy() for values in (chain.step, chain.begin, chain.end))
    return spans_chain.Chain(step, begin, end, FIRST, INSIDE)


def scores(network: Network, data: list[Row]) -> list[np.ndarray]:
    """Scores of the labels of each sentence."""
    network.eval()
    found: list[np.ndarray] = [np.zeros(0)] * len(data)
    order = sorted(range(len(data)), key=lambda row: len(data[row][0].pieces))
    with torch.no_grad():
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            said = network(*batch([data[row] for row in some])[:4]).double().numpy()
            for place, row in enumerate(some):
                found[row] = said[place, : len(data[row][1])]
    return found


def exact(said: list[np.ndarray], data: list[Row], chain: spans_chain.Chain) -> tuple[float, float, float]:
    """F1, precision and recall of exact spans."""
    right = proposed = true = 0
    for one, (_, labels) in zip(said, data, strict=True):
        found = set(spans_chain.spans(spans_chain.best(one, chain), chain))
        gold = set(spans_chain.spans(labels, chain))
        right, proposed, true = right + len(found & gold), proposed + len(found), true + len(gold)
    return 2 * right / max(1, proposed + true), right / max(1, proposed), right / max(1, true)


def fit(
    network: Network, chain: Chain, data: list[Row], judged: list[Row], seed: int, epochs: int, unknown: int
) -> None:
    """Fit in place; prints the figures on `judged` after each epoch. The weights left are the running mean."""
    torch.manual_seed(seed)
    rng, both = random.Random(seed), nn.ModuleList([network, chain])
    for module in network.encoder.layers[:FROZEN]:
        module.requires_grad_(False)
    network.encoder.norm.requires_grad_(False)
    slow = [weight for weight in network.encoder.parameters() if weight.requires_grad]
    fast = [weight for name, weight in both.named_parameters() if not name.startswith("0.encoder")]
    learned = slow + fast
    optimiser = torch.optim.AdamW(
        [{"params": slow, "lr": RATE}, {"params": fast, "lr": HEAD_RATE}], weight_decay=0.01, foreach=True
    )
    steps, step = epochs * -(-len(data) // BATCH), 0
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda now: min(1, (now + 1) / (0.1 * steps)) * max(0.02, 1 - now / steps)
    )
    mean = [weight.detach().clone() for weight in learned]
    started = time.perf_counter()
    for epoch in range(epochs):
        network.train()
        order = sorted(range(len(data)), key=lambda row: len(data[row][0].pieces) + 4 * rng.random())
        groups = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        rng.shuffle(groups)
        total = 0.0
        for group in groups:
            pieces, there, first, signs, labels, words = batch([data[row] for row in group])
            pieces[(torch.rand(pieces.shape) < MASKED) & (pieces > 3)] = unknown
            loss = chain.loss(network(pieces, there, first, signs), labels, words)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(learned, 1.0)
            optimiser.step()
            schedule.step()
            total, step = total + loss.item(), step + 1
            if step % EVERY == 0:
                torch._foreach_lerp_(mean, [weight.detach() for weight in learned], 1 - KEPT)
            if step % 20 == 0:
                print(step, steps, f"{time.perf_counter() - started:.0f} s", flush=True)
        now = [weight.detach().clone() for weight in learned]
        _set(learned, mean)
        figures = exact(scores(network, judged), judged, chain_of(chain)) if judged else ()
        print(
            f"epoch {epoch} loss {total / len(groups):.3f} {figures} {time.perf_counter() - started:.0f} s", flush=True
        )
        if epoch + 1 < epochs:
            _set(learned, now)


def _set(weights: list[nn.Parameter], values: list[torch.Tensor]) -> None:
    with torch.no_grad():
        for weight, value in zip(weights, values, strict=True):
            weight.copy_(value)
