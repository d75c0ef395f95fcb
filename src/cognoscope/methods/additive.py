"""Additive Gaussian-process regression on a regular time grid; one factorisation gives every rolling-origin forecast.

A series is the sum of independent components, each given by its prior covariance between any two time steps (a slowly
moving level, a weekday pattern, calendar effects shrunk towards zero, ...) plus independent noise of known variance at
each step (Rasmussen & Williams 2006, ch. 2; Duvenaud 2014 for additive components).

With the covariance of all steps factorised as L L' in the order of time, the leading block of L factorises the past, so
for every origin i and horizon h the forecast given steps 0..i is L[i+h, :i+1] z[:i+1] with z = L^-1 y: the whole
backtest costs one Cholesky factorisation, and no forecast can see a later observation. As L z = y, that product is
read as y[i+h] less its last h terms, the errors that the observations i+1..i+h brought.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular

Array = NDArray[np.float64]

UNOBSERVED = 1e6
"""Noise variance that stands for 'no observation': larger by far than any prior variance used here."""

_OUTLIER = 3.5


@dataclass(frozen=True)
class Fitted:
    """Posterior of an additive process.

    factor: (n, n) lower Cholesky factor of the covariance of the observations.
    innovations: (n,) standardised one-step errors, near zero where nothing was observed.
    centred: (n,) observations less `offset`, zero where nothing was observed; it is factor @ innovations.
    noise: (n,) variance used in the factor. announced: (n,) variance expected of a new observation.
    offset: constant taken from the target before the fit.
    """

    factor: Array
    innovations: Array
    centred: Array
    noise: Array
    announced: Array
    offset: float

    def ahead(self, horizon: int) -> tuple[Array, Array]:
        """Mean and variance of each step as forecast `horizon` steps earlier.

        Returns:
            Two (n,) arrays, NaN for the first `horizon` steps.
        """
        count = len(self.innovations)
        mean = np.full(count, np.nan)
        variance = np.full(count, np.nan)
        unseen = np.zeros(count - horizon)
        left = np.zeros(count - horizon)
        for lag in range(horizon):
            entries = np.diagonal(self.factor, -lag)[horizon - lag :]
            unseen += entries * self.innovations[horizon - lag : count - lag]
            left += entries**2
        mean[horizon:] = self.offset + self.centred[horizon:] - unseen
        variance[horizon:] = left - self.noise[horizon:] + self.announced[horizon:]
        return mean, variance

    def log_evidence(self) -> float:
        """Logarithm of the probability density of the observations, less a constant that does not depend on the fit."""
        return float(-0.5 * np.sum(self.innovations**2) - np.sum(np.log(np.diag(self.factor))))

    def components(self, covariances: Mapping[str, Array], origin: int, step: int) -> dict[str, float]:
        """Posterior mean of each component at a later step, given the steps up to and including `origin`.

        Args:
            covariances: name -> (n, n) prior covariance, the parts that were summed for the fit.
            origin: index of the last step whose observation is used.
            step: index of the step asked for.

        Returns:
            name -> value; over the names they add up to the forecast minus `offset`.
        """
        known = origin + 1
        weights = solve_triangular(
            self.factor[:known, :known], self.innovations[:known], lower=True, trans="T", check_finite=False
        )
        return {name: float(covariance[step, :known] @ weights) for name, covariance in covariances.items()}

    def slope(self, feature: Array, variance: float) -> Array:
        """Posterior mean of a linear effect's coefficient, given the observations up to each step.

        Args:
            feature: (n,) the feature whose linear covariance, times `variance`, was part of the fit.
            variance: prior variance of the coefficient.

        Returns:
            (n,) coefficient as known after each step.
        """
        whitened = solve_triangular(self.factor, feature, lower=True, check_finite=False)
        return np.asarray(variance * np.cumsum(whitened * self.innovations), dtype=np.float64)


def fit(covariance: Array, target: Array, noise: Array, offset: float) -> Fitted:
    """Condition the process on what was observed; a step far outside its forecast then counts for little.

    An observation whose one-step innovation exceeds 3.5 standard deviations gets the square of its error as extra
    noise, and everything is refitted once. The innovation of a step depends on earlier steps only, so forecasts from an
    origin never depend on what came after it.

    Args:
        covariance: (n, n) sum of the components' prior covariances.
        target: (n,) observations in the order of time, NaN where there is none.
        noise: (n,) variance of an observation around the process.
        offset: constant to subtract from the target.

    Raises:
        numpy.linalg.LinAlgError: the covariance is not positive definite.
    """
    observed = np.isfinite(target)
    centred = np.where(observed, target - offset, 0.0)
    used = np.where(observed, noise, UNOBSERVED)
    factor, innovations = _factorise(covariance, used, centred)
    far = (np.abs(innovations) > _OUTLIER) & observed
    if far.any():
        used = used + np.where(far, (innovations * np.diag(factor)) ** 2, 0.0)
        factor, innovations = _factorise(covariance, used, centred)
    return Fitted(factor, innovations, centred, used, noise, offset)


def _factorise(covariance: Array, noise: Array, centred: Array) -> tuple[Array, Array]:
    total = covariance.copy()
    total[np.diag_indices_from(total)] += noise
    factor = np.asarray(cholesky(total, lower=True, overwrite_a=True, check_finite=False), dtype=np.float64)
    return factor, np.asarray(solve_triangular(factor, centred, lower=True, check_finite=False), dtype=np.float64)
