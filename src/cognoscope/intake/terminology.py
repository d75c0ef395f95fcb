"""The terminology that adverse reactions are coded in: the hospital's MedDRA when loaded, else CTCAE.

One structure for both. In CTCAE each term stands for itself, with one system organ class and without the levels
between; in MedDRA a low level term (LLT) belongs to a preferred term (PT), which may have several paths up
(multi-axial), the primary one first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from cognoscope.intake.knowledge.ctcae import CTCAE
from cognoscope.intake.knowledge.meddra import MEDDRA
from cognoscope.intake.knowledge.store import Knowledge, NotLoaded
from cognoscope.intake.plain_words import plain_words

Level = Literal["LLT", "PT"]
Grades = tuple[str | None, str | None, str | None, str | None, str | None]


@dataclass(frozen=True)
class Path:
    """One way up from a preferred term; levels that the terminology does not have are empty."""

    hlt: str
    hlgt: str
    soc: str


@dataclass(frozen=True)
class Term:
    """A reaction. `pt` is the code of its preferred term, its own where it is one; `paths` begins with the primary."""

    code: str
    name: str
    level: Level
    pt: str
    paths: tuple[Path, ...]
    current: bool = True

    @property
    def socs(self) -> tuple[str, ...]:
        """Names of its system organ classes, the primary one first."""
        return tuple(dict.fromkeys(path.soc for path in self.paths))


@dataclass(frozen=True)
class Terminology:
    """An edition, ready to be asked; `system` is `MedDRA` or `CTCAE`."""

    system: str
    edition: str
    digest: str
    _terms: Mapping[str, Term]
    _names: Mapping[str, str]
    _grades: Mapping[str, Grades]

    def term(self, code: str) -> Term | None:
        """The low level or preferred term of that code, or None."""
        return self._terms.get(code)

    def find(self, words: str) -> Term | None:
        """The term of exactly that name, whatever its case, accents and punctuation; a current one before another."""
        code = self._names.get(plain_words(words))
        return None if code is None else self._terms[code]

    def grades(self, code: str) -> Grades | None:
        """What grades 1 to 5 of that term mean by CTCAE (None: there is no such grade), or None where it has none."""
        return self._grades.get(code)

    def terms(self) -> Iterator[Term]:
        """Every low level and preferred term, by code."""
        yield from self._terms.values()


def open_terminology(knowledge: Knowledge) -> Terminology:
    """The hospital's MedDRA if it is loaded, else CTCAE; CTCAE's grades in both cases, where it is loaded.

    Raises:
        NotLoaded: neither is.
    """
    grades = knowledge.edition(CTCAE).content if knowledge.has(CTCAE) else ""
    if knowledge.has(MEDDRA):
        return _meddra(knowledge, knowledge.edition(MEDDRA).content, grades)
    if not grades:
        raise NotLoaded(
            "No terminology of reactions is loaded: `cognoscope terminology load ctcae FILE` (public domain), or "
            "`cognoscope terminology load meddra FOLDER` with the hospital's licence."
        )
    return _ctcae(knowledge, grades)


# The digests are part of what is asked, so that a newer edition is not answered from the one before.
@cache
def _ctcae(knowledge: Knowledge, content: str) -> Terminology:
    rows = knowledge.table(CTCAE, "term").to_pylist()
    terms = {
        row["code"]: Term(row["code"], row["name"], "LLT", row["code"], (Path("", "", row["soc"]),)) for row in rows
    }
    return Terminology("CTCAE", knowledge.edition(CTCAE).edition, content, terms, _named(terms), _graded(knowledge))


@cache
def _meddra(knowledge: Knowledge, content: str, grades: str) -> Terminology:
    rows = knowledge.table(MEDDRA, "term").to_pylist()
    names = {row["code"]: row["name"] for row in rows}
    paths: dict[str, list[Path]] = {}
    for row in knowledge.table(MEDDRA, "path").to_pylist():
        paths.setdefault(row["pt"], []).append(Path(names[row["hlt"]], names[row["hlgt"]], names[row["soc"]]))
    terms: dict[str, Term] = {}
    # A preferred term is also one of its own low level terms, under the same code: the preferred one is kept.
    for row in sorted(rows, key=lambda row: (row["level"] != "PT", row["code"])):
        if row["level"] in ("PT", "LLT"):
            made = Term(row["code"], row["name"], row["level"], row["pt"], tuple(paths[row["pt"]]), row["current"])
            terms.setdefault(row["code"], made)
    terms = dict(sorted(terms.items()))
    graded = _graded(knowledge) if grades else {}
    return Terminology("MedDRA", knowledge.edition(MEDDRA).edition, content, terms, _named(terms), graded)


def _named(terms: Mapping[str, Term]) -> dict[str, str]:
    named: dict[str, str] = {}
    for term in sorted(terms.values(), key=lambda term: (not term.current, term.level != "PT", term.code)):
        named.setdefault(plain_words(term.name), term.code)
    return named


def _graded(knowledge: Knowledge) -> dict[str, Grades]:
    return {
        row["code"]: (row["grade_1"], row["grade_2"], row["grade_3"], row["grade_4"], row["grade_5"])
        for row in knowledge.table(CTCAE, "term").to_pylist()
    }
