"""Where terms stand in a section: in a run of words, or with words of an enumeration left out between them."""

from collections.abc import Iterator
from typing import NamedTuple

from cognoscope.apps.pharmacy.reactions.labels_lexicon import Known, Meaning
from cognoscope.apps.pharmacy.reactions.labels_section import Section
from cognoscope.apps.pharmacy.reactions.labels_words import MASK, STEP

LONGEST = 9
"""Words of a run."""

FARTHEST = 14
"""Words from the first to the last of a term that an enumeration stretches: `abdominal or back pain`."""

STRETCHED = 3
"""Levels 0 to 2 are runs by exact, bag and loose key; this more for stretched terms."""


class Match(NamedTuple):
    """Words `first` to `last`, level of the key, words left out (0: a run)."""

    first: int
    last: int
    level: int
    key: int
    gap: int


class Choice(NamedTuple):
    """One preferred term that a mention may be: level (with `STRETCHED`), key, words left out, what speaks for it."""

    level: int
    key: int
    gap: int
    meaning: Meaning


class Mention(NamedTuple):
    """Words `first` to `last`, their choices by preferred term, whether a longer run covers them, the best level."""

    first: int
    last: int
    choices: dict[int, Choice]
    covered: bool
    level: int


def matches(section: Section, known: Known) -> list[Match]:
    """Every match of a key, in the order of first words."""
    found: list[Match] = []
    for first in range(len(section.words)):
        if not section.silent[first]:
            _runs(section, first, known, found)
            _stretched(section, first, known, found)
    return found


def _runs(section: Section, first: int, known: Known, found: list[Match]) -> None:
    exact = bag = loose = 0
    stems: set[int] = set()
    for last in range(first, min(len(section.words), first + LONGEST)):
        if last > first and section.breaks[last]:
            return
        exact = (exact * STEP + section.exact[last]) & MASK
        bag = (bag + section.bag[last]) & MASK
        for part in section.loose[last]:
            if part not in stems:
                stems.add(part)
                loose = (loose + part) & MASK
        if section.silent[last] and not section.words[last][0].isdigit():
            continue
        for level, key in enumerate((exact, bag, loose)):
            if key and known.holds(key):
                found.append(Match(first, last, level, key, 0))


def runs(section: Section, longest: int) -> Iterator[int]:
    """Exact keys of all runs of words, terms or not."""
    for first in range(len(section.words)):
        exact = 0
        for last in range(first, min(len(section.words), first + longest)):
            if section.silent[first] or (last > first and section.breaks[last]):
                break
            exact = (exact * STEP + section.exact[last]) & MASK
            if not section.silent[last]:
                yield exact


def _stretched(section: Section, first: int, known: Known, found: list[Match]) -> None:
    coordinated = False
    for last in range(first + 1, min(len(section.words), first + FARTHEST)):
        if section.sentences[last] != section.sentences[first]:
            return
        coordinated = coordinated or section.coordinated[last]
        if last < first + 2 or not coordinated or section.silent[last]:
            continue
        for left in (1, 2) if _joined(section, first + 1) and first + 1 < last else (1,):
            for right in (1, 2) if _joined(section, last) and last - 1 > first + 1 else (1,):
                if right == 2 and section.silent[last - 1]:
                    continue
                gap = last - right + 1 - (first + left - 1)
                if left + right < 4 and gap > 1:
                    kept = (*range(first, first + left), *range(last - right + 1, last + 1))
                    _by_keys(section, kept, gap, known, found)


def _joined(section: Section, at: int) -> bool:
    return not section.silent[at] and not section.breaks[at]


def _by_keys(section: Section, kept: tuple[int, ...], gap: int, known: Known, found: list[Match]) -> None:
    bag = sum(section.bag[at] for at in kept) & MASK
    loose = sum({part for at in kept for part in section.loose[at]}) & MASK
    for level, key in ((1, bag), (2, loose)):
        if key and known.holds(key):
            found.append(Match(kept[0], kept[-1], level, key, gap))


def mentions(section: Section, found: list[Match], known: Known) -> list[Mention]:
    """Matches of the same words together, each preferred term by its strictest key."""
    places: dict[tuple[int, int], dict[int, Choice]] = {}
    for match in found:
        level = match.level + (STRETCHED if match.gap else 0)
        for meaning in known.meanings(match.key):
            choices = places.setdefault((match.first, match.last), {})
            if meaning.term not in choices or level < choices[meaning.term].level:
                choices[meaning.term] = Choice(level, match.key, match.gap, meaning)
    levels = {place: min(choice.level for choice in choices.values()) for place, choices in places.items()}
    longest = [0] * len(section.words)
    for (first, last), level in levels.items():
        if level < STRETCHED:
            for at in range(first, last + 1):
                longest[at] = max(longest[at], last - first + 1)
    return [
        Mention(first, last, choices, min(longest[first : last + 1]) > last - first + 1, levels[first, last])
        for (first, last), choices in places.items()
    ]
