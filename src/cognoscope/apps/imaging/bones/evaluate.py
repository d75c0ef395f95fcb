"""`cognoscope evaluate imaging.bones`: a hospital's own model on radiographs with their truth; without one, the floor.

The folder is laid out like `fracture_fracatlas_512`: labels.csv with file, fractured and, where they are known,
id_run_group, source_width and source_height. The 73 public images support no claim: on them the figures show that the
verb runs, and what the size of the image alone reaches.
"""

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.apps.imaging.bones.app import OWN
from cognoscope.apps.imaging.bones.card import CARD
from cognoscope.apps.imaging.bones.case import KIND
from cognoscope.core.evaluation import Evaluation, Metric
from cognoscope.intake.imaging.judged import Judged, judged_images
from cognoscope.intake.imaging.judged_classes import Passed, at_threshold, binary_rows, floor_auc, passed, row
from cognoscope.methods.images.answers import probabilities
from cognoscope.methods.images.classifier import Classifier
from cognoscope.methods.images.model_folder import ModelFolder
from cognoscope.methods.images.refused import refused_metrics
from cognoscope.methods.images.scores import auc
from cognoscope.methods.images.watchman import Watchman

PUBLISHED = "three products, prospective, 1,037 adults: best AUC 0.849 (README of the reference data)"
FEW = 200
NO_CLAIM = "fewer than 200 images: whatever these figures are, they support no claim"


def evaluate(folder: Path, weights: Path | None) -> Evaluation:
    """`auc`, `ece`, sensitivity and specificity where there is a model; always the floors and the refusals.

    Raises:
        InvalidInput: the folder is not laid out so.
    """
    started = time.perf_counter()
    judged = judged_images(KIND, folder, ("fractured",), weights)
    metrics, detail = _judge(judged, weights) if len(judged) else ((Metric(name="auc", value=None),), {})
    if len(judged) < FEW:
        detail["claim"] = NO_CLAIM
    detail |= {"images": len(judged) + judged.left_out, "left_out_taught_the_model": judged.left_out}
    return Evaluation(
        application=CARD.name,
        version=CARD.version,
        dataset=folder.resolve().name,
        rows=len(judged),
        metrics=metrics,
        seconds=round(time.perf_counter() - started, 1),
        detail=detail,
    )


def _judge(judged: Judged, weights: Path | None) -> tuple[tuple[Metric, ...], dict[str, Any]]:
    truth = np.asarray(judged.numbers("fractured") == 1, np.bool_)
    groups = judged.groups("id_run_group")
    model = ModelFolder(weights) if weights else None
    found = passed(judged, Classifier(model) if model else None)
    detail: dict[str, Any] = {"auc_of_size_alone": _size_alone(judged, truth)}
    rows: list[Metric]
    if model is None:
        detail["model"] = "there is no model: the application ships without one, in draft"
        rows = [Metric(name="auc", value=None, baseline=floor_auc(found, truth, groups), reference=0.849)]
        rows[0] = rows[0].model_copy(update={"reference_source": PUBLISHED})
    else:
        rows, more = _with(model, found, truth, groups)
        detail |= more
    refused, more = refused_metrics(
        Watchman(weights or OWN, OWN),
        found.sample,
        [str(groups[at]) for at in found.sample_at],
        judged.folder.resolve().parent,
        "bone-radiograph",
    )
    return (*rows, *refused), detail | more


def _with(
    model: ModelFolder, found: Passed, truth: NDArray[np.bool_], groups: NDArray[Any]
) -> tuple[list[Metric], dict[str, Any]]:
    head = next(head for head in model.about.heads if head.name == "fracture")
    rows, detail = binary_rows(head, found, truth, groups, 0.849, PUBLISHED)
    if head.operating_points:
        yes = probabilities(head, found.logits)[:, 1]
        reached = at_threshold(yes, truth, head.operating_points[0].threshold, groups)
        rows += [row("sensitivity_at_threshold", reached[0]), row("specificity_at_threshold", reached[1])]
    return rows, detail


def _size_alone(judged: Judged, truth: NDArray[np.bool_]) -> float | None:
    """What the area of the source image alone reaches, in the better direction."""
    if not {"source_width", "source_height"} <= set(judged.rows[0]):
        return None
    area = judged.numbers("source_width") * judged.numbers("source_height")
    value = auc(area, truth)
    return max(value, 1 - value) if np.isfinite(value) else None
