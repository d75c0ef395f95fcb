"""The interactions of one edition of the French thesaurus between two medicines: by substance and by class."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import pyarrow as pa

from cognoscope.intake.knowledge.ansm import ANSM, LEVELS
from cognoscope.intake.knowledge.source import Loaded
from cognoscope.intake.knowledge.store import Knowledge
from cognoscope.intake.medicines.covers import covered
from cognoscope.intake.medicines.groups import by_route, listed
from cognoscope.intake.medicines.medicine import Medicine
from cognoscope.intake.medicines.names import base, fold

Meant = tuple[tuple[str, Mapping[str, str]], ...]
"""For each substance of a medicine, its headings, each with the class that says so ("": by its own name)."""


@dataclass(frozen=True)
class Found:
    """One level of one interaction between a substance of each medicine.

    number: the record in the edition, from 1. `main`, `plus`: its two headings as the thesaurus writes them, in either
    order. `condition`: when this level holds, empty where always. `class_a`, `class_b`: the class through which the
    substance is meant, empty where it is meant by its own name.
    """

    number: int
    main: str
    plus: str
    level: str
    condition: str
    mechanism: str
    text: str
    substance_a: str
    substance_b: str
    class_a: str
    class_b: str


@dataclass(frozen=True)
class _Row:
    number: int
    main: str
    plus: str
    levels: tuple[tuple[str, str], ...]
    mechanism: str
    text: str


class Thesaurus:
    """An index in memory. `edition`, `digest`: of the thesaurus; `tables` as the source `ansm` loads them."""

    def __init__(self, edition: str, digest: str, tables: Mapping[str, pa.Table]) -> None:
        self.edition, self.digest = edition, digest
        rows = _rows(tables)
        self._partners: dict[str, dict[str, list[_Row]]] = defaultdict(lambda: defaultdict(list))
        for row in rows:
            main, plus = heading(row.main), heading(row.plus)
            self._partners[main][plus].append(row)
            if plus != main:
                self._partners[plus][main].append(row)
        held = _members(tables)
        held += [(written, "") for row in rows for written in (row.main, row.plus)]
        self._exact = _terms(held, heading)
        self._loose = _terms(held, lambda name: heading(base(name)))
        self._meant: dict[tuple[object, ...], Meant] = {}

    def between(self, a: Medicine, b: Medicine) -> list[Found]:
        """What the thesaurus says of these two together, strongest first; an empty list where it says nothing.

        A substance that both hold is not set against itself. A substance is looked for under its names as they stand;
        where the thesaurus knows none of them, under a broader one; and then without its salt: two salts may differ.
        """
        found: dict[tuple[int, str, str], list[Found]] = {}
        for substance_a, terms_a in self.meant(a):
            for substance_b, terms_b in self.meant(b):
                if fold(substance_a) != fold(substance_b):
                    for row, class_a, class_b in self._rows(terms_a, terms_b):
                        found.setdefault(
                            (row.number, substance_a, substance_b),
                            _levels(row, (substance_a, substance_b, class_a, class_b)),
                        )
        flat = [each for held in found.values() for each in held]
        return sorted(
            flat, key=lambda each: (LEVELS.index(each.level), each.number, each.substance_a, each.substance_b)
        )

    def meant(self, medicine: Medicine) -> Meant:
        """Which headings each substance of a medicine falls under; none for a homeopathic one."""
        key = (medicine.substances, medicine.declared, medicine.routes, medicine.homeopathic)
        if key not in self._meant:
            self._meant[key] = () if medicine.homeopathic else tuple(self._of(medicine))
        return self._meant[key]

    def _of(self, medicine: Medicine) -> Iterator[tuple[str, Mapping[str, str]]]:
        for place, substance in enumerate(medicine.substances):
            declared = medicine.declared[place] if place < len(medicine.declared) else ()
            own = (substance, *declared)
            broader = tuple(dict.fromkeys(wide for name in own for wide in covered(name)))
            terms: dict[str, str] = {}
            for held in self._held(own) or self._held(broader) or self._held(own, salts=False):
                for head, through in held.items():
                    terms[head] = "" if terms.get(head) == "" else through
            names = (*own, *broader)
            for through in by_route(tuple(fold(each) for each in names), medicine.routes):
                terms.setdefault(heading(through), through)
            yield substance, terms

    def _held(self, names: Iterable[str], salts: bool = True) -> list[dict[str, str]]:
        """What the thesaurus has under these names as they stand, or under them without their salts."""
        if salts:
            return [self._exact[key] for key in map(heading, names) if key in self._exact]
        return [self._loose[key] for name in names if (key := heading(base(name))) in self._loose]

    def _rows(self, terms_a: Mapping[str, str], terms_b: Mapping[str, str]) -> Iterator[tuple[_Row, str, str]]:
        for head_a, class_a in terms_a.items():
            partners = self._partners.get(head_a)
            if partners:
                for head_b in partners.keys() & terms_b.keys():
                    for row in partners[head_b]:
                        yield row, class_a, terms_b[head_b]


@lru_cache(maxsize=65536)
def heading(name: str) -> str:
    """A heading so written that thesaurus and index write it alike, whatever hyphens a line break left in one."""
    return re.sub(r"[^a-z0-9+]+", "", fold(name))


def open_thesaurus(knowledge: Knowledge) -> Thesaurus:
    """The thesaurus in force; built once a process and edition.

    Raises:
        NotLoaded: none has been loaded.
    """
    return _opened(_Key(knowledge))


def thesaurus_of(loaded: Loaded, digest: str = "") -> Thesaurus:
    """The thesaurus of what the source `ansm` loaded."""
    return Thesaurus(loaded.edition, digest, loaded.tables)


def _rows(tables: Mapping[str, pa.Table]) -> list[_Row]:
    """The interactions, each once: the thesaurus lists most under both headings."""
    levels: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in tables["level"].to_pylist():
        levels[row["number"]].append((row["level"], row["condition"]))
    once: dict[tuple[Any, ...], _Row] = {}
    for row in tables["interaction"].to_pylist():
        said = tuple(levels[row["number"]])
        made = _Row(row["number"], row["main"], row["plus"], said, row["mechanism"], row["text"])
        once.setdefault((frozenset({heading(made.main), heading(made.plus)}), said, made.mechanism), made)
    return list(once.values())


def _members(tables: Mapping[str, pa.Table]) -> list[tuple[str, str]]:
    """Each substance with a class it belongs to ("" where the index gives none), from the index and from headings."""
    index = [(row["substance"], row["class"]) for row in tables["substance"].to_pylist()]
    known = {key for substance, _ in index for key in (heading(substance), heading(base(substance)))}
    between = {(row["main"], row["members"]) for row in tables["interaction"].to_pylist() if row["members"]}
    held = [
        (name, main)
        for main, members in sorted(between)
        for name in listed(members, lambda name: heading(name) in known or heading(base(name)) in known)
    ]
    return [*index, *held]


def _levels(row: _Row, between: tuple[str, str, str, str]) -> list[Found]:
    return [
        Found(row.number, row.main, row.plus, level, condition, row.mechanism, row.text, *between)
        for level, condition in row.levels
    ]


def _terms(held: Iterable[tuple[str, str]], key: Callable[[str], str]) -> dict[str, dict[str, str]]:
    """By the key of a name, the headings that mean it, each with the class that says so ("": the name itself)."""
    terms: dict[str, dict[str, str]] = defaultdict(dict)
    for name, through in held:
        terms[key(name)][heading(name)] = ""
        if through:
            terms[key(name)].setdefault(heading(through), through)
    return dict(terms)


class _Key:
    """Knowledge compared by the thesaurus it holds, so that it can be the key of a cache."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge, self.digest = knowledge, knowledge.edition(ANSM).content

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.digest == self.digest


@cache
def _opened(key: _Key) -> Thesaurus:
    edition = key.knowledge.edition(ANSM)
    tables = {name: key.knowledge.table(ANSM, name) for name in ("interaction", "level", "substance")}
    return Thesaurus(edition.edition, edition.content, tables)
