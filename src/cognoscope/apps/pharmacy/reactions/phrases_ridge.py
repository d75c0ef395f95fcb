"""From phrases with known codes to the codes of others: kernel ridge regression onto one column a code.

The likeness of two phrases is that of their spelling (character n-grams) and of their meaning (vectors of an encoder),
mixed. Kernel ridge regression: Saunders, Gammerman and Vovk 1998; on one-hot labels it is the least-squares support
vector machine (Suykens and Vandewalle 1999, 10.1023/A:1018628609742).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cognoscope.core.errors import NotInstalled

MEANING, SHARPNESS, RIDGE = 0.7, 4.0, 0.3
"""Share of meaning in the likeness; how fast it falls with the angle; penalty."""

Matrix = NDArray[np.float32]


class Known(NamedTuple):
    """Phrases in plain spelling, their vectors `(n, width)`, their codes, and how much each counts."""

    phrases: Sequence[str]
    vectors: Matrix
    codes: Sequence[str]
    weights: NDArray[np.float32]


class Ridge:
    """Fitted on construction; seconds for three thousand phrases.

    Raises:
        NotInstalled: without scikit-learn.
    """

    def __init__(self, known: Known) -> None:
        from scipy.linalg import cho_factor, cho_solve

        self.spelling = _spelling()
        self.grams = self.spelling.fit_transform(known.phrases)
        self.vectors = known.vectors
        self.codes, column = np.unique(np.asarray(known.codes), return_inverse=True)
        root = np.sqrt(known.weights)[:, None].astype(np.float32)
        likeness = self._mix((self.grams @ self.grams.T).toarray(), known.vectors @ known.vectors.T)
        likeness *= root
        likeness *= root.T
        likeness[np.diag_indices(len(likeness))] += RIDGE
        asked = np.zeros((len(column), len(self.codes)), np.float32)
        asked[np.arange(len(column)), column] = root[:, 0]
        factor = cho_factor(likeness, lower=True, overwrite_a=True, check_finite=False)
        self.shares = root * cho_solve(factor, asked, check_finite=False)

    def scores(self, phrases: Sequence[str], vectors: Matrix) -> Matrix:
        """Of each phrase for each of `codes`, near 1 where sure and near 0 elsewhere, `(n, codes)`."""
        grams = self.spelling.transform(phrases)
        mixed = self._mix((grams @ self.grams.T).toarray(), vectors @ self.vectors.T)
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
    spelling = _spelling()
    grams = spelling.fit_transform(known)
    return [int(place) for place in (spelling.transform(phrases) @ grams.T).toarray().argmax(1)]


def _spelling() -> Any:
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError as error:
        raise NotInstalled("Coding a patient's phrase needs the extra `text`: run `make text`.") from error
    return TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, lowercase=False, dtype=np.float32)
