"""Prior covariances between the steps of a regular time grid: matrices in, matrices out.

The stationary ones are scikit-learn's kernels evaluated once a lag; see Rasmussen & Williams 2006, ch. 4.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import toeplitz
from sklearn.gaussian_process.kernels import ExpSineSquared, Matern

Array = NDArray[np.float64]


def matern(count: int, scale: float, smoothness: float) -> Array:
    """Matern covariance of unit variance between `count` successive steps.

    Args:
        count: number of steps.
        scale: steps over which the correlation fades.
        smoothness: 0.5 for a rough path (Ornstein-Uhlenbeck), 1.5 for a once differentiable one.
    """
    lags = np.arange(count, dtype=np.float64)[:, None]
    return np.asarray(toeplitz(Matern(scale, nu=smoothness)(lags, lags[:1])[:, 0]), dtype=np.float64)


def cyclic(phase: ArrayLike, scale: float) -> Array:
    """Covariance of a smooth cycle; steps of equal phase are fully correlated.

    Args:
        phase: (n,) position within the cycle, in [0, 1).
        scale: smoothness as in MacKay's periodic kernel (0.2 follows about a tenth of the cycle).
    """
    positions = np.asarray(phase, dtype=np.float64)[:, None]
    return np.asarray(ExpSineSquared(scale, periodicity=1.0)(positions), dtype=np.float64)


def groups(labels: ArrayLike, count: int) -> Array:
    """Covariance of one independent effect a label, of zero mean over the `count` labels."""
    marks = np.asarray(labels)
    same: Array = (marks[:, None] == marks[None, :]).astype(np.float64)
    return same - 1.0 / count


def linear(features: Array) -> Array:
    """Covariance of a linear effect of (n, p) features with independent coefficients of unit variance."""
    covariance: Array = features @ features.T
    return covariance
