"""Learns to read labels from annotated ones. Every figure a label is judged by in training leaves out that label's
own word.

Two stages, each with `PARTS` models that leave out a part of the labels by turns: a linear model of the context of a
mention (logistic loss, averaged stochastic gradient), then boosted trees over the rows of `labels_rows`. Chances
that the second stage and the threshold learn from come from models that did not see the label (stacking, Wolpert
1992); at work the `PARTS` models of each stage are averaged.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cognoscope.apps.pharmacy.reactions.labels_context import BUCKETS, context
from cognoscope.apps.pharmacy.reactions.labels_corpus import Label
from cognoscope.apps.pharmacy.reactions.labels_lexicon import Counts, Lexicon, term_digest
from cognoscope.apps.pharmacy.reactions.labels_matches import Match, Mention, matches, mentions, runs
from cognoscope.apps.pharmacy.reactions.labels_model import Linear, Model
from cognoscope.apps.pharmacy.reactions.labels_rows import gather, rows
from cognoscope.apps.pharmacy.reactions.labels_section import Section, read_section
from cognoscope.apps.pharmacy.reactions.labels_trees import flattened
from cognoscope.core.errors import NotInstalled

PARTS = 4
ELSEWHERE = 0.5
"""Weight of a mention of an annotated term that is not the place which was annotated."""

RUN = 4
"""Words of the runs that are counted whether they are terms or not."""

COMMON = 3
"""Labels in which such a run stands at least."""

THRESHOLDS = np.arange(0.2, 0.7, 0.02)
LINEAR = {"loss": "log_loss", "alpha": 3e-5, "max_iter": 12, "tol": None, "average": True}
TREES = {
    "max_iter": 120,
    "learning_rate": 0.08,
    "max_leaf_nodes": 12,
    "min_samples_leaf": 25,
    "l2_regularization": 5.0,
    "max_features": 0.3,
    "early_stopping": False,
}

Sections = Sequence[Sequence[Section]]


def sections_of(label: Label) -> list[Section]:
    """The sections of a label, cut into words."""
    return [read_section(part.name, part.text) for part in label.parts]


def truth(label: Label) -> set[int]:
    """Digests of the preferred terms of a label."""
    return {term_digest(one.pt) for part in label.parts for one in part.reactions}


def fit(
    labels: Sequence[Label], sections: Sections, names: Iterable[tuple[str, str]], seed: int
) -> tuple[Model, Lexicon]:
    """A model of these labels; `names` are (written, preferred term) pairs of a dictionary.

    Returns:
        The model, whose `known` has counts only, and the lexicon that they were counted from.

    Raises:
        NotInstalled: scikit-learn is missing.
    """
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
        from sklearn.linear_model import SGDClassifier
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise NotInstalled("Learning to read labels needs the extra `text`: run `make text`.") from error
    lexicon = learnt_lexicon(labels, names)
    having = [truth(label) for label in labels]
    alone = _found(sections, lexicon, having)
    part = np.random.default_rng(seed).permutation(len(labels)) % PARTS
    # One thread: trees this small lose more in waiting for each other than they gain.
    with threadpool_limits(1):
        linear, chances = _contexts(labels, sections, alone, part, lambda n: SGDClassifier(random_state=n, **LINEAR))
        x, y, owner = _table(sections, alone, chances, lexicon, having)
        grown, judged = [], np.zeros(len(y))
        for turn in range(PARTS):
            out = part[owner] == turn
            trees: Any = HistGradientBoostingClassifier(random_state=seed + turn, **TREES).fit(x[~out], y[~out])
            judged[out] = trees.predict_proba(x[out])[:, 1]
            grown.append(trees)
    threshold = best_threshold(judged, y, sum(map(len, having)))
    codes = {term_digest(one.pt): one.code for label in labels for p in label.parts for one in p.reactions if one.code}
    return Model(frozen(lexicon, _runs(sections)), codes | lexicon.codes, linear, flattened(grown), threshold), lexicon


def learnt_lexicon(labels: Sequence[Label], names: Iterable[tuple[str, str]]) -> Lexicon:
    """What the labels annotate and what the dictionary names."""
    lexicon = Lexicon()
    for number, label in enumerate(labels):
        for one in {one for part in label.parts for one in part.reactions}:
            lexicon.add(one.term, one.pt, "term", number)
            lexicon.add(one.pt, one.pt, "name", number)
            lexicon.add(one.llt, one.pt, "name", number)
    for written, name in names:
        lexicon.add(written, name, "listed")
    return lexicon


def _found(sections: Sections, lexicon: Lexicon, having: Sequence[set[int]]) -> list[list[list[Mention]]]:
    """The mentions of each label without its own word; fills what the lexicon counts."""
    lexicon.own = -1
    found: list[list[list[Match]]] = [[matches(section, lexicon) for section in some] for some in sections]
    for number, (some, places) in enumerate(zip(sections, found, strict=True)):
        for term in having[number]:
            lexicon.having.setdefault(term, set()).add(number)
        for section, place in zip(some, places, strict=True):
            for mention in mentions(section, place, lexicon):
                if not mention.covered:
                    for choice in mention.choices.values():
                        lexicon.free.setdefault(choice.key, set()).add(number)
    alone = []
    for number, (some, places) in enumerate(zip(sections, found, strict=True)):
        lexicon.own = number
        alone.append([mentions(section, place, lexicon) for section, place in zip(some, places, strict=True)])
    lexicon.own = -1
    return alone


def _contexts(
    labels: Sequence[Label],
    sections: Sections,
    alone: Sequence[Sequence[Sequence[Mention]]],
    part: NDArray[np.int64],
    new: Any,
) -> tuple[Linear, list[list[NDArray[np.float64]]]]:
    from scipy.sparse import csr_matrix

    rows_, y, weight, owner = [], [], [], []
    for number, label in enumerate(labels):
        for section, annotated, some in zip(sections[number], label.parts, alone[number], strict=True):
            terms = {term_digest(one.pt) for one in annotated.reactions}
            places = {one.start for one in annotated.reactions}
            for mention in some:
                right = not terms.isdisjoint(mention.choices)
                rows_.append(context(section, mention.first, mention.last))
                y.append(right)
                weight.append(1.0 if not right or section.spans[mention.first][0] in places else ELSEWHERE)
                owner.append(number)
    ends = np.cumsum([0, *map(len, rows_)])
    columns = np.concatenate(rows_) if rows_ else np.zeros(0, np.int32)
    x = csr_matrix((np.ones(ends[-1], np.float32), columns, ends), shape=(len(rows_), BUCKETS))
    target, weights, turn_of = np.array(y), np.array(weight), part[np.array(owner, dtype=np.int64)]
    chances, learnt = np.zeros(len(target)), []
    for turn in range(PARTS):
        out = turn_of == turn
        model = new(turn).fit(x[~out], target[~out], sample_weight=weights[~out])
        chances[out] = model.predict_proba(x[out])[:, 1]
        learnt.append((model.coef_[0], model.intercept_[0]))
    linear = Linear(
        np.array([one for one, _ in learnt]).astype(np.float16).astype(np.float32),
        np.array([bias for _, bias in learnt], dtype=np.float32),
    )
    return linear, _shared_out(chances, alone)


def _shared_out(
    chances: NDArray[np.float64], alone: Sequence[Sequence[Sequence[Mention]]]
) -> list[list[NDArray[np.float64]]]:
    at, made = 0, []
    for label in alone:
        row = []
        for some in label:
            row.append(chances[at : at + len(some)])
            at += len(some)
        made.append(row)
    return made


def _table(
    sections: Sections,
    alone: Sequence[Sequence[Sequence[Mention]]],
    chances: Sequence[Sequence[NDArray[np.float64]]],
    lexicon: Lexicon,
    having: Sequence[set[int]],
) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.int64]]:
    x, y, owner = [], [], []
    for number, some in enumerate(sections):
        lexicon.own = number
        seen = gather(some, alone[number], chances[number], lexicon)
        if seen:
            x.append(rows(some, seen, lexicon))
            y += [term in having[number] for term in seen]
            owner += [number] * len(seen)
    lexicon.own = -1
    return np.concatenate(x), np.array(y), np.array(owner)


def best_threshold(chances: NDArray[np.float64], right: NDArray[np.bool_], truths: int) -> float:
    """The threshold with the best micro F1, candidates that were never found counted as missed."""
    scores = [2 * right[chances > at].sum() / ((chances > at).sum() + truths) for at in THRESHOLDS]
    return float(THRESHOLDS[int(np.argmax(scores))])


def frozen(lexicon: Lexicon, runs: Mapping[int, int]) -> Counts:
    """The counts of a lexicon, of all its labels."""
    meant = {key: lexicon.meanings(key) for key in lexicon.entries}
    rights = {}
    for key, meanings in meant.items():
        for meaning in meanings:
            right = lexicon.right(key, meaning.term)
            if right:
                rights[key, meaning.term] = right
    free = {key: len(where) for key, where in lexicon.free.items()}
    others = {key: count for key, count in runs.items() if key not in free}
    return Counts(meant, free, rights, {term: len(where) for term, where in lexicon.having.items()}, others)


def _runs(sections: Sections) -> dict[int, int]:
    """In how many labels each short run of words stands, by its exact key; rare ones are left out."""
    counts: Counter[int] = Counter()
    for some in sections:
        counts.update({key for section in some for key in runs(section, RUN)})
    return {key: count for key, count in counts.items() if count >= COMMON}
