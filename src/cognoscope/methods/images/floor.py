"""What trivial features reach: a logistic regression on statistics of colour, cross-validated by group.

A network that does not clearly beat this has learnt the camera, not the disease.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from cognoscope.methods.images.prepare import prepare

Array = NDArray[np.float64]
SIDE = 64
FOLDS = 5
RIDGE = 1.0


def colour_statistics(images: Iterable[NDArray[Any]]) -> Array:
    """(n, 18): mean, spread and four quantiles of each colour of a reduction to 64 x 64."""
    return np.array([_statistics(prepare(image, (SIDE, SIDE), 3)) for image in images], np.float64)


def _statistics(planes: NDArray[np.float32]) -> list[float]:
    found: list[float] = []
    for plane in planes:
        found += [float(plane.mean()), float(plane.std())]
        found += [float(share) for share in np.quantile(plane, (0.05, 0.25, 0.75, 0.95))]
    return found


def floor_scores(features: Array, truth: NDArray[np.bool_], groups: Sequence[Any] | NDArray[Any], seed: int) -> Array:
    """(n,) score of each image from a ridge logistic regression that other groups taught; NaN where none could be.

    Squares of the features are added, so that "neither dark nor bright" can be said.
    """
    index = np.unique(np.asarray(groups), return_inverse=True)[1]
    count = int(index.max()) + 1 if len(index) else 0
    fold = np.random.default_rng(seed).permutation(count)[index] % FOLDS if count else index
    scores = np.full(len(truth), np.nan)
    for number in range(FOLDS):
        taught, judged = fold != number, fold == number
        if not judged.any() or truth[taught].all() or not truth[taught].any():
            continue
        middle, spread = features[taught].mean(axis=0), features[taught].std(axis=0) + 1e-9
        plain = (features - middle) / spread
        wide = np.concatenate([np.ones((len(plain), 1)), plain, np.clip(plain**2, 0, 9) - 1], axis=1)
        scores[judged] = wide[judged] @ _fitted(wide[taught], truth[taught])
    return scores


def _fitted(wide: Array, truth: NDArray[np.bool_]) -> Array:
    """Weights by Newton's steps; the first column is not penalised."""
    penalty = np.full(wide.shape[1], RIDGE)
    penalty[0] = 1e-6
    weights = np.zeros(wide.shape[1])
    for _ in range(25):
        chance = expit(wide @ weights)
        slope = wide.T @ (truth - chance) - penalty * weights
        curve = (wide * (chance * (1 - chance))[:, None]).T @ wide + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if float(np.abs(step).max()) < 1e-8:
            break
    return weights
