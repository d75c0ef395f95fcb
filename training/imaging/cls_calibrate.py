"""From answers that no member was taught on to probabilities, sets and operating points."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_softmax

from cognoscope.methods.images.answers import log_odds, probabilities
from cognoscope.methods.images.model_folder import Calibration, Conformal, Head, OperatingPoint
from cognoscope.methods.images.scores import specificity_at

Array = NDArray[np.float64]


def fitted(head: Head, logits: Array, truth: NDArray[np.int64], settings: Mapping[str, Any]) -> Head:
    """The head with its calibration, conformal quantiles and operating points.

    Args:
        logits: (N, K) out of fold.
        truth: (N,) class of the head, -1 where not known.
        settings: level (of the conformal set), by_class (one quantile a class), points (name to least sensitivity).
    """
    known = truth >= 0
    logits, truth = logits[known], truth[known]
    head = head.model_copy(update={"calibration": _calibration(head, logits, truth)})
    chances = probabilities(head, logits)
    conformal = conformal_of(chances, truth, settings["level"], settings["by_class"])
    points = tuple(
        _point(name, wanted, chances[:, -1], truth > 0) for name, wanted in settings.get("points", {}).items()
    )
    return head.model_copy(update={"conformal": conformal, "operating_points": points})


def _calibration(head: Head, logits: Array, truth: NDArray[np.int64]) -> Calibration:
    if head.kind == "binary":
        slope, intercept = platt(log_odds(head, logits), truth > 0)
        share = float(np.clip((truth > 0).mean(), 1e-3, 1 - 1e-3))
        return Calibration(kind="platt", slope=slope, intercept=intercept, prevalence=round(share, 4))
    columns = logits[:, list(head.outputs)]

    def cost(heat: float) -> float:
        if head.kind == "categorical":
            return float(-log_softmax(columns / heat, axis=1)[np.arange(len(truth)), truth].mean())
        above = truth[:, None] > np.arange(columns.shape[1])
        chance = np.clip(expit(columns / heat), 1e-9, 1 - 1e-9)
        return float(-np.where(above, np.log(chance), np.log(1 - chance)).mean())

    best = minimize_scalar(cost, bounds=(0.2, 5.0), method="bounded")
    return Calibration(kind="temperature", temperature=round(float(best.x), 4))


def platt(scores: Array, truth: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and intercept of the likeliest sigmoid, with Platt's (1999) targets, never falling."""
    high = (truth.sum() + 1) / (truth.sum() + 2)
    low = 1 / ((~truth).sum() + 2)
    target = np.where(truth, high, low)
    spread = float(scores.std()) + 1e-9

    def cost(line: Array) -> float:
        odds = np.exp(line[0]) * scores / spread + line[1]
        return float((np.logaddexp(0, odds) - target * odds).mean())

    best = minimize(cost, np.array([0.0, 0.0]), method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9})
    return round(float(np.exp(best.x[0]) / spread), 6), round(float(best.x[1]), 6)


def conformal_of(chances: Array, truth: NDArray[np.int64], level: float, by_class: bool) -> Conformal:
    """Quantiles of 1 - probability of the truth, of all or class by class."""
    score = 1 - chances[np.arange(len(truth)), truth]
    groups: Sequence[NDArray[np.bool_]] = (
        [truth == number for number in range(chances.shape[1])] if by_class else [np.ones(len(truth), bool)]
    )
    return Conformal(level=level, quantiles=tuple(_quantile(score[group], level) for group in groups))


def _quantile(score: Array, level: float) -> float:
    """The split conformal quantile; 1 (never excluded) where too few are known."""
    rank = int(np.ceil((len(score) + 1) * level))
    return 1.0 if rank > len(score) else round(float(min(1.0, np.sort(score)[rank - 1] + 1e-6)), 6)


def _point(name: str, wanted: float, chance: Array, truth: NDArray[np.bool_]) -> OperatingPoint:
    positives = np.sort(chance[truth])
    needed = int(np.ceil(wanted * len(positives) - 1e-9))
    threshold = round(float(positives[len(positives) - needed]) - 5e-7, 6)
    return OperatingPoint(
        name=name,
        threshold=max(0.0, threshold),
        sensitivity=round(float((chance[truth] >= threshold).mean()), 4),
        specificity=round(specificity_at(chance, truth, wanted), 4),
    )
