"""A patient's English phrase to the codes it may mean, from what a model that ships learnt."""

from collections.abc import Sequence

from cognoscope.apps.pharmacy.reactions.phrases_encoder import vectors
from cognoscope.apps.pharmacy.reactions.phrases_known import shipped
from cognoscope.apps.pharmacy.reactions.phrases_ridge import Matrix
from cognoscope.apps.pharmacy.reactions.phrases_words import plain

MOST = 10


def rank(phrase: str, most: int = MOST) -> list[tuple[str, float]]:
    """MedDRA codes of preferred terms with their scores in [0, 1], best first; none where the phrase holds no word.

    The first call opens the encoder, the model and scikit-learn: about a second, the others some milliseconds. A score
    near 1 says that the phrase is all but one that the model learnt, a best score below 0.3 that none is near.

    Raises:
        NotInstalled: without the extra `text`.
    """
    words = plain(phrase)
    if not words:
        return []
    return ranked([words], vectors([words]), most)[0]


def ranked(words: Sequence[str], read: Matrix, most: int = MOST) -> list[list[tuple[str, float]]]:
    """`rank` of several phrases in plain spelling with their vectors."""
    ridge = shipped().ridge
    scores = ridge.scores(words, read)
    best = scores.argsort(axis=1, kind="stable")[:, ::-1][:, :most]
    return [
        [(str(ridge.codes[place]), float(min(1.0, one[place]))) for place in places if one[place] > 0]
        for one, places in zip(scores, best, strict=True)
    ]
