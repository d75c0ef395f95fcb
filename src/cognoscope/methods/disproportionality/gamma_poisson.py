"""The multi-item gamma-Poisson shrinker's prior, by maximum likelihood.

DuMouchel 1999, 10.1080/00031305.1999.10474456.

A cell's count n given its expected count E is Poisson with mean lambda E; over the cells lambda has the density

    w Gamma(alpha1, rate beta1) + (1 - w) Gamma(alpha2, rate beta2),

so that n is a mixture of two negative binomials,
f(n; alpha, beta, E) = Gamma(alpha + n) / [Gamma(alpha) n!] (beta / (beta + E))^alpha (E / (beta + E))^n.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import digamma, expit, gammaln, logit

from cognoscope.core.errors import InvalidInput
from cognoscope.methods.disproportionality.squashing import Squashed, rougher
from cognoscope.methods.disproportionality.tabulated import by_count

Array = NDArray[np.float64]

FEWEST_CELLS = 20
"""Cells with a report: below this, five parameters are a guess."""

STARTS = (
    (0.2, 0.1, 2.0, 4.0, 1 / 3),
    (0.2, 0.06, 1.4, 1.8, 0.1),
    (1.0, 1.0, 10.0, 10.0, 0.2),
    (2.0, 0.5, 5.0, 6.0, 0.05),
    (0.5, 0.05, 1.0, 1.5, 0.01),
    (0.5, 0.3, 50.0, 50.0, 0.5),
    (0.5, 0.3, 5000.0, 5000.0, 0.5),
)
"""DuMouchel's own start first; the best of all ends wins, as the likelihood has several tops."""

BOUNDS = ((-7.0, 14.0), (-9.0, 14.0), (-7.0, 14.0), (-9.0, 14.0), (-12.0, 12.0))
FEW_CELLS = 3_000


@dataclass(frozen=True)
class Prior:
    """Two gammas (shape alpha, rate beta) and the share `weight` of the first, which has the larger mean."""

    alpha1: float
    beta1: float
    alpha2: float
    beta2: float
    weight: float
    log_likelihood: float = float("nan")
    converged: bool = True

    @property
    def parameters(self) -> tuple[float, float, float, float, float]:
        """alpha1, beta1, alpha2, beta2, weight."""
        return self.alpha1, self.beta1, self.alpha2, self.beta2, self.weight


def fit(cells: Squashed, starts: tuple[tuple[float, ...], ...] = STARTS) -> Prior:
    """The prior under which the cells are likeliest.

    Optimised in (ln alpha, ln beta, logit w) with the exact gradient: L-BFGS-B from each start on cells put together
    more roughly, then Newton steps on all of them from the best end. No randomness.

    Args:
        cells: the whole table, zeros included (`squash`).

    Raises:
        InvalidInput: fewer than 20 cells hold a report.
    """
    held = cells.weight[cells.observed > 0].sum()
    if held < FEWEST_CELLS:
        raise InvalidInput(f"A prior cannot be fitted to {held:.0f} pairs with a report: at least {FEWEST_CELLS}.")
    # Of few cells none is put together: where most are as expected, the prior's width is smaller than a range.
    rough = _Likelihood(cells if len(cells.weight) <= FEW_CELLS else rougher(cells), held)
    best, lowest = _free(starts[0]), np.inf
    for start in starts:
        found = minimize(
            rough,
            _free(start),
            jac=True,
            method="L-BFGS-B",
            bounds=BOUNDS,
            options={"maxiter": 500, "ftol": 1e-12, "gtol": 1e-7},
        )
        if found.fun < lowest - 1e-9:
            best, lowest = found.x, float(found.fun)
    free, value, converged = _newton(_Likelihood(cells, held), best)
    return _ordered(free, float(-value * held), converged)


class _Likelihood:
    """Negative log-likelihood a cell with a report, with its gradient; the constant ln n! is left out."""

    def __init__(self, cells: Squashed, scale: float) -> None:
        self._n, self._e, self._w = cells.observed, cells.expected, cells.weight / scale

    def __call__(self, free: Array) -> tuple[float, Array]:
        alpha1, beta1, alpha2, beta2 = np.exp(free[:4])
        share = float(expit(free[4]))
        first, first_alpha, first_beta = self._component(alpha1, beta1)
        second, second_alpha, second_beta = self._component(alpha2, beta2)
        top = np.maximum(first, second)
        one, two = share * np.exp(first - top), (1 - share) * np.exp(second - top)
        whole = one + two
        posterior = one / whole
        w1, w2 = self._w * posterior, self._w * (1 - posterior)
        gradient = -np.array(
            [
                alpha1 * (w1 @ first_alpha),
                beta1 * (w1 @ first_beta),
                alpha2 * (w2 @ second_alpha),
                beta2 * (w2 @ second_beta),
                self._w @ (posterior - share),
            ]
        )
        return float(-(self._w @ (np.log(whole) + top))), gradient

    def _component(self, alpha: float, beta: float) -> tuple[Array, Array, Array]:
        """ln f and its derivatives by alpha and beta."""
        rate = beta + self._e
        left = np.log(beta) - np.log(rate)
        log_f = (
            by_count(self._n, lambda n: gammaln(alpha + n) - gammaln(alpha))
            + alpha * left
            + self._n * (np.log(self._e) - np.log(rate))
        )
        by_alpha = by_count(self._n, lambda n: digamma(alpha + n) - digamma(alpha)) + left
        by_beta = (alpha * self._e / beta - self._n) / rate
        return log_f, by_alpha, by_beta


def _newton(likelihood: _Likelihood, free: Array) -> tuple[Array, float, bool]:
    """Newton steps from the end of a search, each taken only where it is no worse."""
    low, high = np.array(BOUNDS).T
    value, gradient = likelihood(free)
    for _ in range(30):
        inside = (free > low + 1e-6) & (free < high - 1e-6)
        if np.abs(gradient[inside]).max(initial=0.0) < 1e-10:
            return free, value, True
        columns = []
        for index in np.flatnonzero(inside):
            step = np.zeros(5)
            step[index] = 1e-5
            columns.append((likelihood(free + step)[1] - likelihood(free - step)[1])[inside] / 2e-5)
        hessian = np.array(columns)
        curvature, axes = np.linalg.eigh((hessian + hessian.T) / 2)
        move = np.zeros(5)
        move[inside] = -axes @ ((axes.T @ gradient[inside]) / np.maximum(np.abs(curvature), 1e-10))
        for shrink in (1.0, 0.3, 0.1, 0.01):
            trial = np.clip(free + shrink * np.clip(move, -1, 1), low, high)
            reached, slope = likelihood(trial)
            if reached <= value + 1e-15:
                break
        else:
            break
        free, value, gradient = trial, reached, slope
    inside = (free > low + 1e-6) & (free < high - 1e-6)
    return free, value, bool(np.abs(gradient[inside]).max(initial=0.0) < 1e-6)


def _free(start: tuple[float, ...]) -> Array:
    return np.array([*np.log(start[:4]), logit(start[4])])


def _ordered(free: Array, log_likelihood: float, converged: bool) -> Prior:
    alpha1, beta1, alpha2, beta2 = (float(each) for each in np.exp(free[:4]))
    weight = float(expit(free[4]))
    if alpha1 / beta1 < alpha2 / beta2:
        alpha1, beta1, alpha2, beta2, weight = alpha2, beta2, alpha1, beta1, 1 - weight
    return Prior(alpha1, beta1, alpha2, beta2, weight, log_likelihood, converged)
