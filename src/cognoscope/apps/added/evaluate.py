"""`cognoscope evaluate ADDED --data DIR`: an added model on a folder of the hospital's own images with their truth.

DIR holds `labels.csv` with the column `file`, a column `group` (patient) where known, and the truth: for each binary
head a column of its name with 0 or 1; for other heads one with the name or number of the class; for a segmentation
with one region the column `mask`.
"""

import time
from pathlib import Path
from typing import Any

import numpy as np

from cognoscope.apps.added.reading import AddedNetwork
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evaluation import Evaluation, Metric
from cognoscope.intake.imaging.judged import Judged, judged_images
from cognoscope.methods.comparison import dice, paired_auc
from cognoscope.methods.comparison.estimate import by_group
from cognoscope.methods.images.kind import ImageKind
from cognoscope.methods.images.model_folder import Head

SEED = 20261122


def evaluate(folder: Path, weights: Path, name: str, version: str, kind: ImageKind) -> Evaluation:
    """AUC of binary heads, accuracy of others, mean Dice of a segmentation; 95 % intervals by patient.

    Raises:
        InvalidInput: the folder is not laid out so.
    """
    started = time.perf_counter()
    network = AddedNetwork(weights)
    about = network.about
    heads = [head.name for head in about.heads]
    if about.task == "segmentation" and len(about.regions) != 1:
        raise InvalidInput("A segmentation of several regions cannot be evaluated here: masks of one region are read.")
    judged = judged_images(kind, folder, heads or ["mask"], weights)
    metrics: list[Metric] = []
    if len(judged):
        metrics = _outlines(network, judged) if about.task == "segmentation" else _answers(network, judged)
    return Evaluation(
        application=name,
        version=version,
        dataset=folder.resolve().name,
        rows=len(judged),
        metrics=tuple(metrics),
        seconds=round(time.perf_counter() - started, 1),
        detail={"left_out_taught_the_model": judged.left_out},
    )


def _outlines(network: AddedNetwork, judged: Judged) -> list[Metric]:
    region = network.about.regions[0]
    overlaps = np.array(
        [
            dice(network.read(judged.shown(row)).regions[region.name] >= region.threshold, judged.mask(row))
            for row in judged.rows
        ]
    )
    found = by_group(lambda index: float(overlaps[index].mean()), judged.groups("group", "patient"), SEED)
    return [Metric(name="dice_mean", value=found.value, low=found.low, high=found.high)]


def _answers(network: AddedNetwork, judged: Judged) -> list[Metric]:
    found = [network.read(image).answers for image in judged.every_shown()]
    groups = judged.groups("group", "patient")
    metrics = []
    for head in network.about.heads:
        truth = np.array([_class_of(head, row[head.name]) for row in judged.rows])
        known = truth >= 0
        end = f"_{head.name}" if len(network.about.heads) > 1 else ""
        if head.kind == "binary" and known.any() and 0 < truth[known].mean() < 1:
            scores = np.array([each[head.name].yes for each in found])[known]
            area, _, _ = paired_auc(scores, scores, truth[known] == 1, groups[known])
            metrics.append(Metric(name=f"auc{end}", value=area.value, low=area.low, high=area.high, baseline=0.5))
        elif head.kind != "binary" and known.any():
            right = np.array([each[head.name].likely for each in found])[known] == truth[known]
            most = float(np.bincount(truth[known]).max() / known.sum())
            metrics.append(_accuracy(f"accuracy{end}", right, groups[known], most))
    return metrics


def _accuracy(name: str, right: Any, groups: Any, most: float) -> Metric:
    share = by_group(lambda index: float(right[index].mean()), groups, SEED)
    return Metric(name=name, value=share.value, low=share.low, high=share.high, baseline=most)


def _class_of(head: Head, text: str) -> int:
    """The number of a class, given by number or by name; -1 where it is not known."""
    text = text.strip()
    if text in head.classes:
        return head.classes.index(text)
    return int(text) if text.isdigit() and int(text) < len(head.classes) else -1
