"""The published formulas once more, written another way: what `evaluate` holds the method to.

Nothing of `cognoscope.methods` is used. Each pair is one object of exact fractions or of scipy's distributions; the
prior is fitted to every cell of the table one by one (nothing squashed) by BFGS with gradients taken by differences,
from other starts. PRR, ROR: Evans 2001, van Puijenbroek 2002. BCPNN: the moments of Gould 2003 as PhViD has them. IC:
Noren 2013. Chi-square: the sum of (|O - E| - 1/2)^2 / E over the four cells. EBGM: DuMouchel 1999.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats
from scipy.special import gammaln, polygamma, psi

Array = NDArray[np.float64]
Z = 1.959963984540054


@dataclass(frozen=True)
class Pair:
    """One two-by-two table in whole numbers."""

    a: int
    drug: int
    reaction: int
    total: int

    def measures(self) -> dict[str, float]:
        """PRR, ROR and chi-square with bounds, both information components with lower bounds; NaN where undefined."""
        a, b, c = self.a, self.drug - self.a, self.reaction - self.a
        d = self.total - self.drug - c
        found: dict[str, float] = {}
        if min(a, b, c, d) > 0:
            log_prr = math.log(a) - math.log(a + b) - math.log(c) + math.log(c + d)
            log_ror = math.log(a) + math.log(d) - math.log(b) - math.log(c)
            spread_prr = Z * math.sqrt(b / (a * (a + b)) + d / (c * (c + d)))
            spread_ror = Z * math.sqrt(math.fsum(1 / cell for cell in (a, b, c, d)))
            for name, middle, spread in (("prr", log_prr, spread_prr), ("ror", log_ror, spread_ror)):
                found[name] = math.exp(middle)
                found[f"{name}_low"], found[f"{name}_high"] = math.exp(middle - spread), math.exp(middle + spread)
            found["chi_square"] = self._chi_square(((a, b), (c, d)))
        expected = self.drug * self.reaction / self.total
        found["ic"] = math.log2((2 * a + 1) / (2 * expected + 1))
        found["ic_low"] = math.log2(stats.chi2.ppf(0.025, 2 * a + 1) / (2 * expected + 1))
        found["bcpnn"], found["bcpnn_low"] = self._network()
        return found

    def _chi_square(self, cells: tuple[tuple[int, int], tuple[int, int]]) -> float:
        rows, columns = [sum(row) for row in cells], [sum(column) for column in zip(*cells, strict=True)]
        expected = [[row * column / self.total for column in columns] for row in rows]
        off = abs(cells[0][0] - expected[0][0])
        return math.fsum(max(off - 0.5, 0) ** 2 / each for row in expected for each in row)

    def _network(self) -> tuple[float, float]:
        n = self.total
        shape = 1 + self.a
        rest = n - self.a - 1 + (2 + n) * (2 + n) / ((1 + self.reaction) * (1 + self.drug))
        beta = (
            (shape, rest, 1),
            (1 + self.drug, 1 + n - self.drug, -1),
            (1 + self.reaction, 1 + n - self.reaction, -1),
        )
        mean = math.fsum(sign * (psi(one) - psi(one + other)) for one, other, sign in beta) / math.log(2)
        variance = math.fsum(polygamma(1, one) - polygamma(1, one + other) for one, other, _ in beta) / math.log(2) ** 2
        return mean, mean - Z * math.sqrt(variance)


def fitted(observed: Array, expected: Array) -> tuple[float, ...]:
    """alpha1, beta1, alpha2, beta2 and the first part's share, from all cells of a table, zeros included."""
    known = expected > 0
    n, e = observed[known], expected[known]
    held, empty = n > 0, e[n == 0]
    some, of_some = n[held], e[held]

    def part(alpha: float, beta: float) -> tuple[Array, Array]:
        """Probabilities of the cells with and without reports, as those of failures before the alpha-th success."""
        success = beta / (beta + of_some)
        with_reports = gammaln(some + alpha) - gammaln(some + 1) - gammaln(alpha)
        with_reports += alpha * np.log(success) + some * np.log1p(-success)
        return np.exp(with_reports), (beta / (beta + empty)) ** alpha

    def loss(free: Array) -> float:
        (a1, b1, a2, b2), share = (
            np.exp(np.clip(free[:4], -14, 14)),
            1 / (1 + math.exp(-float(np.clip(free[4], -30, 30)))),
        )
        total = 0.0
        for first, second in zip(part(a1, b1), part(a2, b2), strict=True):
            total -= float(np.log(np.maximum(share * first + (1 - share) * second, 1e-300)).sum())
        return total / len(some)

    best, lowest = np.array([0.0, -1.0, 0.6, 0.8, -2.0]), math.inf
    for start in (best, np.array([-1.0, -2.5, 1.5, 1.6, -3.0]), np.array([-0.7, -1.0, 8.0, 8.0, 0.4])):
        found = optimize.minimize(loss, start, method="BFGS", options={"gtol": 1e-8, "maxiter": 200})
        if found.fun < lowest:
            best, lowest = found.x, found.fun
    return (*(float(each) for each in np.exp(best[:4])), 1 / (1 + math.exp(-float(best[4]))))


def shrunk(a: int, expected: float, prior: tuple[float, ...]) -> tuple[float, float]:
    """EBGM and EB05 of a pair: the mean by the closed form, the quantile by root finding on scipy's distributions."""
    a1, b1, a2, b2, w = prior
    first = w * stats.nbinom.pmf(a, a1, b1 / (b1 + expected))
    second = (1 - w) * stats.nbinom.pmf(a, a2, b2 / (b2 + expected))
    q = float(first / (first + second)) if first + second > 0 else (1.0 if a / expected > a2 / b2 else 0.0)
    parts = ((q, a1 + a, b1 + expected), (1 - q, a2 + a, b2 + expected))
    middle = math.fsum(share * (float(psi(shape)) - math.log(rate)) for share, shape, rate in parts)

    def off(x: float) -> float:
        return math.fsum(share * stats.gamma.cdf(math.exp(x) * rate, shape) for share, shape, rate in parts) - 0.05

    low = optimize.brentq(off, middle - 30, middle + 5, xtol=1e-13)
    return math.exp(middle), math.exp(low)
