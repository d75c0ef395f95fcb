"""`cognoscope evaluate imaging.fetalhead`: error of the circumference on images that did not teach the model.

DIR is laid out like `fetal_head_hc18_256`: labels.csv with file, group, pixel_size_mm_here, head_circumference_mm and,
where there are masks, mask. Every image counts, whether the gate would have refused it or not: a figure taken only on
what an application accepts flatters it.
"""

from pathlib import Path
from typing import Any

import numpy as np

from cognoscope.apps.imaging.fetalhead.app import OWN
from cognoscope.apps.imaging.fetalhead.card import CARD
from cognoscope.apps.imaging.fetalhead.case import KIND
from cognoscope.apps.imaging.fetalhead.model import Head, measured, outline_of
from cognoscope.core.evaluation import Evaluation, Metric
from cognoscope.intake.imaging.judged import Judged, judged_images
from cognoscope.intake.imaging.judged_evaluation import evaluation_of
from cognoscope.methods.images.model_folder import ModelFolder
from cognoscope.methods.images.refused import refused_metrics
from cognoscope.methods.images.scores import dice, mean_by_group, share_by_group
from cognoscope.methods.images.segmenter import Segmenter
from cognoscope.methods.images.watchman import Watchman

SEED = 20261122
NEEDED = ("pixel_size_mm_here", "head_circumference_mm")
PUBLISHED = "van den Heuvel et al., PLoS ONE 2018: about 2.8 mm, best entries 1.7 to 2.0 (official test, from memory)"
MOST_GATE = 150
TRIMESTERS = ((0.0, 135.0, "first"), (135.0, 270.0, "second"), (270.0, 1e9, "third"))


def evaluate(folder: Path, weights: Path | None) -> Evaluation:
    """`mae_mm` with its 95 % interval by fetus, beside the median guess; coverage of the interval; refusals.

    Raises:
        InvalidInput: the folder is not laid out so.
    """
    return evaluation_of(CARD, judged_images(KIND, folder, NEEDED, weights), weights, "mae_mm", _judge)


def _judge(judged: Judged, weights: Path) -> tuple[tuple[Metric, ...], dict[str, Any]]:
    truth, sizes = judged.numbers("head_circumference_mm"), judged.numbers("pixel_size_mm_here")
    groups = judged.groups("group")
    segmenter = Segmenter(ModelFolder(weights))
    outline = outline_of(segmenter.folder.about.more)
    region = segmenter.folder.about.regions[0]
    heads: list[Head | None] = []
    overlaps: list[float] = []
    for row, size in zip(judged.rows, sizes, strict=True):
        chance = segmenter.read(judged.shown(row))[region.name]
        heads.append(measured(chance, region.threshold, (float(size), float(size)), outline))
        if row.get("mask"):
            overlaps.append(dice(chance >= region.threshold, judged.mask(row)))
    median = float(np.nanmedian(truth))
    # A head that was not found costs what the median guess costs: it may not improve the figure.
    values = np.array([head.circumference if head else median for head in heads])
    errors, guess = np.abs(values - truth), np.abs(median - truth)
    inside = np.array([bool(head and head.low <= real <= head.high) for head, real in zip(heads, truth, strict=True)])
    error, covered = mean_by_group(errors, groups, SEED), share_by_group(inside, groups, SEED)
    shown = [judged.shown(row) for row in judged.rows[:: max(1, len(judged) // MOST_GATE)]]
    refused, more = refused_metrics(
        Watchman(weights, OWN),
        shown,
        [str(group) for group in groups[:: max(1, len(judged) // MOST_GATE)]],
        judged.folder.resolve().parent,
        "fetal-ultrasound",
    )
    metrics = [
        Metric(
            name="mae_mm",
            value=error.value,
            low=error.low,
            high=error.high,
            baseline=float(guess.mean()),
            reference=2.8,
            reference_source=PUBLISHED,
        ),
        Metric(name="coverage", value=covered.value, low=covered.low, high=covered.high, reference=outline.level),
    ]
    if len(overlaps) == len(judged):
        overlap = mean_by_group(np.array(overlaps), groups, SEED)
        metrics.append(Metric(name="dice_mean", value=overlap.value, low=overlap.low, high=overlap.high))
    detail: dict[str, Any] = {
        "bias_mm": float((values - truth).mean()),
        "not_found": sum(head is None for head in heads),
        "interval_half_width_mm": float(np.mean([(head.high - head.low) / 2 for head in heads if head])),
        "baseline": "the median circumference of these images for everyone",
        "by_trimester": {
            name: {"images": int(part.sum()), "mae_mm": float(errors[part].mean())}
            for low, high, name in TRIMESTERS
            if (part := (truth >= low) & (truth < high)).any()
        },
    }
    return (*metrics, *refused), detail | more
