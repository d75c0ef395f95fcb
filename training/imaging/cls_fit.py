"""A committee of small perceptrons on pooled answers, each taught without one fold of groups."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import nn

from training.imaging.cls_network import CLIP, Perceptron, Windows

BATCH = 64
Array = NDArray[np.float64]


def turned(image: torch.Tensor, view: str) -> torch.Tensor:
    """(N, C, H, W) as `cognoscope.methods.images.views` turns it."""
    if view.startswith("flip"):
        return image.flip(2 if view == "flip-rows" else 3)
    return torch.rot90(image, {"identity": 0, "rotate-90": 1, "rotate-180": 2, "rotate-270": 3}[view], (2, 3))


@torch.inference_mode()
def features_of(windows: Windows, images: NDArray[np.uint8], views: Sequence[str]) -> torch.Tensor:
    """(N, views, F) pooled answers."""
    found = []
    for start in range(0, len(images), 32):
        batch = torch.from_numpy(images[start : start + 32]).float() / 255
        found.append(torch.stack([windows(turned(batch, view)) for view in views], 1))
    return torch.cat(found)


def comparable(features: torch.Tensor, middle: torch.Tensor, spread: torch.Tensor) -> torch.Tensor:
    """Features in units of their spread, cut at five."""
    return ((features - middle) / spread).clamp(-CLIP, CLIP)


def columns_of(tasks: Sequence[Mapping[str, Any]]) -> dict[str, list[int]]:
    """Which columns of the answer each task fills: one (binary), one a class (softmax), one less (above)."""
    found, start = {}, 0
    for task in tasks:
        count = {"binary": 1, "softmax": len(task.get("classes", ())), "above": len(task.get("classes", ())) - 1}
        found[task["name"]] = list(range(start, start + count[task["kind"]]))
        start += count[task["kind"]]
    return found


def teach(
    features: torch.Tensor,
    answers: Mapping[str, torch.Tensor],
    tasks: Sequence[Mapping[str, Any]],
    chosen: NDArray[np.int64],
    settings: Mapping[str, Any],
    seed: int,
) -> Perceptron:
    """One member, taught on the chosen images; each step takes one view of each, with noise."""
    torch.manual_seed(seed)
    columns = columns_of(tasks)
    member = Perceptron(features.shape[2], settings["hidden"], sum(map(len, columns.values())), settings["dropout"])
    steps = settings["epochs"] * max(1, len(chosen) // BATCH)
    optimiser = torch.optim.AdamW(member.parameters(), settings["rate"], weight_decay=settings["decay"])
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, settings["rate"], total_steps=steps)
    weights = {task["name"]: _class_weights(task, answers[task["name"]][chosen]) for task in tasks}
    members = torch.from_numpy(chosen)
    # Drawing noise anew took half of the time: rows of a fixed table do as well.
    noise = settings["noise"] * torch.randn(512, features.shape[2])
    member.train()
    for step in range(steps):
        if step % max(1, len(chosen) // BATCH) == 0:
            order = members[torch.randperm(len(members))]
            place = 0
        batch = order[place : place + BATCH]
        place += BATCH
        views = torch.randint(0, features.shape[1], (len(batch),))
        given = features[batch, views]
        found = member(given + noise[torch.randint(0, len(noise), (len(batch),))])
        loss = sum(
            task.get("weight", 1.0)
            * _loss(task, found[:, columns[task["name"]]], answers[task["name"]][batch], weights[task["name"]])
            for task in tasks
        )
        assert isinstance(loss, torch.Tensor)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(member.parameters(), 2.0)
        optimiser.step()
        schedule.step()
    return member.eval()


def _class_weights(task: Mapping[str, Any], known: torch.Tensor) -> torch.Tensor:
    """Square root of what would make the classes equal: the rare ones count, and do not shout."""
    counts = torch.bincount(known[known >= 0], minlength=len(task.get("classes", ("no", "yes")))).float()
    return (counts.sum() / (len(counts) * counts.clamp_min(1))).sqrt()


def _loss(task: Mapping[str, Any], found: torch.Tensor, answer: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    known = answer >= 0
    found, answer = found[known], answer[known]
    if not len(answer):
        return found.sum()
    if task["kind"] == "softmax":
        return F.cross_entropy(found, answer, weights, label_smoothing=0.05)
    steps = torch.arange(found.shape[1])
    target = (answer[:, None] > steps).float()
    each = F.binary_cross_entropy_with_logits(found, target * 0.95 + 0.025, reduction="none")
    return (each * weights[answer][:, None]).mean()


@torch.inference_mode()
def asked(members: Sequence[Perceptron], features: torch.Tensor) -> Array:
    """(N, K) mean over members and views, as the application takes it."""
    found = torch.stack([member(features.flatten(0, 1)) for member in members]).mean(0)
    return np.asarray(found.view(features.shape[0], features.shape[1], -1).mean(1).numpy(), np.float64)


def surrogate(windows: Windows, middle: torch.Tensor, features: torch.Tensor, logits: Array) -> list[torch.Tensor]:
    """By dictionary (K, atoms): what one more unit of an atom's answer at one place adds to each column, in a straight
    line fitted (ridge) to the committee's own answers from the mean answer of every atom; centred over atoms.

    features: (N, F) as pooled. The mean is the first pool of each dictionary.
    """
    starts, parts = 0, []
    for bank in windows.banks:
        atoms = bank.settings.atoms
        parts.append(features[:, starts : starts + atoms].square())
        starts += atoms * len(bank.settings.pools)
    means = torch.cat(parts, 1)
    scale = means.std(0) + 1e-6
    plain = ((means - means.mean(0)) / scale).double()
    target = torch.from_numpy(logits - logits.mean(0))
    gram = plain @ plain.T
    ridge = gram + 0.1 * gram.diagonal().mean() * torch.eye(len(gram), dtype=torch.float64)
    slope = (plain.T @ torch.linalg.solve(ridge, target)).T.float() / scale
    slopes = list(torch.split(slope, [bank.settings.atoms for bank in windows.banks], 1))
    return [each.contiguous() for each in slopes]
