"""Reads the reactions of a label: candidates from keys, chances by context, a decision on each preferred term."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cognoscope.apps.pharmacy.reactions.labels_context import context
from cognoscope.apps.pharmacy.reactions.labels_lexicon import Counts, Known
from cognoscope.apps.pharmacy.reactions.labels_matches import STRETCHED, Mention, matches, mentions
from cognoscope.apps.pharmacy.reactions.labels_rows import Seen, gather, rows
from cognoscope.apps.pharmacy.reactions.labels_section import Section
from cognoscope.apps.pharmacy.reactions.labels_trees import Trees

SHARE = 0.5
"""A mention is shown where its worth is at least this share of its term's best mention's."""


@dataclass(frozen=True)
class Linear:
    """Weights of hashed context features; the chance is the mean of the logistic of each row of `weights`."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def chances(self, section: Section, found: Sequence[Mention]) -> NDArray[np.float64]:
        """Chance of each mention to be a reaction of the label, by what surrounds it."""
        if not found:
            return np.zeros(0)
        sums = np.array(
            [self.weights[:, context(section, one.first, one.last)].sum(1, dtype=np.float64) for one in found]
        )
        made: NDArray[np.float64] = (1 / (1 + np.exp(-np.clip(sums + self.bias, -30, 30)))).mean(1)
        return made


@dataclass(frozen=True)
class Reaction:
    """A preferred term of a label: digest of its name, code (empty: not known here), chance, sections with their
    spans.
    """

    term: int
    code: str
    chance: float
    spans: tuple[tuple[int, int, int], ...]
    """(section, first character, character after the last)."""


@dataclass(frozen=True)
class Model:
    """What was learnt; `threshold` was chosen on the training labels."""

    known: Counts
    codes: dict[int, str]
    linear: Linear
    trees: Trees
    threshold: float

    def read(self, sections: Sequence[Section]) -> list[Reaction]:
        """The reactions of a label, the surest first."""
        seen, chances = self.judge(sections, self.known)
        kept = [
            Reaction(term, self.codes.get(term, ""), float(chance), _spans(sections, ones))
            for (term, ones), chance in zip(seen.items(), chances, strict=True)
            if chance > self.threshold
        ]
        return sorted(kept, key=lambda reaction: (-reaction.chance, reaction.term))

    def judge(self, sections: Sequence[Section], known: Known) -> tuple[dict[int, list[Seen]], NDArray[np.float64]]:
        """Every candidate of a label with the chance that it is a reaction."""
        found = [mentions(section, matches(section, known), known) for section in sections]
        chances = [self.linear.chances(section, some) for section, some in zip(sections, found, strict=True)]
        seen = gather(sections, found, chances, known)
        if not seen:
            return seen, np.zeros(0)
        return seen, self.trees.chances(rows(sections, seen, known))


def _spans(sections: Sequence[Section], ones: Sequence[Seen]) -> tuple[tuple[int, int, int], ...]:
    """Free runs of the term where the context speaks for it; a stretched or covered mention only if there is no
    other.
    """
    runs = [one for one in ones if not one.covered and one.choice.level < STRETCHED] or list(ones)
    best = max(one.worth for one in runs)
    places = {
        (
            one.section,
            sections[one.section].spans[one.mention.first][0],
            sections[one.section].spans[one.mention.last][1],
        )
        for one in runs
        if one.worth >= SHARE * best
    }
    return tuple(sorted(places))
