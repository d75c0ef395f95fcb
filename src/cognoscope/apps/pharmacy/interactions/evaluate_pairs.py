"""An edition of the thesaurus put to itself: every pair of substances it speaks of, and others it says nothing of."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

from cognoscope.apps.pharmacy.interactions.evaluate_raw import Raw, Said, plain, read_raw
from cognoscope.intake.knowledge.ansm import ANSM
from cognoscope.intake.medicines.medicine import Medicine
from cognoscope.intake.medicines.thesaurus import Found, Thesaurus, thesaurus_of

SEED = 20261122
SILENT = 40_000
"""Pairs without any record that are tried an edition."""


@dataclass(frozen=True)
class Asked:
    """One edition: what there was to find, and what was found.

    expected, found: pairs of substances; a pair is found when each of its headings and levels is. `direct`: of which a
    record speaks by both names. `same_levels`: pairs whose set of levels is exactly that of the records. `more`: pairs
    of which something is said that no record says. `silent`: pairs without any record that were tried, and `alerted` of
    those. `exact`: pairs whose levels equal names without classes find, the baseline.
    """

    edition: str
    expected: int
    found: int
    direct: int
    direct_found: int
    same_levels: int
    more: int
    silent: int
    alerted: int
    exact: int
    missed: tuple[str, ...]


@dataclass(frozen=True)
class Edition:
    """An edition read twice: by the application's own way, and plainly from its files."""

    thesaurus: Thesaurus
    raw: Raw


def read_edition(folder: Path) -> Edition:
    """Both readings of an edition's folder.

    Raises:
        InvalidInput: it is not laid out as an edition.
    """
    return Edition(thesaurus_of(ANSM.load(folder)), read_raw(folder))


def ask(edition: Edition, seed: int = SEED) -> Asked:
    """Put every pair of which the plain reading knows something, and a sample of the others, to the thesaurus."""
    raw, thesaurus = edition.raw, edition.thesaurus
    alone = {key: Medicine(key, name, (name,)) for key, name in raw.names.items()}
    found = direct = same = more = exact = 0
    missed: list[str] = []
    for pair, expected in raw.pairs.items():
        first, second = sorted(pair)
        got = said(thesaurus.between(alone[first], alone[second]))
        complete = expected <= got
        found += complete
        direct += complete and pair in raw.direct
        same += _levels(expected) == _levels(got)
        more += not got <= expected
        exact += _levels({each for each in expected if each[0] == pair}) == _levels(expected)
        if not complete and len(missed) < 20:
            missed.append(f"{raw.names[first]} + {raw.names[second]}")
    silent = _silent(raw, seed)
    alerted = sum(bool(thesaurus.between(alone[first], alone[second])) for first, second in silent)
    return Asked(
        thesaurus.edition,
        len(raw.pairs),
        found,
        len(raw.direct),
        direct,
        same,
        more,
        len(silent),
        alerted,
        exact,
        tuple(missed),
    )


def said(found: list[Found]) -> Said:
    """What was found, as the plain reading puts it."""
    return frozenset((frozenset((plain(each.main), plain(each.plus))), each.level) for each in found)


def _silent(raw: Raw, seed: int) -> list[tuple[str, str]]:
    random = Random(seed)  # noqa: S311 -- which pairs are tried, not a secret
    names = sorted(raw.names)
    drawn = {tuple(sorted(random.sample(names, 2))) for _ in range(SILENT)} if len(names) > 1 else set()
    return [(first, second) for first, second in sorted(drawn) if frozenset((first, second)) not in raw.pairs]


def _levels(each: Said | set[tuple[frozenset[str], str]]) -> set[str]:
    return {level for _, level in each}
