"""The recipe with places: what the strongest cells say instead of the whole film, for the first two questions.

On mini-MIAS the committee on whole films told malignant from other films no better than chance (0.52 out of fold)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import nn

from training.imaging.cls_calibrate import logistic
from training.imaging.cls_cells import OUTSIDE, Cells, Evidence, labels_of, strongest, teach_cells
from training.imaging.cls_data import Examples, drawn
from training.imaging.cls_network import Reader, Windows

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Located:
    """What the cells add: the network of evidence, the weights that make the first two columns of its strongest cells,
    the answers and the maps (N, 2, rows, columns) out of fold."""

    cells: Cells
    evidence: Evidence
    weights: tuple[tuple[float, float, float], ...]
    logits: Array
    maps: NDArray[np.float32]


class LocatedReader(nn.Module):
    """A `Reader` whose first two columns are what the strongest cells say; its map of them is the evidence itself."""

    def __init__(self, reader: Reader, located: Located):
        super().__init__()
        self.reader = reader
        self.cells = located.cells
        self.evidence = located.evidence
        self.register_buffer("weights", torch.tensor(located.weights, dtype=torch.float32))

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(N, K) logits, (N, K, rows, columns) maps, (N, F) features."""
        logits, plain, features = self.reader(image)
        found = self.evidence(self.cells(image, self.reader.windows.answers(image), self.reader.windows))
        inside = self.cells.inside(image)
        top = strongest(found, inside)
        joined = self.weights[:, 0] * top[:, :1] + self.weights[:, 1] * top[:, 1:] + self.weights[:, 2]
        rest = F.interpolate(plain[:, 2:], self.cells.grid, mode="bilinear", align_corners=False)
        return (
            torch.cat([joined, logits[:, 2:]], 1),
            torch.cat([found * inside + OUTSIDE * (1 - inside), rest], 1),
            features,
        )


@torch.inference_mode()
def located(
    settings: Mapping[str, Any],
    examples: Examples,
    windows: Windows,
    taught: NDArray[np.int64],
    logits: Array,
    folds: int,
) -> Located:
    """Teach the cells on the same folds as the committee; weigh their two kinds of evidence by a logistic regression.

    logits: (N, K) of the committee, out of fold. The first two tasks: a lesion of the first kind, and any lesion.
    """
    given, size, seed = settings["cells"], tuple(settings["input"]["size"]), settings["seed"]
    cells = Cells(given["side"], size)
    found, inside = [], []
    for start in range(0, len(examples), 8):
        image = torch.from_numpy(examples.images[start : start + 8]).float() / 255
        found.append(cells(image, windows.answers(image), windows))
        inside.append(cells.inside(image))
    dense, breast = torch.cat(found), torch.cat(inside)
    flat = dense.flatten(2).transpose(1, 2)
    within = breast.flatten(1)
    rows = flat[within > 0.5]
    middle, spread = rows.mean(0), rows.std(0) + 1e-4
    ready = ((flat - middle) / spread).clamp(-5, 5)
    labels = torch.from_numpy(labels_of(examples, given["side"], size)).flatten(1)
    fold = drawn([examples.strata[i] for i in taught], [examples.groups[i] for i in taught], folds, seed + 1)
    members, top = [], np.full((len(examples), 2), np.nan)
    maps = np.zeros((len(examples), 2, *cells.grid), np.float32)
    for number in range(folds):
        chosen, left = taught[fold != number], taught[fold == number]
        with torch.inference_mode(False), torch.enable_grad():
            own = [
                teach_cells(*(each.clone() for each in (ready, labels, within)), chosen, given, seed + 100 * number + m)
                for m in range(2)
            ]
        judged = torch.from_numpy(left)
        seen = Evidence(middle, spread, own).eval()(dense[judged])
        top[left] = strongest(seen, breast[judged]).numpy()
        maps[left] = (seen * breast[judged] + OUTSIDE * (1 - breast[judged])).numpy()
        members += own
    weights = []
    joined = logits.copy()
    for column, task in enumerate(settings["tasks"][:2]):
        pair = top[taught]
        truth = examples.answers[task["name"]][taught] > 0
        line = logistic(pair, truth)
        weights.append(line)
        # The two weights are fitted without the fold they judge.
        for number in range(folds):
            part = fold == number
            one, two, three = logistic(pair[~part], truth[~part])
            joined[taught[part], column] = one * pair[part, 0] + two * pair[part, 1] + three
    return Located(cells, Evidence(middle, spread, members), tuple(weights), joined, maps)
