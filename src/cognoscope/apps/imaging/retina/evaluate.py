"""`cognoscope evaluate imaging.retina`: referable or not, grade and maculopathy, by patient.

The folder is laid out like `retina_srahim_dr_640`: labels.csv with file, patient, referable and, where they are known,
dr_grade_0_4 and maculopathy. Every image counts, whether the gate would have refused it or not.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.apps.imaging.retina.app import OWN
from cognoscope.apps.imaging.retina.card import CARD
from cognoscope.apps.imaging.retina.case import KIND
from cognoscope.apps.imaging.retina.model import GRADE, MACULOPATHY, REFERABLE
from cognoscope.core.evaluation import Evaluation, Metric
from cognoscope.intake.imaging.judged import Judged, judged_images
from cognoscope.intake.imaging.judged_classes import SEED, Passed, at_threshold, binary_rows, passed, row
from cognoscope.intake.imaging.judged_evaluation import evaluation_of
from cognoscope.methods.comparison.agreement import weighted_kappa
from cognoscope.methods.images.answers import conformal_set, probabilities
from cognoscope.methods.images.classifier import Classifier
from cognoscope.methods.images.model_folder import Head, ModelFolder
from cognoscope.methods.images.refused import refused_metrics
from cognoscope.methods.images.scores import auc_by_group, share_by_group
from cognoscope.methods.images.watchman import Watchman

GULSHAN = "Gulshan 2016, JAMA, EyePACS-1, 128,175 training images: 0.991 (from memory)"
IDX = "IDx-DR pivotal trial, 900 persons: sensitivity 87.2 %, specificity 90.7 % (Abramoff 2018)"


def evaluate(folder: Path, weights: Path | None) -> Evaluation:
    """`auc` and `ece` of referable, sensitivity and specificity at the fixed threshold, grade, maculopathy, refusals.

    Raises:
        InvalidInput: the folder is not laid out so.
    """
    return evaluation_of(CARD, judged_images(KIND, folder, ("referable", "patient"), weights), weights, "auc", _judge)


def _judge(judged: Judged, weights: Path) -> tuple[tuple[Metric, ...], dict[str, Any]]:
    model = ModelFolder(weights)
    heads = {head.name: head for head in model.about.heads}
    truth = np.asarray(judged.numbers("referable") == 1, np.bool_)
    groups = judged.groups("patient")
    found = passed(judged, Classifier(model))
    head = heads[REFERABLE]
    rows, detail = binary_rows(head, found, truth, groups, 0.991, GULSHAN)
    if head.operating_points:
        yes = probabilities(head, found.logits)[:, 1]
        sensitivity, specificity = at_threshold(yes, truth, head.operating_points[0].threshold, groups)
        rows.append(row("sensitivity_at_threshold", sensitivity, reference=0.872, reference_source=IDX))
        rows.append(row("specificity_at_threshold", specificity, reference=0.907, reference_source=IDX))
    if GRADE in heads and "dr_grade_0_4" in judged.rows[0]:
        rows += _grades(heads[GRADE], found, judged.numbers("dr_grade_0_4"), groups)
    if MACULOPATHY in heads and "maculopathy" in judged.rows[0]:
        rows.append(_macula(heads[MACULOPATHY], found, judged.numbers("maculopathy"), groups))
    refused, more = refused_metrics(
        Watchman(weights, OWN),
        found.sample,
        [str(groups[at]) for at in found.sample_at],
        judged.folder.resolve().parent,
        "fundus",
    )
    return (*rows, *refused), detail | more


def _grades(head: Head, found: Passed, truth: NDArray[np.float64], groups: NDArray[Any]) -> list[Metric]:
    """Quadratic kappa of the likeliest grade; how often the conformal set holds the true one. Ungraded are left out."""
    known = np.isfinite(truth)
    chances = probabilities(head, found.logits)[known]
    graded, real, whose = chances.argmax(axis=1), truth[known].astype(np.int64), groups[known]
    sets = [conformal_set(head, each) for each in chances]
    hit = np.array([int(grade) in kept for grade, kept in zip(real, sets, strict=True)])
    kappa = weighted_kappa(graded, real, len(head.classes), whose, SEED)
    level = head.conformal.level if head.conformal else None
    return [
        row("grade_kappa_quadratic", kappa, baseline=0.0),
        row("grade_coverage", share_by_group(hit, whose, SEED), reference=level),
        Metric(name="grade_set_size", value=float(np.mean([len(kept) for kept in sets])), baseline=5.0),
    ]


def _macula(head: Head, found: Passed, truth: NDArray[np.float64], groups: NDArray[Any]) -> Metric:
    known = np.isfinite(truth)
    chances = probabilities(head, found.logits)[known, 1]
    return row("auc_maculopathy", auc_by_group(chances, truth[known] == 1, groups[known], SEED), baseline=0.5)
