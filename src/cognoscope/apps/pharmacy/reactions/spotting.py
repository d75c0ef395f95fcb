"""The expressions of reactions in a text: those of our lexicon, those of the terminology loaded, and what was measured.

Spans of the lexicon win over the terminology's where they overlap, unless the latter are longer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cognoscope.apps.pharmacy.reactions.lexicon import reactions
from cognoscope.apps.pharmacy.reactions.measures import measured
from cognoscope.apps.pharmacy.reactions.tokens import Token
from cognoscope.intake.plain_words import plain_words
from cognoscope.intake.terminology import Terminology

LONGEST_TERM = 6
SHORTEST_TERM = 5


@dataclass(frozen=True)
class Spotted:
    """Words `first` to `stop` that say a reaction. `source`: `lexicon`, `terminology`, `measure` or `learned`."""

    first: int
    stop: int
    code: str
    source: str
    certainty: float | None = None


def from_lexicon(words: Sequence[Token]) -> list[Spotted]:
    """What our own expressions find."""
    return [Spotted(hit.first, hit.stop, hit.meaning, "lexicon") for hit in reactions().find(words)]


def from_terminology(words: Sequence[Token], terminology: Terminology) -> list[Spotted]:
    """Terms of the terminology, word for word, the longest first."""
    found: list[Spotted] = []
    starts = _starts(terminology)
    at = 0
    while at < len(words):
        hit = None
        for length in range(min(starts.get(words[at].plain, 0), len(words) - at), 0, -1):
            piece = words[at : at + length]
            if piece[-1].sentence != piece[0].sentence or any(word.comma for word in piece[1:]):
                continue
            name = " ".join(word.plain for word in piece)
            if len(name) >= SHORTEST_TERM and (term := terminology.find(name)) is not None:
                hit = Spotted(at, at + length, term.code, "terminology")
                break
        if hit is not None:
            found.append(hit)
        at = hit.stop if hit else at + 1
    return found


_STARTS: dict[str, dict[str, int]] = {}
"""By digest of an edition: the first word of its terms, and how many words the longest of them has."""


def _starts(terminology: Terminology) -> dict[str, int]:
    if terminology.digest not in _STARTS:
        starts: dict[str, int] = {}
        for term in terminology.terms():
            first, *more = plain_words(term.name).split() or [""]
            starts[first] = max(starts.get(first, 0), min(1 + len(more), LONGEST_TERM))
        _STARTS[terminology.digest] = starts
    return _STARTS[terminology.digest]


def from_measures(text: str, words: list[Token]) -> list[Spotted]:
    """Values that are a reaction by themselves: `plaquettes à 18 G/L`."""
    starts = {word.start: at for at, word in enumerate(words)}
    found = []
    for one in measured(text, words):
        first = starts[one.start]
        stop = next((at for at in range(first, len(words)) if words[at].start >= one.stop), len(words))
        found.append(Spotted(first, stop, one.code, "measure"))
    return found


def together(groups: Sequence[Sequence[Spotted]]) -> list[Spotted]:
    """All of them in order, without overlap: the longer first, then the earlier group."""
    ranked = [(each.first - each.stop, rank, each) for rank, group in enumerate(groups) for each in group]
    kept: list[Spotted] = []
    taken: set[int] = set()
    for _, _, each in sorted(ranked, key=lambda one: (one[0], one[1], one[2].first)):
        places = set(range(each.first, each.stop))
        if not places & taken:
            kept.append(each)
            taken |= places
    return sorted(kept, key=lambda each: each.first)
