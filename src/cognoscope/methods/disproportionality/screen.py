"""Every measure of every pair, in pieces that fit the processor's cache, on all its cores."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from cognoscope.methods.disproportionality.counts import Counts
from cognoscope.methods.disproportionality.gamma_poisson import Prior
from cognoscope.methods.disproportionality.information import bcpnn, information_component
from cognoscope.methods.disproportionality.likelihood_ratio import log_likelihood_ratio
from cognoscope.methods.disproportionality.posterior import Quantiles, geometric_mean
from cognoscope.methods.disproportionality.ratios import chi_square, prr, ror

Array = NDArray[np.float64]
PIECE = 1 << 15
THREADS = 2


@dataclass(frozen=True)
class Screen:
    """The measures of each pair; see the functions that bear their names."""

    prr: Array
    prr_low: Array
    prr_high: Array
    ror: Array
    ror_low: Array
    ror_high: Array
    chi_square: Array
    bcpnn: Array
    bcpnn_low: Array
    bcpnn_high: Array
    ic: Array
    ic_low: Array
    ic_high: Array
    log_likelihood_ratio: Array
    ebgm: Array
    eb05: Array
    eb95: Array


def screen(counts: Counts, expected: Array, prior: Prior, threads: int = THREADS) -> Screen:
    """All measures; `expected` (stratified or not) enters the IC with shrinkage, EBGM and the likelihood ratio.

    Threads change nothing of the result: each piece is computed alone.
    """
    quantiles = Quantiles(counts.both, expected, prior, (0.05, 0.95))
    found = Screen(*(np.empty(len(counts)) for _ in fields(Screen)))

    def piece(start: int) -> None:
        rows = slice(start, start + PIECE)
        part = Counts(counts.both[rows], counts.drug[rows], counts.reaction[rows], counts.total[rows])
        e = expected[rows]
        estimates = (prr(part), ror(part), bcpnn(part), information_component(part.both, e))
        for name, one in zip(("prr", "ror", "bcpnn", "ic"), estimates, strict=True):
            for suffix, values in (("", one.value), ("_low", one.low), ("_high", one.high)):
                getattr(found, name + suffix)[rows] = values
        found.chi_square[rows] = chi_square(part)
        found.log_likelihood_ratio[rows] = log_likelihood_ratio(part.both, e, part.drug)
        found.ebgm[rows] = geometric_mean(part.both, e, prior)
        found.eb05[rows], found.eb95[rows] = quantiles(part.both, e)

    _spread(piece, range(0, len(counts), PIECE), threads)
    return found


def _spread(work: Callable[[int], None], starts: range, threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(work, starts):
            pass
