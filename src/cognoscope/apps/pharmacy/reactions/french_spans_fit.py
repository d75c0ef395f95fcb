"""Learns to mark disorders in French sections from others, for evaluation only: the annotated texts have no licence
to ship.

One linear classifier of words (averaged logistic regression by stochastic gradient, one label against the others),
then the likeliest allowed sequence of labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.apps.pharmacy.reactions.french_spans_corpus import Leaflet
from cognoscope.apps.pharmacy.reactions.french_spans_features import BUCKETS, Expressions, Read, expressions, listed
from cognoscope.apps.pharmacy.reactions.french_spans_tagging import BEGIN, END, SINGLE, likeliest, spans_of, tagged
from cognoscope.core.errors import NotInstalled

ROUNDS = 12


@dataclass(frozen=True)
class Marker:
    """A classifier of words and the expressions that it was told of."""

    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    known: Expressions

    def spans(self, text: Read) -> list[tuple[int, int]]:
        """Character spans of a text's disorders."""
        if not text.words:
            return []
        scores = -np.logaddexp(0.0, -(_clipped(text.table + listed(text, self.known)) @ self.weights.T + self.bias))
        return spans_of(text.words, likeliest(scores))


def fit(leaflets: Sequence[Leaflet], texts: Sequence[Read], seed: int) -> Marker:
    """A marker of these sections.

    Raises:
        NotInstalled: scikit-learn is missing.
    """
    try:
        from scipy.sparse import vstack
        from sklearn.linear_model import SGDClassifier
    except ImportError as error:
        raise NotInstalled("Learning to mark French reactions needs the extra `text`: run `make text`.") from error
    labels = [tagged(text.words, leaflet.spans) for leaflet, text in zip(leaflets, texts, strict=True)]
    known = expressions(
        [(one.product, text, _runs(some)) for one, text, some in zip(leaflets, texts, labels, strict=True)]
    )
    marks = [listed(text, known, leaflet.product) for leaflet, text in zip(leaflets, texts, strict=True)]
    x = _clipped(vstack([text.table for text in texts], "csr") + vstack(marks, "csr"))
    learner: Any = SGDClassifier(
        loss="log_loss", alpha=1e-5, max_iter=ROUNDS, tol=None, average=True, random_state=seed
    ).fit(x, np.concatenate(labels))
    weights, bias = np.zeros((SINGLE + 1, BUCKETS)), np.full(SINGLE + 1, -30.0)
    coef, intercept = learner.coef_, learner.intercept_
    if len(learner.classes_) == 2:
        # Of two labels scikit-learn keeps the weights of the second.
        coef, intercept = np.vstack([-coef, coef]), np.concatenate([-intercept, intercept])
    weights[learner.classes_], bias[learner.classes_] = coef, intercept
    return Marker(weights, bias, known)


def _clipped(table: Any) -> Any:
    table.data[:] = 1.0
    return table


def _runs(labels: NDArray[np.int64]) -> list[tuple[int, int]]:
    found, first = [], 0
    for at, label in enumerate(labels.tolist()):
        if label in (BEGIN, SINGLE):
            first = at
        if label in (END, SINGLE):
            found.append((first, at))
    return found
