"""Additive Gaussian-process regression on a regular time grid; one factorisation gives every rolling-origin forecast.

A series is the sum of independent components, each given by its prior covariance between any two time steps (a slowly
moving level, a weekday pattern, calendar effects shrunk towards zero, ...) plus independent noise of known variance at
each step (Rasmussen & Williams 2006, ch. 2; Duvenaud 2014 for additive components).

With the covariance of all steps factorised as L L' in the order of time, the leading block of L factorises the past, so
for every origin i and horizon h the forecast given steps 0..i is L[i+h, :i+1] z[:i+1] with z = L^-1 y: the whole
backtest costs one Cholesky factorisation, and no forecast can see a later observation.
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
    prior: (n,) prior variance of the process. announced: (n,) variance expected of a new observation.
    offset: constant taken from the target before the fit.
    """

    factor: Array
    innovations: Array
    prior: Array
    announced: Array
    offset: float

    def ahead(self, horizon: int) -> tuple[Array, Array]:
        """Mean and variance of each step as forecast `horizon` steps earlier.

        Returns:
            Two (n,) arrays, NaN for the first `horizon` steps.
        """
        return self._ahead(horizon, self._seen(horizon))

    def _seen(self, horizon: int) -> Array:
        """Row i of the factor without its last `horizon` entries: what the steps up to i - horizon say of step i."""
        return np.tril(self.factor, -horizon)

    def _ahead(self, horizon: int, seen: Array) -> tuple[Array, Array]:
        mean = np.full(len(seen), np.nan)
        variance = np.full(len(seen), np.nan)
        mean[horizon:] = self.offset + (seen @ self.innovations)[horizon:]
        variance[horizon:] = (self.prior + self.announced - np.einsum("ij,ij->i", seen, seen))[horizon:]
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

    def slope(self, feature: Array, variance: float) -> "Slope":
        """Posterior of a linear effect's coefficient, given the observations up to each step.

        Args:
            feature: (n,) the feature whose linear covariance, times `variance`, was part of the fit.
            variance: prior variance of the coefficient.
        """
        whitened = solve_triangular(self.factor, feature, lower=True, check_finite=False)
        mean = variance * np.cumsum(whitened * self.innovations)
        left = variance - variance**2 * np.cumsum(whitened**2)
        return Slope(feature, variance, whitened, mean, left)

    def ahead_not_yet_measured(self, horizon: int, slope: "Slope", surprise: Array) -> tuple[Array, Array]:
        """As `ahead`, had a step's feature been what was expected of it `horizon` steps earlier.

        Args:
            horizon: steps ahead.
            slope: of the feature, from `slope`.
            surprise: (n,) the feature in the fit less what was expected of it.
        """
        seen = self._seen(horizon)
        mean, variance = self._ahead(horizon, seen)
        together = slope.prior * (slope.feature - seen @ slope.whitened)[horizon:]
        off = surprise[horizon:]
        mean[horizon:] -= off * slope.mean[:-horizon]
        variance[horizon:] += off**2 * slope.variance[:-horizon] - 2 * off * together
        return mean, variance


@dataclass(frozen=True)
class Slope:
    """A linear effect's coefficient as it was known after each step.

    feature: (n,). prior: variance before any observation. whitened: (n,) the feature in the units of the innovations.
    mean: (n,), variance: (n,) given the observations up to each step.
    """

    feature: Array
    prior: float
    whitened: Array
    mean: Array
    variance: Array


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
    return Fitted(factor, innovations, np.diag(covariance).copy(), noise, offset)


def _factorise(covariance: Array, noise: Array, centred: Array) -> tuple[Array, Array]:
    total = covariance.copy()
    total[np.diag_indices_from(total)] += noise
    factor = np.asarray(cholesky(total, lower=True, overwrite_a=True, check_finite=False), dtype=np.float64)
    return factor, np.asarray(solve_triangular(factor, centred, lower=True, check_finite=False), dtype=np.float64)
