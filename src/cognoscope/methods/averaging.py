"""Weights of several forecasters of one stream, by how well each has lately predicted it."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

Array = NDArray[np.float64]

_WORST = 16.0


def log_scores(target: Array, mean: Array, variance: Array) -> Array:
    """Gaussian log predictive density, less a constant; an error beyond four standard deviations counts as four.

    Args:
        target, mean, variance: arrays of one shape.

    Returns:
        Scores of that shape, NaN where the target or the forecast is.
    """
    squares = np.where(np.isnan(target), np.nan, np.minimum((target - mean) ** 2 / variance, _WORST))
    scores: Array = -0.5 * (np.log(variance) + squares)
    return scores


def dynamic_weights(scores: Array, half_life: float) -> Array:
    """Weight of each forecaster after each step: dynamic model averaging with forgetting.

    The weights are those of Bayesian model averaging when a score `half_life` steps old counts half (Raftery, Karny &
    Ettler 2010, doi:10.1198/TECH.2009.08104); before any score all weigh the same.

    Args:
        scores: (n, m) log scores of m forecasters at n steps, NaN where unknown.
        half_life: in steps.

    Returns:
        (n, m) weights known once the step's score is, each row adding up to one.
    """
    kept = 0.5 ** (1.0 / half_life)
    total = np.zeros(scores.shape[1])
    totals = np.empty_like(scores)
    for step, row in enumerate(np.nan_to_num(scores)):
        total = kept * total + row
        totals[step] = total
    return np.asarray(softmax(totals, axis=1), dtype=np.float64)
