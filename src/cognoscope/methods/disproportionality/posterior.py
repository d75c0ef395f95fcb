"""What a pair's count says of its rate once the prior has had its say: EBGM, EB05 and EB95 (DuMouchel 1999)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline
from scipy.special import digamma, gammainc, gammaincinv, gammaln

from cognoscope.methods.disproportionality.gamma_poisson import Prior
from cognoscope.methods.disproportionality.ratios import Estimate
from cognoscope.methods.disproportionality.tabulated import by_count

Array = NDArray[np.float64]

MANY = 4096
"""Pairs of one count from which on the quantile is interpolated between `NODES` exact ones."""

NODES = 1024
TOP = 60_000


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
    Quantiles solve the mixture's distribution function; where thousands of pairs share a count they are read from a
    cubic spline in ln E through 1024 solved points (relative error below 1e-6).

    Args:
        observed: (n,) counts, 0 allowed.
        expected: (n,) expected counts; 0 is allowed and leaves the count to the prior.
        prior: `fit`'s.
        tail: 0.05 gives EB05 and EB95.
    """
    n = np.atleast_1d(np.asarray(observed, dtype=np.float64))
    e = np.atleast_1d(np.asarray(expected, dtype=np.float64))
    share = posterior(n, e, prior)
    first = by_count(n, lambda counts: digamma(prior.alpha1 + counts)) - np.log(prior.beta1 + e)
    second = by_count(n, lambda counts: digamma(prior.alpha2 + counts)) - np.log(prior.beta2 + e)
    value = np.exp(share * first + (1 - share) * second)
    low, high = _quantiles(n, e, prior, (tail, 1 - tail))
    return Estimate(value, low, high)


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
        with np.errstate(divide="ignore", invalid="ignore"):
            step = x - (below - level) / slope
        following = np.where((step > low) & (step < high), step, (low + high) / 2)
        done = np.abs(following - x).max(initial=0.0) < 1e-13
        x = following
        if done:
            break
    return np.asarray(np.exp(x), dtype=np.float64)


def _quantiles(n: Array, e: Array, prior: Prior, levels: tuple[float, float]) -> tuple[Array, Array]:
    """Quantiles of all pairs, count by count."""
    found = tuple(np.empty(len(n)) for _ in levels)
    # Sixteen bits are sorted in one pass; counts above are sorted out with the rare ones.
    short = np.minimum(n, TOP).astype(np.uint16)
    order = np.argsort(short, kind="stable")
    ends = np.cumsum(np.bincount(short))
    rare = []
    start = 0
    for count, stop in enumerate(ends):
        rows = order[start:stop]
        if stop - start >= MANY and count < TOP and e[rows].min() > 0:
            _interpolate(float(count), e, rows, prior, levels, found)
        elif stop > start:
            rare.append(rows)
        start = int(stop)
    rest = np.concatenate(rare) if rare else np.empty(0, dtype=np.int64)
    for level, into in zip(levels, found, strict=True):
        if len(rest):
            into[rest] = mixture_quantile(n[rest], e[rest], prior, level)
    return found[0], found[1]


def _interpolate(
    count: float, e: Array, rows: NDArray[np.int64], prior: Prior, levels: tuple[float, float], found: tuple[Array, ...]
) -> None:
    place = np.log(e[rows])
    nodes = np.linspace(place.min() - 1e-9, place.max() + 1e-9, NODES)
    for level, into in zip(levels, found, strict=True):
        solved = mixture_quantile(np.full(NODES, count), np.exp(nodes), prior, level)
        into[rows] = np.exp(CubicSpline(nodes, np.log(solved))(place))


def _log_f(n: Array, e: Array, alpha: float, beta: float) -> Array:
    """ln of the negative binomial without n!, which both parts share; for E = 0 nothing but the prior speaks."""
    rate = beta + e
    with np.errstate(divide="ignore"):
        spread = np.where(e > 0, n * np.log(np.where(e > 0, e, 1.0) / rate), 0.0)
    log_gamma = by_count(n, lambda counts: gammaln(alpha + counts) - gammaln(alpha))
    return np.asarray(np.where(e > 0, log_gamma + alpha * np.log(beta / rate) + spread, 0.0), dtype=np.float64)
