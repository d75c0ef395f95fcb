"""`cognoscope evaluate imaging.polyps`: overlap with the drawn masks, by group of look-alike images.

The folder is laid out like `polyp_kvasir_seg_256`: labels.csv with file, mask and, where it is known, look_alike_group.
Every image counts, whether the gate would have refused it or not.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.apps.imaging.polyps.app import OWN
from cognoscope.apps.imaging.polyps.card import CARD
from cognoscope.apps.imaging.polyps.case import KIND
from cognoscope.apps.imaging.polyps.model import outlined
from cognoscope.core.evaluation import Evaluation, Metric
from cognoscope.intake.imaging.judged import Judged, judged_images
from cognoscope.intake.imaging.judged_evaluation import evaluation_of
from cognoscope.methods.images.model_folder import ModelFolder
from cognoscope.methods.images.refused import refused_metrics
from cognoscope.methods.images.resize import resized
from cognoscope.methods.images.scores import dice, mean_by_group
from cognoscope.methods.images.segmenter import Segmenter
from cognoscope.methods.images.watchman import Watchman

SEED = 20261122
SIDE = 128
FOLDS = 5
MOST_GATE = 150
PUBLISHED = "U-Net 0.818, PraNet 0.898 on random splits of look-alike images (from memory)"


def evaluate(folder: Path, weights: Path | None) -> Evaluation:
    """`dice_mean` with its 95 % interval by look-alike group, beside the average mask; refusals.

    Raises:
        InvalidInput: the folder is not laid out so.
    """
    return evaluation_of(CARD, judged_images(KIND, folder, ("mask",), weights), weights, "dice_mean", _judge)


def _judge(judged: Judged, weights: Path) -> tuple[tuple[Metric, ...], dict[str, Any]]:
    segmenter = Segmenter(ModelFolder(weights))
    region = segmenter.folder.about.regions[0]
    groups = judged.groups("look_alike_group")
    step = max(1, -(-len(judged) // MOST_GATE))
    overlaps, small, shares, sample = [], [], [], []
    for at, row in enumerate(judged.rows):
        image, mask = judged.shown(row), judged.mask(row)
        found = outlined(segmenter.read(image)[region.name], region.threshold)
        overlaps.append(dice(found.mask, mask))
        shares.append((found.share, float(mask.mean())))
        small.append(resized(mask, SIDE, SIDE))
        if at % step == 0:
            sample.append(image)
    overlap = mean_by_group(np.array(overlaps), groups, SEED)
    refused, more = refused_metrics(
        Watchman(weights, OWN),
        sample,
        [str(group) for group in groups[::step]],
        judged.folder.resolve().parent,
        "colonoscopy",
    )
    mean = Metric(
        name="dice_mean",
        value=overlap.value,
        low=overlap.low,
        high=overlap.high,
        baseline=_average_mask(np.array(small), groups),
        reference=0.818,
        reference_source=PUBLISHED,
    )
    away = np.array(shares)
    detail: dict[str, Any] = {
        "dice_median": float(np.median(overlaps)),
        "dice_below_half": float(np.mean(np.array(overlaps) < 0.5)),
        "share_of_image_mean_error": float(np.abs(away[:, 0] - away[:, 1]).mean()),
        "baseline": "the average mask of the other groups of this folder, thresholded where it fits best",
    }
    return (mean, *refused), detail | more


def _average_mask(masks: NDArray[np.float32], groups: NDArray[Any]) -> float | None:
    """Mean Dice of the average mask of the other groups (5 folds), at the best of nine thresholds: the floor."""
    index = np.unique(groups, return_inverse=True)[1]
    count = int(index.max()) + 1
    if count < FOLDS:
        return None
    fold = np.random.default_rng(SEED).permutation(count)[index] % FOLDS
    best = 0.0
    for threshold in np.linspace(0.1, 0.9, 9):
        found = []
        for number in range(FOLDS):
            average = masks[fold != number].mean(axis=0) >= threshold
            found += [dice(average, mask >= 0.5) for mask in masks[fold == number]]
        best = max(best, float(np.mean(found)))
    return best
