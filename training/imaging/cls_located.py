"""The recipe with places: what the strongest places say instead of the whole film, for the first two questions.

On mini-MIAS the committee on whole films told malignant from other films no better than chance (0.52 out of fold)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import nn

from training.imaging.cls_data import Examples, drawn
from training.imaging.cls_lesions import OUTSIDE, Evidence, LesionNetwork, masks_of, strongest, teach_lesions
from training.imaging.cls_network import Reader

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Located:
    """What the places add: the networks of evidence, the answers and the maps (N, 2, rows, columns) out of fold."""

    evidence: Evidence
    logits: Array
    maps: NDArray[np.float32]


class LocatedReader(nn.Module):
    """A `Reader` whose first two columns are what the strongest places say; its map of them is the evidence itself."""

    def __init__(self, reader: Reader, located: Located):
        super().__init__()
        self.reader = reader
        self.evidence = located.evidence

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(N, K) logits, (N, K, rows, columns) maps, (N, F) features."""
        logits, plain, features = self.reader(image)
        found = self.evidence(image)
        rest = F.interpolate(plain[:, 2:], found.shape[3:], mode="bilinear", align_corners=False)
        return torch.cat([answers(found), logits[:, 2:]], 1), torch.cat([found.mean(1), rest], 1), features


def located(
    settings: Mapping[str, Any], examples: Examples, taught: NDArray[np.int64], logits: Array, folds: int, out: Path
) -> Located:
    """Teach the networks of evidence on the same folds as the committee.

    logits: (N, K) of the committee, out of fold. The first two tasks: a lesion of the first kind, and any lesion.
    out: where the weights of each fold are kept, so that nothing is taught again only to be looked at again.
    """
    first, second = (examples.answers[task["name"]] > 0 for task in settings["tasks"][:2])
    kinds = np.where(first, 2, second.astype(np.int64))
    masks = masks_of(examples, tuple(settings["input"]["size"]))
    fold = drawn(
        [examples.strata[i] for i in taught], [examples.groups[i] for i in taught], folds, settings["seed"] + 1
    )
    members: list[LesionNetwork] = []
    found: dict[int, NDArray[np.float32]] = {}
    for number in range(folds):
        chosen, left = taught[fold != number], taught[fold == number]
        kept = out / f"lesions_{number}_of_{folds}.pt"
        if kept.exists():
            member = LesionNetwork(settings["lesions"]["widths"], settings["lesions"]["dropout"])
            member.load_state_dict(torch.load(kept))
        else:
            seed = settings["seed"] + 100 * number
            member = teach_lesions(examples.images, masks, kinds, chosen, settings["lesions"], seed)
            torch.save(member.state_dict(), kept)
        found |= dict(zip(left.tolist(), _seen(Evidence([member]).eval(), examples.images[left]), strict=True))
        members.append(member)
    nothing = np.full_like(next(iter(found.values())), OUTSIDE)
    maps = np.stack([found.get(place, nothing) for place in range(len(examples))])
    joined = logits.copy()
    joined[taught, :2] = answers(torch.from_numpy(maps[taught, None])).numpy()
    return Located(Evidence(members), joined, maps)


def answers(evidence: torch.Tensor) -> torch.Tensor:
    """(N, networks, 2, rows, columns) -> (N, 2): a lesion of the first kind: the mean of what speaks for it and for any
    lesion; any lesion.

    The films with the first kind are too few (39 in mini-MIAS) for weights of their own. The strongest places are those
    of each network by itself: on a mean map they would be weaker than those of the one network that calibrates.
    """
    top = strongest(evidence).mean(1)
    return torch.stack([top.mean(1), top[:, 1]], 1)


@torch.inference_mode()
def _seen(evidence: Evidence, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(N, 2, rows, columns) evidence of one network on prepared films."""
    parts = (images[start : start + 8] for start in range(0, len(images), 8))
    return np.concatenate([evidence(torch.from_numpy(part).float() / 255)[:, 0].numpy() for part in parts])
