"""Cumulative antibiograms: which isolates count, what a dilution or a zone means, which share is susceptible.

Rules: EUCAST 2019 definitions (S and I, "susceptible, increased exposure", both count as susceptible) and CLSI M39
(first isolate of a species by patient and period, at least 30 isolates, combinations on isolates tested for all).
No hospital words: arrays in, arrays out.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, betabinom

LEAST_ISOLATES = 30
"""CLSI M39: fewer isolates say too little to be shown as a share."""

NEVER_DILUTION = 0.001
NEVER_ZONE = 50.0
"""EUCAST writes these where the wild type is susceptible at increased exposure only."""

SUSCEPTIBLE = ("S", "I")
CATEGORIES = ("S", "I", "R")
_VALUE = re.compile(r"^\s*(<=|>=|<|>|=|≤|≥)?\s*(\d{1,6}(?:[.,]\d{1,6})?)\s*$")
_SIGNS = {"≤": "<=", "≥": ">=", None: "=", "": "="}
Strings = NDArray[np.str_]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Share:
    """Isolates tested and, of these, susceptible ones, with the interval of the share."""

    tested: int
    susceptible: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Susceptible of tested; 0 where none was tested."""
        return self.susceptible / self.tested if self.tested else 0.0

    @property
    def enough(self) -> bool:
        """Whether CLSI M39 would show it."""
        return self.tested >= LEAST_ISOLATES


def first_isolates(
    patients: NDArray[np.generic],
    germs: NDArray[np.generic],
    periods: NDArray[np.generic],
    days: NDArray[np.datetime64],
) -> Mask:
    """Which rows are the first isolate of their patient, germ and period (all arrays of one length).

    Of two on the same day the earlier row counts. Source: CLSI M39.

    Raises:
        ValueError: the arrays differ in length.
    """
    if len({len(patients), len(germs), len(periods), len(days)}) > 1:
        raise ValueError("patients, germs, periods and days differ in length")
    order = np.argsort(days, kind="stable")
    seen: set[tuple[object, object, object]] = set()
    first = np.zeros(len(days), dtype=bool)
    for row in order:
        key = (patients[row], germs[row], periods[row])
        if key not in seen:
            seen.add(key)
            first[row] = True
    return first


def cumulate(categories: Sequence[Strings], among: Mask, level: float = 0.95) -> Share:
    """The share of the isolates in `among` that at least one of the agents is active against.

    categories: one array an agent of S, I, R or anything else for not tested; an isolate counts where every agent was
    tested (CLSI M39, combination antibiogram).
    """
    tested = among.copy()
    active = np.zeros(len(among), dtype=bool)
    for one in categories:
        tested &= np.isin(one, CATEGORIES)
        active |= np.isin(one, SUSCEPTIBLE)
    number, good = int(tested.sum()), int((tested & active).sum())
    low, high = clopper_pearson(good, number, level)
    return Share(number, good, low, high)


def clopper_pearson(successes: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of a proportion (Clopper and Pearson 1934); 0 to 1 without trials."""
    if trials == 0:
        return 0.0, 1.0
    tail = (1 - level) / 2
    low = 0.0 if successes == 0 else float(beta.ppf(tail, successes, trials - successes + 1))
    high = 1.0 if successes == trials else float(beta.ppf(1 - tail, successes + 1, trials - successes))
    return low, high


def foreseen(successes: int, trials: int, later: int, level: float = 0.95) -> tuple[float, float]:
    """Interval of the share that `later` further trials will show, from a Beta law with Jeffreys' prior."""
    if later == 0:
        return 0.0, 1.0
    law = betabinom(later, successes + 0.5, trials - successes + 0.5)
    tail = (1 - level) / 2
    return float(law.ppf(tail)) / later, float(law.ppf(1 - tail)) / later


@dataclass(frozen=True)
class Measured:
    """A dilution in mg/L or a zone in mm; `sign` is `=`, or says on which side of `value` it lies."""

    value: float
    sign: str = "="


def read_measured(text: str) -> Measured | None:
    """`0.5`, `<=0,25`, `> 8`; None where it is no such value."""
    found = _VALUE.match(text)
    if found is None:
        return None
    sign = _SIGNS.get(found[1], found[1] or "=")
    return Measured(float(found[2].replace(",", ".")), sign)


def interpret(measured: Measured, method: str, susceptible: float, resistant: float) -> str | None:
    """S, I or R of a dilution (`MIC`) or zone (`DISK`); None where a censored value decides nothing.

    A dilution is S at or below `susceptible` and R above `resistant`; a zone is S at or above `susceptible` and R
    below `resistant`. Source: EUCAST clinical breakpoint tables, notes.
    """
    low, high = _range(measured)
    # Breakpoints that no value reaches (0.001 mg/L, 50 mm) say "I at best": a censored value counts as its bound.
    if method == "DISK" and susceptible >= NEVER_ZONE and math.isinf(high):
        high = low
    elif method == "MIC" and susceptible <= NEVER_DILUTION and low == 0:
        low = high
    found = {_category(value, method, susceptible, resistant) for value in (low, high)}
    return found.pop() if len(found) == 1 else None


def _range(measured: Measured) -> tuple[float, float]:
    match measured.sign:
        case "<=":
            return 0.0, measured.value
        case "<":
            return 0.0, math.nextafter(measured.value, 0.0)
        case ">=":
            return measured.value, math.inf
        case ">":
            return math.nextafter(measured.value, math.inf), math.inf
        case _:
            return measured.value, measured.value


def _category(value: float, method: str, susceptible: float, resistant: float) -> str:
    if method == "DISK":
        return "S" if value >= susceptible else ("R" if value < resistant else "I")
    return "S" if value <= susceptible else ("R" if value > resistant else "I")


@dataclass(frozen=True)
class Covered:
    """Probability that the unknown germ is covered.

    `known` is the weight of germs about which something is known; `expected` is the mean over these alone; `low` and
    `high` bound the whole: germs of which nothing is known count as not covered in `low`, as covered in `high`.
    """

    expected: float
    low: float
    high: float
    known: float


def covered(weights: Sequence[float], shares: Sequence[tuple[int, int] | float | None], level: float = 0.95) -> Covered:
    """Mean susceptibility over germs by their weights, with an interval.

    shares: for each germ (susceptible, tested), or a certain 0.0 or 1.0, or None where nothing is known. Counts are
    taken as Beta laws with Jeffreys' prior; the sum is matched to a Beta by mean and variance.
    """
    total = math.fsum(weights)
    if total <= 0:
        return Covered(0.0, 0.0, 1.0, 0.0)
    mean = variance = known = 0.0
    for weight, share in zip(weights, shares, strict=True):
        part = weight / total
        if share is None:
            continue
        known += part
        if isinstance(share, tuple):
            a, b = share[0] + 0.5, share[1] - share[0] + 0.5
            mean += part * a / (a + b)
            variance += part**2 * a * b / ((a + b) ** 2 * (a + b + 1))
        else:
            mean += part * share
    low, high = _matched(mean / known if known else 0.0, variance / known**2 if known else 0.0, level)
    return Covered(
        mean / known if known else 0.0, low * known, min(1.0, high * known + 1 - known) if known else 1.0, known
    )


def _matched(mean: float, variance: float, level: float) -> tuple[float, float]:
    if variance <= 0 or not 0 < mean < 1:
        return mean, mean
    size = mean * (1 - mean) / variance - 1
    tail = (1 - level) / 2
    law = beta(mean * size, (1 - mean) * size)
    return float(law.ppf(tail)), float(law.ppf(1 - tail))
