"""Age, sex and year taken out of the comparison: expected counts and odds ratios over strata."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from cognoscope.methods.disproportionality.ratios import Estimate

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

ROWS_AT_ONCE = 200_000
DRUGS_AT_ONCE = 128
WORTHWHILE = 50
"""Cells a pair up to which all cells are cheaper by matrix product than the pairs one by one."""


def stratified_expected(drugs: Array, reactions: Array, totals: Array, drug_of: Indices, reaction_of: Indices) -> Array:
    """E of each pair: the sum over strata of drug x reaction / total within the stratum (DuMouchel 1999, section 2).

    Args:
        drugs: (d, s) reports of each drug in each stratum.
        reactions: (r, s) reports of each reaction in each stratum.
        totals: (s,) reports of each stratum; an empty one adds nothing.
        drug_of, reaction_of: (n,) row of each pair's drug and reaction.
    """
    shares = per_report(drugs, totals)
    expected = np.empty(len(drug_of))
    if len(drugs) * len(reactions) <= WORTHWHILE * len(drug_of) and (np.diff(drug_of) >= 0).all():
        return _by_drug(shares, reactions, drug_of, reaction_of, expected)
    for start in range(0, len(drug_of), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        expected[rows] = np.einsum("ns,ns->n", shares[drug_of[rows]], reactions[reaction_of[rows]])
    return expected


def _by_drug(shares: Array, reactions: Array, drug_of: Indices, reaction_of: Indices, expected: Array) -> Array:
    """Every cell of some drugs at a time, and of these the pairs asked for; pairs are in the order of drugs."""
    across = np.ascontiguousarray(reactions.T)
    starts = np.searchsorted(drug_of, np.arange(0, len(shares) + DRUGS_AT_ONCE, DRUGS_AT_ONCE))
    for block, (start, stop) in enumerate(pairwise(starts)):
        first = block * DRUGS_AT_ONCE
        cells = shares[first : first + DRUGS_AT_ONCE] @ across
        expected[start:stop] = cells[drug_of[start:stop] - first, reaction_of[start:stop]]
    return expected


def per_report(drugs: Array, totals: Array) -> Array:
    """(d, s) share of each stratum's reports that name the drug; 0 in an empty stratum."""
    return np.divide(drugs, totals, out=np.zeros(drugs.shape), where=totals > 0)


def mantel_haenszel(both: Array, drug: Array, reaction: Array, total: Array, level: float = 0.95) -> Estimate:
    """Common odds ratio over strata (Mantel & Haenszel 1959) with the interval of Robins, Breslow & Greenland 1986.

    OR = sum(a d / N) / sum(b c / N). With P = (a + d) / N, Q = (b + c) / N, R = a d / N, S = b c / N:
    var(ln OR) = sum(P R) / (2 R+^2) + sum(P S + Q R) / (2 R+ S+) + sum(Q S) / (2 S+^2) (10.2307/2531052).

    Args:
        both, drug, reaction, total: (n, s) margins of each pair in each stratum, as in `Counts`.
    """
    a, b, c = both, drug - both, reaction - both
    d = total - drug - reaction + both
    with np.errstate(divide="ignore", invalid="ignore"):
        p, q, r, s = (np.where(total > 0, each / total, 0.0) for each in (a + d, b + c, a * d, b * c))
        r_sum, s_sum = r.sum(axis=1), s.sum(axis=1)
        value = r_sum / s_sum
        variance = (p * r).sum(axis=1) / (2 * r_sum**2)
        variance += (p * s + q * r).sum(axis=1) / (2 * r_sum * s_sum)
        variance += (q * s).sum(axis=1) / (2 * s_sum**2)
        factor = np.exp(float(ndtri((1 + level) / 2)) * np.sqrt(variance))
        usable = np.isfinite(variance) & (value > 0) & np.isfinite(value)
        low, high = np.where(usable, value / factor, np.nan), np.where(usable, value * factor, np.nan)
    return Estimate(value, low, high)
