"""A patient's English phrase to the codes it may mean, from phrases that may ship."""

from collections.abc import Sequence
from functools import cache

from cognoscope.apps.pharmacy.reactions.phrases_encoder import vectors
from cognoscope.apps.pharmacy.reactions.phrases_known import shipped
from cognoscope.apps.pharmacy.reactions.phrases_ridge import Matrix, Ridge
from cognoscope.apps.pharmacy.reactions.phrases_words import plain

MOST = 10


def rank(phrase: str, most: int = MOST) -> list[tuple[str, float]]:
    """MedDRA codes of preferred terms with their scores in [0, 1], best first; none where the phrase holds no word.

    The first call takes a second: the ridge is fitted on the phrases that ship. A score near 1 says that the phrase is
    all but one of them, a best score below 0.3 that none is near.

    Raises:
        NotInstalled: without the extra `text`.
    """
    words = plain(phrase)
    if not words:
        return []
    return ranked([words], vectors([words]), most)[0]


def ranked(words: Sequence[str], read: Matrix, most: int = MOST) -> list[list[tuple[str, float]]]:
    """`rank` of several phrases in plain spelling with their vectors."""
    ridge = _ridge()
    scores = ridge.scores(words, read)
    best = scores.argsort(axis=1, kind="stable")[:, ::-1][:, :most]
    return [
        [(str(ridge.codes[place]), float(min(1.0, one[place]))) for place in places if one[place] > 0]
        for one, places in zip(scores, best, strict=True)
    ]


@cache
def _ridge() -> Ridge:
    return Ridge(shipped())
