"""One row a preferred term of a label: what all its mentions say, for the trees that decide."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cognoscope.apps.pharmacy.reactions.labels_context import cues
from cognoscope.apps.pharmacy.reactions.labels_lexicon import Known
from cognoscope.apps.pharmacy.reactions.labels_matches import STRETCHED, Choice, Mention
from cognoscope.apps.pharmacy.reactions.labels_neighbours import neighbours
from cognoscope.apps.pharmacy.reactions.labels_section import Section

NONE = -0.1
"""Stands for a chance that is not there."""


class Seen(NamedTuple):
    """One mention of one preferred term."""

    chance: float
    prior: float
    covered: bool
    choice: Choice
    seen: int
    right: int
    mention: Mention
    section: int
    rival: float
    rivals: int
    around: NDArray[np.float64]

    @property
    def worth(self) -> float:
        """Chance by context times prior."""
        return self.chance * self.prior


def gather(
    sections: Sequence[Section],
    found: Sequence[Sequence[Mention]],
    chances: Sequence[NDArray[np.float64]],
    known: Known,
) -> dict[int, list[Seen]]:
    """The mentions of a label by preferred term."""
    seen: dict[int, list[Seen]] = {}
    for number, (section, some, chance) in enumerate(zip(sections, found, chances, strict=True)):
        priors = [_priors(mention, known) for mention in some]
        worth = [float(p) * max(one[0] for one in prior.values()) for p, prior in zip(chance, priors, strict=True)]
        around = neighbours(section, some, worth)
        for mention, prior, p, row in zip(some, priors, chance, around, strict=True):
            for term, choice in mention.choices.items():
                rival = max((other[0] for name, other in prior.items() if name != term), default=0.0)
                value, count, right = prior[term]
                one = Seen(
                    *(float(p), value, mention.covered, choice, count, right, mention, number, rival, len(prior), row)
                )
                seen.setdefault(term, []).append(one)
    return seen


def _priors(mention: Mention, known: Known) -> Mapping[int, tuple[float, int, int]]:
    """Of each preferred term: share of labels where the key meant it (smoothed), labels with the key, of these
    right.
    """
    found = {}
    for term, choice in mention.choices.items():
        seen, right = known.seen(choice.key), known.right(choice.key, term)
        found[term] = (right + 0.5 * (choice.meaning.terms > 0) + 0.3) / (seen + 1.0), seen, right
    return found


def rows(sections: Sequence[Section], seen: Mapping[int, list[Seen]], known: Known) -> NDArray[np.float32]:
    """`(terms, columns)` in the order of `seen`."""
    free = {term: [one for one in ones if not one.covered] for term, ones in seen.items()}
    expected = sum(max((one.worth for one in ones), default=0.0) for ones in free.values())
    label = (float(len(seen)), expected / max(1, len(seen)), float(len(sections)))
    made = [_row(sections, ones, known.labels(term), label) for term, ones in seen.items()]
    return np.array(made, dtype=np.float32)


def _row(
    sections: Sequence[Section], ones: list[Seen], labels: int, label: tuple[float, float, float]
) -> NDArray[np.float64]:
    runs = [one for one in ones if not one.covered and one.choice.level < STRETCHED]
    stretched = [one for one in ones if one.choice.level >= STRETCHED]
    judged = runs or ones
    level = min(one.choice.level for one in ones)
    strict = [one for one in judged if one.choice.level == level] or [one for one in ones if one.choice.level == level]
    best = max(judged, key=lambda one: one.worth)
    chances = sorted((one.chance for one in judged), reverse=True)
    first = min((one.section, one.mention.first) for one in judged)
    around = np.array([one.around for one in judged])
    told = np.array([cues(sections[one.section], one.mention.first, one.mention.last) for one in judged])
    best_told = cues(sections[best.section], best.mention.first, best.mention.last)
    by_kind = [[one.chance for one in judged if sections[one.section].kind == kind] for kind in range(3)]
    covered = [one.chance for one in ones if one.covered]
    counts = (len(runs), len(ones) - len(runs) - len(stretched), len(stretched), level)
    figures = (
        *counts,
        *(chances[0], chances[1] if len(chances) > 1 else NONE, sum(chances) / len(chances), chances[-1]),
        -sum(math.log(max(1e-3, 1 - one.chance * min(1.0, one.prior))) for one in judged),
        -sum(math.log(max(1e-3, 1 - one.chance)) for one in judged),
        *_of(best, sections[best.section].kind),
        *(max(some, default=NONE) for some in by_kind),
        *(len(some) for some in by_kind),
        *(max(one.prior for one in judged), max(one.prior for one in strict)),
        *(max(one.seen for one in strict), max(one.right for one in strict), labels),
        *(max(one.choice.meaning.terms for one in ones), max(one.choice.meaning.names for one in ones)),
        max(one.mention.last - one.mention.first + 1 for one in ones),
        max((one.chance for one in stretched), default=NONE),
        min((one.choice.gap for one in stretched), default=99),
        *label,
        *(best.prior - best.rival, best.mention.level, max(covered, default=NONE), best.worth),
        first[1] / max(1, len(sections[first[0]].words)),
        *(best.choice.meaning.varied, any(one.choice.meaning.listed for one in ones)),
    )
    blocks = (
        figures,
        best.around,
        around.mean(0),
        around.max(0),
        best_told,
        told[:, :30].min(0),
        told[:, 30:36].max(0),
    )
    return np.concatenate([np.asarray(block, dtype=np.float64) for block in blocks])


def _of(best: Seen, kind: int) -> tuple[float, ...]:
    meaning = best.choice.meaning
    return (
        *(best.chance, best.prior, best.choice.level, best.choice.gap, meaning.terms, meaning.names, meaning.listed),
        *(best.seen, best.right, best.mention.last - best.mention.first + 1, best.rival, best.rivals, kind),
    )
