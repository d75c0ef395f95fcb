"""Terms of disorders: CIM-10 and ADICAP's lesions as EDS-NLP packages them, and the usual words that they lack."""

import csv
import gzip
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from cognoscope.core.errors import NotInstalled
from cognoscope.intake.reading.disorders_tokens import BREAK, Token, term_form

USUAL = "disorders_usual.csv"
_MISSING = "Reading disorders needs the extra `text`: run `make text`."
_CHAPTERS = "ABCDEFGHIJKLMNOPQRST"
"""Chapters of disorders, signs and injuries: not U (in reserve), V to Y (causes), Z (reasons for contact)."""

_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_VAGUE = re.compile(
    r",? *\b(?:sans (?:autre )?(?:précision|indication)s?|sai|nca|non (?:classée?s?|précisée?s?)(?: ailleurs)?|"
    r"non compliquée?s?|d'évolution aiguë|siège non précisé|de siège non précisé|d'origine non précisée)\b.*",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"^(?:autres?|certaine?s|antécédents?|examen|présence|résultats?|anomalies? non)\b|\bautres?\b", re.IGNORECASE
)
_MOST_WORDS = 8
_LESIONS = ("D4", "D5", "D6")
"""Tables of ADICAP whose labels are lesions; those of agents and of what was done are left out by their endings."""

_LESION = re.compile(r"(?:ite|ose|ome|ie|cele|isme|ure|ion|ique|trophie)$")
_AGENT = re.compile(
    r"^anti|(?:ine|ant|if|tomie|stomie|graphie|scopie|therapie|greffe|plantation)$|^(?:tissu|organe|cellule)"
)


class Match(NamedTuple):
    """Tokens `first` (included) to `last` (excluded) that are a term, and its code (empty where it has none)."""

    first: int
    last: int
    code: str


@cache
def codes() -> dict[str, str]:
    """The code of each term, by the form of the term: usual words first, then CIM-10; lesions have none.

    Raises:
        NotInstalled: without EDS-NLP, whose CIM-10 is used.
    """
    known: dict[str, str] = {}
    lesions = dict.fromkeys(_lesion_terms(), "")
    for label, code in sorted(_cim10_terms(), key=lambda pair: (len(pair[1]), pair[1])):
        known.setdefault(label, code)
    known.update(_usual_terms())
    return lesions | known


@cache
def words() -> tuple[frozenset[str], frozenset[str]]:
    """Forms that begin a term, and forms inside one: what the classifier is told of each word."""
    split = [term.split() for term in codes()]
    return frozenset(term[0] for term in split), frozenset(word for term in split for word in term[1:])


@cache
def automaton() -> Any:
    """All the terms in one automaton, each between spaces.

    Raises:
        NotInstalled: without the extra `text`.
    """
    try:
        import ahocorasick
    except ImportError as error:
        raise NotInstalled(_MISSING) from error
    built = ahocorasick.Automaton()
    for term, code in codes().items():
        built.add_word(f" {term} ", (len(term.split()), code))
    built.make_automaton()
    return built


def matches(read: list[Token]) -> list[Match]:
    """The longest terms among the tokens, from the left, none overlapping."""
    spoken = [index for index, token in enumerate(read) if token.form]
    ends: dict[int, int] = {}
    line = [" "]
    place = 0
    for order, index in enumerate(spoken):
        line.append(read[index].form + " ")
        place += len(line[-1])
        ends[place] = order
    found: dict[int, Match] = {}
    for end, (length, code) in automaton().iter("".join(line)):
        last = ends[end]
        first = last - length + 1
        longest = found.get(first)
        if longest is None or last >= longest.last:
            found[first] = Match(first, last, code)
    kept, free = [], 0
    for first in sorted(found):
        if first >= free:
            kept.append(Match(spoken[first], spoken[found[first].last] + 1, found[first].code))
            free = found[first].last + 1
    return kept


def dotted(code: str) -> str:
    """`E119` of the table as `E11.9`."""
    return code if len(code) <= 3 else f"{code[:3]}.{code[3:]}"


def cim10_path() -> Path:
    """EDS-NLP's table of CIM-10, without importing EDS-NLP.

    Raises:
        NotInstalled: without EDS-NLP.
    """
    found = find_spec("edsnlp")
    if found is None or found.origin is None:
        raise NotInstalled(_MISSING)
    return Path(found.origin).parent / "resources" / "cim10.csv.gz"


def labels(text: str) -> Iterator[str]:
    """The ways of saying one CIM-10 label: without asides and vague endings; `A, b` also as `A b` and, alone, `A`."""
    plain = _VAGUE.sub("", _ASIDE.sub(" ", text)).strip(" ,;:")
    if not plain or _OTHER.search(plain):
        return
    yield plain
    head, comma, rest = plain.partition(",")
    if comma and "," not in rest:
        yield f"{head} {rest}"
        yield head


def _cim10_terms() -> Iterable[tuple[str, str]]:
    with gzip.open(cim10_path(), "rt", encoding="utf-8") as table:
        for row in csv.DictReader(table):
            if row["code"][:1] not in _CHAPTERS:
                continue
            for written in {*labels(row["long"]), *labels(row["short"])}:
                term = term_form(written)
                if term and BREAK not in term and len(term) > 3 and len(term.split()) <= _MOST_WORDS:
                    yield term, dotted(row["code"].rstrip("+"))


def _lesion_terms() -> Iterable[str]:
    with gzip.open(cim10_path().parent / "adicap.json.gz", "rt", encoding="utf-8") as table:
        read = json.load(table)
    for name in _LESIONS:
        for label in read[name]["codes"].values():
            for part in re.split(r" - |;", label):
                for written in labels(part.strip()):
                    term = term_form(written)
                    first = term.split(" ")[0]
                    if BREAK not in term and len(first) > 4 and _LESION.search(first) and not _AGENT.search(first):
                        yield term


def _usual_terms() -> Iterable[tuple[str, str]]:
    with as_file(files(__package__).joinpath(USUAL)) as path, path.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            yield term_form(row["term"]), row["code"]
