"""`cognoscope evaluate pharmacy.reactions` on a folder laid out like SMM4H 2017 task 3: patients' phrases to PT codes.

Rows that the reference's training file does not hold are judged by a coder fitted on that file. A folder with none of
these is judged on itself: five random folds, and five folds in which no phrase of a fold is in another. SMM4H is for
research: what is fitted on it is judged here and ships nowhere; `phrase_accuracy_shipped` is `phrases.rank`, which
knows none of it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cognoscope.apps.pharmacy.reactions import phrases
from cognoscope.apps.pharmacy.reactions.evaluate_phrases_rows import groups, others, split
from cognoscope.apps.pharmacy.reactions.phrases_coder import Coder, Row
from cognoscope.apps.pharmacy.reactions.phrases_encoder import vectors
from cognoscope.apps.pharmacy.reactions.phrases_ridge import Known, Matrix, nearest
from cognoscope.apps.pharmacy.reactions.phrases_words import plain, same
from cognoscope.core.evaluation import Metric
from cognoscope.methods.bootstrap import block_counts, interval

FOLDS, SEED, DRAWS = 5, 20261122, 1000
REFERENCE = 0.885
SOURCE = "best single system on the 2,500 test phrases (random split): Sarker et al., JAMIA 2018"
FIRST_FEW = 5

Pair = tuple[list[Row], list[Row]]


def evaluate(folder: Path) -> tuple[list[Metric], dict[str, Any], int]:
    """`phrase_accuracy` and `phrase_accuracy_disjoint` (phrases resampled), `phrase_accuracy_shipped`; detail; rows.

    The baseline is the code of the phrase most alike in spelling among those learnt from.

    Raises:
        InvalidInput: the folder holds no row with a code.
        NotInstalled: without the extra `text`.
    """
    learnt, judged = split(folder)
    known = dict.fromkeys(plain(row.phrase) for row in (*learnt, *judged))
    read = dict(zip(known, vectors(list(known)), strict=True))
    if learnt:
        phrases_learnt = {same(row.phrase) for row in learnt}
        new = [row for row in judged if same(row.phrase) not in phrases_learnt]
        parts = {"phrase_accuracy": [(learnt, judged)], "phrase_accuracy_disjoint": [(learnt, new)]}
        manner = "rows that the reference's training file does not hold, by a coder fitted on that file"
    else:
        parts = {"phrase_accuracy": random_folds(judged), "phrase_accuracy_disjoint": disjoint_folds(judged)}
        manner = f"the folder's rows in {FOLDS} folds, seed {SEED}"
    further = others({row.code for row in learnt or judged})
    metrics = [_metric(name, pairs, read, further) for name, pairs in parts.items() if any(test for _, test in pairs)]
    ships, detail = _shipped(judged, read)
    detail |= {"judged": manner, "learnt_from": len(learnt), "phrases": len(set(groups(judged)))}
    return [*metrics, ships], detail, len(judged)


def random_folds(rows: Sequence[Row]) -> list[Pair]:
    """Rows dealt at random."""
    return _pairs(rows, np.random.default_rng(SEED).permutation(len(rows)) % FOLDS)


def disjoint_folds(rows: Sequence[Row]) -> list[Pair]:
    """Phrases dealt at random, each with all of its rows."""
    numbers = np.array(groups(rows))
    return _pairs(rows, (np.random.default_rng(SEED).permutation(numbers.max() + 1) % FOLDS)[numbers])


def _pairs(rows: Sequence[Row], fold: Any) -> list[Pair]:
    def part(kept: Any) -> list[Row]:
        return [row for row, here in zip(rows, kept, strict=True) if here]

    pairs = [(part(fold != number), part(fold == number)) for number in range(FOLDS)]
    return [(train, test) for train, test in pairs if train and test]


def _metric(name: str, pairs: Sequence[Pair], read: dict[str, Matrix], further: Known) -> Metric:
    judged: list[Row] = []
    right: list[bool] = []
    simple: list[bool] = []
    coder: tuple[list[Row], Coder] | None = None
    for train, test in pairs:
        if coder is None or coder[0] is not train:
            coder = train, Coder(train, further, read)
        said = coder[1].codes([row.phrase for row in test])
        alike = nearest([plain(row.phrase) for row in train], [plain(row.phrase) for row in test])
        judged += test
        right += [row.code == code for row, code in zip(test, said, strict=True)]
        simple += [row.code == train[place].code for row, place in zip(test, alike, strict=True)]
    low, high = _between(judged, right)
    return Metric(
        name=name,
        value=float(np.mean(right)),
        low=low,
        high=high,
        baseline=float(np.mean(simple)),
        reference=REFERENCE,
        reference_source=SOURCE,
    )


def _shipped(judged: Sequence[Row], read: dict[str, Matrix]) -> tuple[Metric, dict[str, Any]]:
    """The shipped ranking: the share right at first, and among the first few."""
    words = list(dict.fromkeys(plain(row.phrase) for row in judged))
    ranked = phrases.ranked(words, np.stack([read[each] for each in words]), FIRST_FEW)
    known = {each: [code for code, _ in some] for each, some in zip(words, ranked, strict=True)}
    right = [row.code in known[plain(row.phrase)][:1] for row in judged]
    few = [row.code in known[plain(row.phrase)] for row in judged]
    low, high = _between(judged, right)
    metric = Metric(name="phrase_accuracy_shipped", value=float(np.mean(right)), low=low, high=high)
    return metric, {f"shipped_right_among_first_{FIRST_FEW}": float(np.mean(few))}


def _between(judged: Sequence[Row], right: Sequence[bool]) -> tuple[float | None, float | None]:
    """95 % interval of the share right, phrases resampled with all their rows."""
    numbers = np.array(groups(judged))
    sums = np.bincount(numbers, np.array(right, np.float64))
    sizes = np.bincount(numbers).astype(np.float64)
    drawn = block_counts(len(sizes), DRAWS, SEED)
    return interval((drawn @ sums) / (drawn @ sizes)) or (None, None)
