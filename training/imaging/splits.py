"""Which images are judged together: whole groups, or runs of neighbours, never single images."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def by_group(groups: Sequence[str], folds: int, seed: int) -> NDArray[np.int64]:
    """The fold of each image: groups in an order drawn with the seed, dealt out one by one.

    The order starts from the sorted names, so that it does not depend on the order of the images.
    """
    names = sorted(set(groups))
    drawn = np.random.default_rng(seed).permutation(len(names))
    fold = {names[place]: number % folds for number, place in enumerate(drawn)}
    return np.array([fold[group] for group in groups], dtype=np.int64)


def by_block(count: int, folds: int) -> NDArray[np.int64]:
    """The fold of each of `count` images in their order: as many runs of neighbours as folds.

    For images without a group's name whose neighbours come from one patient.
    """
    return np.arange(count, dtype=np.int64) * folds // count
