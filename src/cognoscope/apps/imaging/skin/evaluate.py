"""`cognoscope evaluate imaging.skin`: melanoma against the rest, on images that did not teach the model.

The folder is laid out like `skin_isic2017_256` or `skin_ham10000_224`: labels.csv with file, melanoma and, where they
are known, near_duplicate_group or lesion_id. Every image counts, whether the gate would have refused it or not. Where
the model was taught on one of the two sets, the other one shows the drop.
"""

from pathlib import Path
from typing import Any

import numpy as np

from cognoscope.apps.imaging.skin.app import OWN
from cognoscope.apps.imaging.skin.card import CARD
from cognoscope.apps.imaging.skin.case import KIND
from cognoscope.apps.imaging.skin.model import POINT, people
from cognoscope.core.evaluation import Evaluation, Metric
from cognoscope.intake.imaging.judged import Judged, judged_images
from cognoscope.intake.imaging.judged_classes import SEED, at_threshold, binary_rows, passed, row
from cognoscope.intake.imaging.judged_evaluation import evaluation_of
from cognoscope.methods.images.answers import probabilities
from cognoscope.methods.images.classifier import Classifier
from cognoscope.methods.images.model_folder import ModelFolder
from cognoscope.methods.images.refused import refused_metrics
from cognoscope.methods.images.scores import specificity_by_group
from cognoscope.methods.images.watchman import Watchman

PUBLISHED = {
    "near_duplicate_group": (0.874, "best of the ISIC 2017 challenge, full resolution, outside data (from memory)"),
    "lesion_id": (0.95, "best entries of the ISIC 2018 challenge, about 0.95 (from memory)"),
}
"""By the column that tells one layout from the other."""
HAENSSLE = "58 dermatologists: specificity 71.3 % at sensitivity 86.6 % (Haenssle 2018); their network 82.5 %"


def evaluate(folder: Path, weights: Path | None) -> Evaluation:
    """`auc`, `ece`, `specificity_at_sensitivity_866`, sensitivity and specificity at the fixed threshold, refusals.

    Raises:
        InvalidInput: the folder is not laid out so.
    """
    return evaluation_of(CARD, judged_images(KIND, folder, ("melanoma",), weights), weights, "auc", _judge)


def _judge(judged: Judged, weights: Path) -> tuple[tuple[Metric, ...], dict[str, Any]]:
    model = ModelFolder(weights)
    head = next(head for head in model.about.heads if head.name == "melanoma")
    truth = np.asarray(judged.numbers("melanoma") == 1, np.bool_)
    groups = judged.groups("near_duplicate_group", "lesion_id")
    found = passed(judged, Classifier(model))
    reference, source = next((PUBLISHED[name] for name in PUBLISHED if name in judged.rows[0]), (None, None))
    rows, detail = binary_rows(head, found, truth, groups, reference, source)
    yes, (sensitivity, specificity) = probabilities(head, found.logits)[:, 1], people()
    rows.append(
        row(
            "specificity_at_sensitivity_866",
            specificity_by_group(yes, truth, sensitivity, groups, SEED),
            baseline=1 - sensitivity,
            reference=specificity,
            reference_source=HAENSSLE,
        )
    )
    point = head.operating_point(POINT)
    if point is not None:
        reached = at_threshold(yes, truth, point.threshold, groups)
        rows.append(row("sensitivity_at_threshold", reached[0], reference=sensitivity, reference_source=HAENSSLE))
        rows.append(row("specificity_at_threshold", reached[1], reference=specificity, reference_source=HAENSSLE))
    detail |= _drop(model, rows[0].value)
    refused, more = refused_metrics(
        Watchman(weights, OWN),
        found.sample,
        [str(groups[at]) for at in found.sample_at],
        judged.folder.resolve().parent,
        "dermoscopy",
    )
    return (*rows, *refused), detail | more


def _drop(model: ModelFolder, value: float | None) -> dict[str, Any]:
    """How far the area lies below the one measured when the model was made, on its own set."""
    made = model.about.figures.get("auc")
    if made is None or value is None:
        return {}
    return {"auc_when_made": made.value, "auc_when_made_how": made.how, "drop": round(made.value - value, 4)}
