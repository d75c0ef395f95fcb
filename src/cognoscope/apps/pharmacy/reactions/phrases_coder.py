"""A coder fitted on a set of phrases with codes, beside the phrases that ship: what `evaluate` judges.

A phrase that the set holds gets its commonest code there; any other goes to the ridge.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from cognoscope.apps.pharmacy.reactions.phrases_grams import grams
from cognoscope.apps.pharmacy.reactions.phrases_ridge import Known, Matrix, Ridge
from cognoscope.apps.pharmacy.reactions.phrases_words import plain, same

OWN_WEIGHT = 0.5
"""Weight of a phrase that ships, or of a name, beside one row of the set."""


class Row(NamedTuple):
    """One row of a set: its identifier, the phrase as written, its code."""

    identifier: str
    phrase: str
    code: str


class Coder:
    """Fitted on construction.

    Args:
        rows: the set to learn from.
        others: further phrases with codes; only codes of the set are learnt from them.
        vectors: the vector of each phrase in plain spelling.
    """

    def __init__(self, rows: Sequence[Row], others: Known, vectors: Mapping[str, Matrix]) -> None:
        from scipy.sparse import vstack

        self.vectors = vectors
        self.votes: dict[str, Counter[str]] = {}
        counted: Counter[tuple[str, str]] = Counter()
        for row in rows:
            self.votes.setdefault(same(row.phrase), Counter())[row.code] += 1
            counted[plain(row.phrase), row.code] += 1
        codes = {row.code for row in rows}
        kept = [place for place, code in enumerate(others.codes) if code in codes]
        own = np.stack([vectors[phrase] for phrase, _ in counted])
        self.ridge = Ridge(
            Known(
                vstack([grams([phrase for phrase, _ in counted]), others.grams[kept]], format="csr"),
                np.concatenate([own, others.vectors[kept]]),
                [*(code for _, code in counted), *(others.codes[place] for place in kept)],
                np.concatenate([np.array(list(counted.values())), others.weights[kept] * OWN_WEIGHT]).astype(
                    np.float32
                ),
            )
        )

    def codes(self, phrases: Sequence[str]) -> list[str]:
        """The code of each phrase."""
        words = [plain(phrase) for phrase in phrases]
        scores = self.ridge.scores(words, np.stack([self.vectors[each] for each in words]))
        best = self.ridge.codes[scores.argmax(1)]
        return [self._kept(phrase) or str(code) for phrase, code in zip(phrases, best, strict=True)]

    def _kept(self, phrase: str) -> str | None:
        votes = self.votes.get(same(phrase))
        return max(votes.items(), key=lambda one: (one[1], one[0]))[0] if votes else None
