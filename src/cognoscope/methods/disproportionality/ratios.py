"""Frequentist measures of a two-by-two table: PRR, ROR, and the chi-square with Yates' correction."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from cognoscope.methods.disproportionality.counts import Counts

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A measure of each pair with its interval; NaN where the table does not define it."""

    value: Array
    low: Array
    high: Array


def prr(counts: Counts, level: float = 0.95) -> Estimate:
    """Proportional reporting ratio (Evans, Waller & Davis 2001, 10.1002/pds.677).

    PRR = [a / (a + b)] / [c / (c + d)]; var(ln PRR) = 1/a - 1/(a + b) + 1/c - 1/(c + d).
    A zero in `a` gives 0 with the interval [0, NaN]; a zero in `c` gives infinity with the interval [NaN, inf]: no
    half report is added.
    """
    rest = counts.total - counts.drug
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (counts.both / counts.drug) / (counts.reaction_only / rest)
        variance = 1 / counts.both - 1 / counts.drug + 1 / counts.reaction_only - 1 / rest
    return _log_normal(value, variance, level)


def ror(counts: Counts, level: float = 0.95) -> Estimate:
    """Reporting odds ratio (van Puijenbroek et al. 2002, 10.1002/pds.668).

    ROR = a d / (b c); var(ln ROR) = 1/a + 1/b + 1/c + 1/d. Zero cells as in `prr`.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (counts.both * counts.neither) / (counts.drug_only * counts.reaction_only)
        variance = 1 / counts.both + 1 / counts.drug_only + 1 / counts.reaction_only + 1 / counts.neither
    return _log_normal(value, variance, level)


def chi_square(counts: Counts) -> Array:
    """Chi-square of the table with Yates' continuity correction (Yates 1934, 10.2307/2983604).

    N (max(0, |ad - bc| - N/2))^2 / [(a+b)(c+d)(a+c)(b+d)]; NaN where a margin is empty. The correction never turns a
    deviation round: below half a report it is nothing.
    """
    a, b, c, d = counts.both, counts.drug_only, counts.reaction_only, counts.neither
    deviation = np.maximum(np.abs(a * d - b * c) - counts.total / 2, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Divided step by step: the product of four margins of a large database is beyond 2^53.
        scaled = deviation / counts.drug / counts.reaction
        return counts.total * scaled * deviation / (counts.total - counts.drug) / (counts.total - counts.reaction)


def _log_normal(value: Array, variance: Array, level: float) -> Estimate:
    """exp(ln value +- z sd); NaN bounds where the variance is not finite."""
    z = float(ndtri((1 + level) / 2))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        factor = np.exp(z * np.sqrt(variance))
        low, high = value / factor, value * factor
    low = np.where(value == 0, 0.0, np.where(np.isfinite(low), low, np.nan))
    high = np.where(np.isposinf(value), np.inf, np.where(np.isfinite(high) & (value > 0), high, np.nan))
    return Estimate(value, np.where(np.isposinf(value), np.nan, low), high)
