"""A phrase as counts of its hashed character n-grams: what is kept of a phrase instead of its words."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.errors import NotInstalled

BUCKETS = 2**16
"""Places that n-grams are hashed to (MurmurHash3, the same on every machine); some share one."""

SIZES = (2, 5)
"""Characters of an n-gram, at least and at most, within words."""

Row = NDArray[np.float32]


def grams(phrases: Sequence[str]) -> Any:
    """Counts of the n-grams of phrases in plain spelling: sparse, `(n, BUCKETS)`.

    Raises:
        NotInstalled: without scikit-learn.
    """
    try:
        from scipy.sparse import csr_matrix
        from sklearn.feature_extraction.text import HashingVectorizer
    except ImportError as error:
        raise NotInstalled("Coding a patient's phrase needs the extra `text`: run `make text`.") from error
    if not phrases:
        return csr_matrix((0, BUCKETS), dtype=np.float32)
    hashed = HashingVectorizer(
        analyzer="char_wb",
        ngram_range=SIZES,
        n_features=BUCKETS,
        alternate_sign=False,
        norm=None,
        lowercase=False,
        dtype=np.float32,
    )
    return hashed.transform(phrases)


def rarity(counts: Any) -> Row:
    """How much each n-gram tells: its inverse document frequency, nothing where no phrase has it, `(BUCKETS,)`."""
    having = np.bincount(counts.indices, minlength=BUCKETS)
    return np.where(having, np.log((1 + counts.shape[0]) / (1 + having)) + 1, 0).astype(np.float32)


def weighted(counts: Any, rare: Row) -> Any:
    """Rows of length 1, so that the product of two is their likeness: log counts times `rarity`."""
    from sklearn.preprocessing import normalize

    found = counts.copy()
    found.data = (1 + np.log(found.data)) * rare[found.indices]
    return normalize(found, copy=False)
