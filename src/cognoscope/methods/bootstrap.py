"""Confidence intervals of figures of dependent observations, by resampling whole blocks."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def block_counts(blocks: int, draws: int, seed: int) -> Array:
    """How often each block comes in a draw of as many with replacement (Kunsch 1989, 10.1214/aos/1176347265).

    Returns:
        (draws, blocks) counts; `counts @ sums` gives each draw's sum of a quantity from its sums by block.
    """
    drawn = np.random.default_rng(seed).multinomial(blocks, np.full(blocks, 1 / blocks), size=draws)
    return drawn.astype(np.float64)


def block_sums(values: Array, length: int) -> Array:
    """Sum of each run of `length` values, NaN taken as nothing; the first block may be shorter.

    Args:
        values: (n,) in the order of time.
        length: values a block.

    Returns:
        (ceil(n / length),) sums, the last block being the latest.
    """
    filled = np.nan_to_num(values)
    padded = np.concatenate([np.zeros(-len(filled) % length), filled])
    return np.asarray(padded.reshape(-1, length).sum(axis=1), dtype=np.float64)


def interval(draws: Array, level: float = 0.95) -> tuple[float, float] | None:
    """Percentile interval of a figure's draws; draws without the figure are left out, None where all are."""
    known = draws[np.isfinite(draws)]
    if not len(known):
        return None
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
