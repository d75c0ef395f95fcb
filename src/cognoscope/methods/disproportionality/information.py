"""The information component (IC): how much more often than expected, in bits, with the shrinkage of a prior.

Two versions are in use under one name:

* `information_component`: the observed-to-expected ratio with gamma shrinkage, of the Uppsala Monitoring Centre
  (Noren, Hopstadius & Bate 2013, 10.1177/0962280211403604).
* `bcpnn`: the Bayesian confidence propagation neural network of Bate et al. 1998 (10.1007/s002280050466) with exact
  moments (Gould 2003), as the R package PhViD computes it without simulation.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import digamma, gammaincinv, ndtri, polygamma

from cognoscope.methods.disproportionality.counts import Counts
from cognoscope.methods.disproportionality.ratios import Estimate
from cognoscope.methods.disproportionality.tabulated import by_count

Array = NDArray[np.float64]

SHRINKAGE = 0.5
"""Half a report added to what was observed and to what was expected (Noren et al. 2013)."""

FAR = 24.0


def information_component(observed: ArrayLike, expected: ArrayLike, level: float = 0.95) -> Estimate:
    """IC = log2[(O + 1/2) / (E + 1/2)] with its credibility interval (Noren et al. 2013).

    The rate has the posterior Gamma(O + 1/2, rate E + 1/2); the bounds are log2 of its quantiles, so that IC025 is
    exact for every count, 0 included. E = 0 is allowed.

    Args:
        observed: (n,) counts, whole numbers.
        expected: (n,) expected counts, crude or stratified.
    """
    seen = np.asarray(observed, dtype=np.float64)
    rate = np.asarray(expected, dtype=np.float64) + SHRINKAGE
    shape = seen + SHRINKAGE
    tail = (1 - level) / 2
    low = by_count(seen, lambda counts: gammaincinv(counts + SHRINKAGE, tail))
    high = by_count(seen, lambda counts: gammaincinv(counts + SHRINKAGE, 1 - tail))
    logarithm = np.log2(rate)
    return Estimate(np.log2(shape) - logarithm, np.log2(low) - logarithm, np.log2(high) - logarithm)


def bcpnn(counts: Counts, level: float = 0.95) -> Estimate:
    """IC of the confidence propagation network: posterior mean and normal interval (Bate 1998; Gould 2003; PhViD).

    With p = Beta(1 + drug, 1 + N - drug), q = Beta(1 + reaction, 1 + N - reaction) and
    r = Beta(1 + a, N - a - 1 + (2 + N)^2 / [(1 + reaction)(1 + drug)]):

        mean = [psi(r1) - psi(r1 + r2) - psi(p1) + psi(p1 + p2) - psi(q1) + psi(q1 + q2)] / ln 2
        variance = [psi'(r1) - psi'(r1 + r2) + psi'(p1) - psi'(p1 + p2) + psi'(q1) - psi'(q1 + q2)] / (ln 2)^2
    """
    n = counts.total
    p, q, r = 1 + counts.drug, 1 + counts.reaction, 1 + counts.both
    r_all = r + n - counts.both - 1 + (2 + n) ** 2 / (q * p)
    both, drug, reaction = (_moments(each) for each in (r, p, q))
    everything, joint = _moments(2 + n), _moments(r_all)
    mean = both[0] - joint[0] - drug[0] - reaction[0] + 2 * everything[0]
    variance = both[1] - joint[1] + drug[1] + reaction[1] - 2 * everything[1]
    center, spread = mean / np.log(2), np.sqrt(variance) / np.log(2)
    z = float(ndtri((1 + level) / 2))
    return Estimate(center, center - z * spread, center + z * spread)


def _moments(values: Array) -> tuple[Array, Array]:
    """Digamma and trigamma; beyond `FAR` by their asymptotic series, exact there to 1e-14."""
    inverse = 1 / values
    square = inverse * inverse
    psi = np.log(values) - inverse / 2 - square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)))
    psi1 = inverse * (1 + inverse / 2 + square * (1 / 6 - square * (1 / 30 - square * (1 / 42 - square / 30))))
    near = np.flatnonzero(values < FAR)
    if len(near):
        psi[near] = by_count(values[near], digamma)
        psi1[near] = by_count(values[near], lambda each: np.asarray(polygamma(1, each)))
    return psi, psi1
