"""From phrases with known codes to the codes of others: kernel ridge regression onto one column a code.

The likeness of two phrases is that of their spelling (hashed character n-grams) and of their meaning (vectors of an
encoder), mixed. Kernel ridge regression: Saunders, Gammerman and Vovk 1998; on one-hot labels it is the least-squares
support vector machine (Suykens and Vandewalle 1999, 10.1023/A:1018628609742).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cognoscope.apps.pharmacy.reactions.phrases_grams import grams, rarity, weighted

MEANING, SHARPNESS, RIDGE = 0.7, 4.0, 0.3
"""Share of meaning in the likeness; how fast it falls with the angle; penalty."""

Matrix = NDArray[np.float32]


class Known(NamedTuple):
    """Of phrases in plain spelling: their `grams`, vectors `(n, width)`, codes, and how much each counts."""

    grams: Any
    vectors: Matrix
    codes: Sequence[str]
    weights: NDArray[np.float32]


class Ridge:
    """Fitted on construction, seconds for three thousand phrases, unless `shares` says how it was fitted before.

    Args:
        known: what to learn from.
        shares: what each of its phrases says for each code, in the order of `np.unique`, `(n, codes)`.

    Raises:
        NotInstalled: without scikit-learn.
    """

    def __init__(self, known: Known, shares: Matrix | None = None) -> None:
        self.rare = rarity(known.grams)
        self.grams = weighted(known.grams, self.rare)
        self.vectors = known.vectors
        self.codes, column = np.unique(np.asarray(known.codes), return_inverse=True)
        self.shares = self._fitted(known, column) if shares is None else shares

    def _fitted(self, known: Known, column: NDArray[np.intp]) -> Matrix:
        from scipy.linalg import cho_factor, cho_solve

        root = np.sqrt(known.weights)[:, None].astype(np.float32)
        likeness = self._mix((self.grams @ self.grams.T).toarray(), known.vectors @ known.vectors.T)
        likeness *= root
        likeness *= root.T
        likeness[np.diag_indices(len(likeness))] += RIDGE
        asked = np.zeros((len(column), len(self.codes)), np.float32)
        asked[np.arange(len(column)), column] = root[:, 0]
        factor = cho_factor(likeness, lower=True, overwrite_a=True, check_finite=False)
        return np.asarray(root * cho_solve(factor, asked, check_finite=False), dtype=np.float32)

    def scores(self, phrases: Sequence[str], vectors: Matrix) -> Matrix:
        """Of each phrase for each of `codes`, near 1 where sure and near 0 elsewhere, `(n, codes)`."""
        asked = weighted(grams(phrases), self.rare)
        mixed = self._mix((asked @ self.grams.T).toarray(), vectors @ self.vectors.T)
        return np.asarray(mixed @ self.shares, dtype=np.float32)

    @staticmethod
    def _mix(spelling: Matrix, cosine: Matrix) -> Matrix:
        mixed = (1 - MEANING) * spelling + MEANING * np.exp(SHARPNESS * (cosine - 1))
        return np.asarray(mixed, dtype=np.float32)


def nearest(known: Sequence[str], phrases: Sequence[str]) -> list[int]:
    """The place in `known` of the phrase most alike in spelling to each of `phrases`: the simplest coder.

    Raises:
        NotInstalled: without scikit-learn.
    """
    counts = grams(known)
    rare = rarity(counts)
    alike = weighted(grams(phrases), rare) @ weighted(counts, rare).T
    return [int(place) for place in alike.toarray().argmax(1)]
