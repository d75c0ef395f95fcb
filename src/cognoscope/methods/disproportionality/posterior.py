"""What a pair's count says of its rate once the prior has had its say: EBGM, EB05 and EB95 (DuMouchel 1999)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline, RectBivariateSpline
from scipy.special import digamma, gammainc, gammaincinv, gammaln

from cognoscope.methods.disproportionality.gamma_poisson import Prior
from cognoscope.methods.disproportionality.ratios import Estimate
from cognoscope.methods.disproportionality.tabulated import by_count

Array = NDArray[np.float64]

WORTHWHILE = 50_000
"""Pairs from which on quantiles are interpolated between solved ones; fewer are all solved."""

FEW = 31
"""Counts up to this have a spline each; larger ones share one surface, as the quantile is smooth in the count too."""

STEP = 0.015
LARGE_STEPS = (0.05, 0.03)


def posterior(observed: ArrayLike, expected: ArrayLike, prior: Prior) -> Array:
    """Probability that a pair's rate comes from the prior's first gamma, given its count (Q_n in DuMouchel 1999)."""
    n, e = np.asarray(observed, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    first = _log_f(n, e, prior.alpha1, prior.beta1)
    second = _log_f(n, e, prior.alpha2, prior.beta2)
    with np.errstate(over="ignore"):
        odds = (1 - prior.weight) / prior.weight * np.exp(second - first)
    return np.asarray(1 / (1 + odds), dtype=np.float64)


def ebgm(observed: ArrayLike, expected: ArrayLike, prior: Prior, tail: float = 0.05) -> Estimate:
    """Empirical Bayes geometric mean exp(E[ln lambda | n]) with its quantiles `tail` and 1 - `tail`.

    lambda given n is the mixture of Gamma(alpha_i + n, rate beta_i + E) with the shares Q and 1 - Q:
    E[ln lambda] = Q [psi(alpha1 + n) - ln(beta1 + E)] + (1 - Q) [psi(alpha2 + n) - ln(beta2 + E)].
    Quantiles solve the mixture's distribution function; of many thousand pairs most are interpolated between solved
    ones (`Quantiles`).

    Args:
        observed: (n,) counts, 0 allowed.
        expected: (n,) expected counts; 0 is allowed and leaves the count to the prior.
        prior: `fit`'s.
        tail: 0.05 gives EB05 and EB95.
    """
    n = np.atleast_1d(np.asarray(observed, dtype=np.float64))
    e = np.atleast_1d(np.asarray(expected, dtype=np.float64))
    low, high = Quantiles(n, e, prior, (tail, 1 - tail))(n, e)
    return Estimate(geometric_mean(n, e, prior), low, high)


def geometric_mean(n: Array, e: Array, prior: Prior) -> Array:
    """exp(E[ln lambda | n])."""
    share = posterior(n, e, prior)
    first = by_count(n, lambda counts: digamma(prior.alpha1 + counts)) - np.log(prior.beta1 + e)
    second = by_count(n, lambda counts: digamma(prior.alpha2 + counts)) - np.log(prior.beta2 + e)
    return np.asarray(np.exp(share * first + (1 - share) * second), dtype=np.float64)


def mixture_quantile(n: Array, e: Array, prior: Prior, level: float) -> Array:
    """The quantile of each posterior, solved to 1e-12 by safeguarded Newton steps in ln lambda."""
    share = posterior(n, e, prior)
    shapes = (prior.alpha1 + n, prior.alpha2 + n)
    rates = (prior.beta1 + e, prior.beta2 + e)
    ends = [np.log(np.maximum(gammaincinv(a, level) / b, 1e-300)) for a, b in zip(shapes, rates, strict=True)]
    # A mixture's quantile lies between those of its parts.
    low, high = np.minimum(*ends), np.maximum(*ends)
    x = share * ends[0] + (1 - share) * ends[1]
    constants = [a * np.log(b) - gammaln(a) for a, b in zip(shapes, rates, strict=True)]
    for _ in range(100):
        rate = np.exp(x)
        below = share * gammainc(shapes[0], rates[0] * rate) + (1 - share) * gammainc(shapes[1], rates[1] * rate)
        low, high = np.where(below < level, x, low), np.where(below >= level, x, high)
        slope = share * np.exp(constants[0] + shapes[0] * x - rates[0] * rate)
        slope += (1 - share) * np.exp(constants[1] + shapes[1] * x - rates[1] * rate)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            step = x - (below - level) / slope
        following = np.where((step > low) & (step < high), step, (low + high) / 2)
        done = np.abs(following - x).max(initial=0.0) < 1e-13
        x = following
        if done:
            break
    return np.asarray(np.exp(x), dtype=np.float64)


class Quantiles:
    """Quantiles of the posteriors of a table, solved at nodes and read between them (relative error below 1e-6).

    For each count up to 31 a cubic spline in ln E; for larger ones one bicubic spline in ln n and ln(n / E).
    """

    def __init__(self, n: Array, e: Array, prior: Prior, levels: tuple[float, float]) -> None:
        self._prior, self._levels = prior, levels
        self._splines: dict[int, list[CubicSpline]] = {}
        self._surface: list[RectBivariateSpline] = []
        if len(n) < WORTHWHILE or e.min() <= 0 or (n != np.floor(n)).any():
            return
        for count in range(FEW + 1):
            place = np.log(e[n == count])
            if len(place):
                nodes = _nodes(place, STEP)
                self._splines[count] = [
                    CubicSpline(
                        nodes, np.log(mixture_quantile(np.full(len(nodes), float(count)), np.exp(nodes), prior, q))
                    )
                    for q in levels
                ]
        large = n > FEW
        if large.any():
            size = np.log(n[large])
            rows, columns = (
                _nodes(each, step) for each, step in zip((size, size - np.log(e[large])), LARGE_STEPS, strict=True)
            )
            at, excess = (each.ravel() for each in np.meshgrid(rows, columns, indexing="ij"))
            for level in levels:
                solved = mixture_quantile(np.exp(at), np.exp(at - excess), prior, level)
                grid = (np.log(solved) - excess).reshape(len(rows), len(columns))
                self._surface.append(RectBivariateSpline(rows, columns, grid, kx=3, ky=3, s=0))

    def __call__(self, n: Array, e: Array) -> tuple[Array, Array]:
        """Both quantiles of pairs of that table."""
        if not self._splines and not self._surface:
            low, high = (mixture_quantile(n, e, self._prior, level) for level in self._levels)
            return low, high
        found = np.empty((2, len(n)))
        logarithm = np.log(e)
        for count, splines in self._splines.items():
            rows = np.flatnonzero(n == count)
            for into, spline in zip(found, splines, strict=True):
                into[rows] = spline(logarithm[rows])
        rows = np.flatnonzero(n > FEW)
        at = np.log(n[rows])
        excess = at - logarithm[rows]
        for into, surface in zip(found, self._surface, strict=False):
            into[rows] = surface.ev(at, excess) + excess
        low, high = np.exp(found)
        return low, high


def _nodes(values: Array, step: float) -> Array:
    """Evenly spaced, a little beyond the values on both sides."""
    low, high = values.min() - step, values.max() + step
    return np.linspace(low, high, max(8, int(np.ceil((high - low) / step)) + 1))


def _log_f(n: Array, e: Array, alpha: float, beta: float) -> Array:
    """ln of the negative binomial without n!, which both parts share; for E = 0 nothing but the prior speaks."""
    rate = beta + e
    with np.errstate(divide="ignore"):
        spread = np.where(e > 0, n * np.log(np.where(e > 0, e, 1.0) / rate), 0.0)
    log_gamma = by_count(n, lambda counts: gammaln(alpha + counts) - gammaln(alpha))
    return np.asarray(np.where(e > 0, log_gamma + alpha * np.log(beta / rate) + spread, 0.0), dtype=np.float64)
