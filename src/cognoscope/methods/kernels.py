"""Prior covariances between the steps of a regular time grid: matrices in, matrices out.

The formulas are in Rasmussen & Williams, Gaussian Processes for Machine Learning, 2006, ch. 4 (4.14 to 4.17 and 4.31).
scikit-learn has them too, and the tests hold these to it; two formulas are not worth its 38 MB and a second of start-up
in every installation.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import toeplitz

Array = NDArray[np.float64]


def matern(count: int, scale: float, smoothness: float) -> Array:
    """Matern covariance of unit variance between `count` successive steps.

    Args:
        count: number of steps.
        scale: steps over which the correlation fades.
        smoothness: 0.5 for a rough path (Ornstein-Uhlenbeck), 1.5 for a once differentiable one.

    Raises:
        ValueError: another smoothness.
    """
    if smoothness not in (0.5, 1.5):
        raise ValueError(f"smoothness is 0.5 or 1.5, not {smoothness}")
    faded = np.arange(count, dtype=np.float64) * math.sqrt(2 * smoothness) / scale
    first = np.exp(-faded) if smoothness == 0.5 else (1.0 + faded) * np.exp(-faded)
    return np.asarray(toeplitz(first), dtype=np.float64)


def cyclic(phase: ArrayLike, scale: float) -> Array:
    """Covariance of a smooth cycle; steps of equal phase are fully correlated.

    Args:
        phase: (n,) position within the cycle, in [0, 1).
        scale: smoothness as in MacKay's periodic kernel (0.2 follows about a tenth of the cycle).
    """
    positions = np.asarray(phase, dtype=np.float64)
    apart = np.sin(np.pi * np.abs(positions[:, None] - positions[None, :])) / scale
    return np.asarray(np.exp(-2.0 * apart**2), dtype=np.float64)


def groups(labels: ArrayLike, count: int) -> Array:
    """Covariance of one independent effect a label, of zero mean over the `count` labels."""
    marks = np.asarray(labels)
    same: Array = (marks[:, None] == marks[None, :]).astype(np.float64)
    return same - 1.0 / count


def linear(features: Array) -> Array:
    """Covariance of a linear effect of (n, p) features with independent coefficients of unit variance."""
    covariance: Array = features @ features.T
    return covariance
