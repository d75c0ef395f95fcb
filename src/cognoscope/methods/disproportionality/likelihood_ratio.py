"""The likelihood ratio test of one drug over all reactions.

Huang, Zalkikar & Tiwari 2011, 10.1198/jasa.2011.ap10243.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

from cognoscope.core.errors import InvalidInput

Array = NDArray[np.float64]

DRAWS_AT_ONCE = 2_000_000


def log_likelihood_ratio(observed: ArrayLike, expected: ArrayLike, drug: ArrayLike) -> Array:
    """ln LR = n ln(n / E) + (m - n) ln[(m - n) / (m - E)] where n > E, else 0.

    Args:
        observed: n, reports of each reaction with the drug.
        expected: E, what the reaction's share of all reports makes of m.
        drug: m, all counts of the drug (the sum of its n over the reactions).
    """
    n, e, m = np.broadcast_arrays(*(np.asarray(each, dtype=np.float64) for each in (observed, expected, drug)))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = xlogy(n, n / e) + xlogy(m - n, (m - n) / (m - e))
    return np.where((n > e) & (e > 0), ratio, 0.0)


def likelihood_ratio_test(observed: ArrayLike, reactions: ArrayLike, draws: int, seed: int) -> tuple[Array, Array]:
    """ln LR of each reaction of one drug, and its Monte Carlo p-value against the largest ln LR by chance.

    Under the null hypothesis the drug's m counts fall on the reactions as a multinomial with each reaction's share of
    all counts; p = (1 + number of draws whose largest ln LR is at least as large) / (1 + draws), which controls the
    family-wise error over the reactions of the drug.

    Args:
        observed: (r,) the drug's count of each reaction.
        reactions: (r,) counts of each reaction over all drugs.
        draws: number of simulated drugs (999 gives p-values down to 0.001).
        seed: of the simulation.

    Raises:
        InvalidInput: the lengths differ, or a reaction has fewer counts than the drug alone.
    """
    n, margins = np.asarray(observed, dtype=np.float64), np.asarray(reactions, dtype=np.float64)
    if n.shape != margins.shape or (n > margins).any() or (n < 0).any():
        raise InvalidInput("The drug's counts do not fit those of the reactions: one of each a reaction is needed.")
    m, total = n.sum(), margins.sum()
    if m == 0:
        return np.zeros(len(n)), np.ones(len(n))
    share = margins / total
    expected = m * share
    found = log_likelihood_ratio(n, expected, m)
    generator = np.random.default_rng(seed)
    step = max(1, DRAWS_AT_ONCE // len(n))
    largest = np.concatenate(
        [
            log_likelihood_ratio(generator.multinomial(int(m), share, size=min(step, draws - start)), expected, m).max(
                axis=1
            )
            for start in range(0, draws, step)
        ]
    )
    above = draws - np.searchsorted(np.sort(largest), found, side="left")
    return found, (1 + above) / (1 + draws)
