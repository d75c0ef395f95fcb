"""A classification on a folder with its truth: one pass over the images, then the figures every application reports."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.evaluation import Metric
from cognoscope.intake.imaging.judged import Judged
from cognoscope.methods.comparison.estimate import Estimate
from cognoscope.methods.images.answers import conformal_set, probabilities
from cognoscope.methods.images.classifier import Classifier
from cognoscope.methods.images.floor import colour_statistics, floor_scores
from cognoscope.methods.images.model_folder import Head
from cognoscope.methods.images.scores import auc, auc_by_group, error_by_group, share_by_group

SEED = 20261122
MOST_FOR_GATE = 150
Array = NDArray[np.float64]


@dataclass
class Passed:
    """What one pass over the images found.

    Attributes:
        logits: (n, K) of the network; (n, 0) without one.
        colours: (n, F) statistics of colour.
        sample: some images as displayed, for the gate; `sample_at`: which.
    """

    logits: Array
    colours: Array
    sample: list[NDArray[Any]] = field(default_factory=list)
    sample_at: list[int] = field(default_factory=list)


def passed(judged: Judged, classifier: Classifier | None) -> Passed:
    """Read every image once."""
    step = max(1, -(-len(judged) // MOST_FOR_GATE))
    logits, colours = [], []
    found = Passed(np.empty((len(judged), 0)), np.empty((0, 0)))
    for at, image in enumerate(judged.every_shown()):
        if classifier is not None:
            logits.append(classifier.read(image).logits)
        colours.append(colour_statistics([image])[0])
        if at % step == 0:
            found.sample.append(image)
            found.sample_at.append(at)
    if logits:
        found.logits = np.array(logits, np.float64)
    found.colours = np.array(colours, np.float64)
    return found


def row(name: str, estimate: Estimate, **more: Any) -> Metric:
    """A row of an evaluation; a figure that could not be computed is None."""
    known = {
        key: value if value is not None and np.isfinite(value) else None
        for key, value in (("value", estimate.value), ("low", estimate.low), ("high", estimate.high))
    }
    return Metric(name=name, **known, **more)


def floor_auc(found: Passed, truth: NDArray[np.bool_], groups: NDArray[Any]) -> float | None:
    """What colour alone reaches on these images, cross-validated by group; None where too few allow it."""
    scores = floor_scores(found.colours, truth, groups, SEED)
    known = np.isfinite(scores)
    value = auc(scores[known], truth[known]) if known.any() else float("nan")
    return value if np.isfinite(value) else None


def binary_rows(
    head: Head,
    found: Passed,
    truth: NDArray[np.bool_],
    groups: NDArray[Any],
    reference: float | None,
    source: str | None,
) -> tuple[list[Metric], dict[str, Any]]:
    """`auc` beside the floor of colour and the published figure, `ece`, and the coverage of the conformal set."""
    chances = probabilities(head, found.logits)
    yes = chances[:, 1]
    rows = [
        row(
            "auc",
            auc_by_group(yes, truth, groups, SEED),
            baseline=floor_auc(found, truth, groups),
            reference=reference,
            reference_source=source,
        ),
        row("ece", error_by_group(yes, truth, groups, SEED), baseline=abs(float(truth.mean()) - 0.5)),
    ]
    detail: dict[str, Any] = {
        "baseline_of_auc": "ridge regression on statistics of colour, five folds by group on these images",
        "baseline_of_ece": "always saying one half",
        "prevalence": round(float(truth.mean()), 4),
        "mean_probability": round(float(yes.mean()), 4),
    }
    if head.conformal is not None:
        sets = [conformal_set(head, each) for each in chances]
        hit = np.array([int(real) in kept for real, kept in zip(truth, sets, strict=True)])
        rows.append(row("coverage", share_by_group(hit, groups, SEED), reference=head.conformal.level))
        detail["set_of_both"] = round(float(np.mean([len(kept) > 1 for kept in sets])), 4)
        detail["coverage_by_class"] = {
            name: round(float(hit[truth == number].mean()), 4)
            for number, name in enumerate(head.classes)
            if (truth == number).any()
        }
    return rows, detail


def at_threshold(
    yes: Array, truth: NDArray[np.bool_], threshold: float, groups: NDArray[Any]
) -> tuple[Estimate, Estimate]:
    """Sensitivity and specificity of a threshold fixed beforehand, with their intervals."""
    called = yes >= threshold
    return (
        share_by_group(called[truth], groups[truth], SEED),
        share_by_group(~called[~truth], groups[~truth], SEED),
    )
