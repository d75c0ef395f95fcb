"""Word lists: names, cities, hospitals, cues and the vocabulary of reports, looked up without case and accents.

First names, surnames, cities and hospitals come from `lexicon.csv`, cues from `cues.csv`, everyday words of reports
from `words.csv`. Medical words and verbs come from the files that EDS-NLP carries (CIM-10 of ATIH, drug names,
conjugated verbs; BSD-3).
"""

import csv
import gzip
import json
import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

from babel import Locale

from cognoscope.core.errors import NotInstalled

_PLAIN = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "’": "'"})
_WORD = re.compile(r"[a-z]+")
LONGEST_KEPT = 40


def plain(text: str) -> str:
    """Lower case without accents; the same length is not promised."""
    return _plain_word(text) if len(text) < LONGEST_KEPT else _plain(text)


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    spread = unicodedata.normalize("NFD", text.translate(_PLAIN))
    return "".join(char for char in spread if not unicodedata.combining(char)).lower()


def table(name: str) -> list[dict[str, str]]:
    """The rows of a list of this package."""
    return list(csv.DictReader(files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines()))


_plain_word = lru_cache(100_000)(_plain)


@cache
def values(kind: str, gender: str = "") -> tuple[str, ...]:
    """Values of `lexicon.csv` of a kind (`first`, `surname`, `city`, `hospital`) and, where given, a gender."""
    return tuple(row["value"] for row in table("lexicon.csv") if row["kind"] == kind and gender in ("", row["gender"]))


@cache
def genders() -> dict[str, str]:
    """`f`, `m` or `fm` of each plain first name."""
    found: dict[str, str] = {}
    for row in table("lexicon.csv"):
        if row["kind"] == "first":
            name = plain(row["value"])
            found[name] = "".join(sorted(set(found.get(name, "") + row["gender"])))
    return found


@cache
def words(kind: str) -> frozenset[str]:
    """Plain words of the values of a kind; of `first` also the parts of compounds."""
    return frozenset(word for value in values(kind) for word in _WORD.findall(plain(value)) if len(word) > 2)


@cache
def cues() -> dict[str, tuple[str, ...]]:
    """Cues of each plain word: `title`, `birth`, `street`, ..."""
    found: dict[str, tuple[str, ...]] = {}
    for row in table("cues.csv"):
        found[row["word"]] = (*found.get(row["word"], ()), row["cue"])
    return found


@cache
def medical() -> frozenset[str]:
    """Plain words of CIM-10 labels and of drug names: what must not be taken for somebody's name.

    Raises:
        NotInstalled: the extra `text` is missing.
    """
    rows = _resource("cim10.csv.gz").splitlines()
    terms = {row["long"] for row in csv.DictReader(rows)}
    return drugs() | {word for term in terms for word in _WORD.findall(plain(term)) if len(word) > 1}


@cache
def drugs() -> frozenset[str]:
    """Plain words of drug names.

    Raises:
        NotInstalled: the extra `text` is missing.
    """
    names = json.loads(_resource("drugs.json")).values()
    return frozenset(word for some in names for name in some for word in _WORD.findall(plain(name)) if len(word) > 1)


@cache
def not_names(kind: str) -> tuple[str, ...]:
    """Values of `not_names.csv`.

    Args:
        kind: `ending` of substances, `adverb` (an ending), `eponym` (the noun before it), `function` word or `kind` of
            hospital.
    """
    return tuple(row["value"] for row in table("not_names.csv") if row["kind"] == kind)


@cache
def common() -> frozenset[str]:
    """Plain everyday words, conjugated verbs, names of countries (CLDR).

    Raises:
        NotInstalled: the extra `text` is missing.
    """
    verbs = {row["term"] for row in csv.DictReader(_resource("verbs.csv.gz").splitlines())}
    found = {word for verb in verbs for word in _WORD.findall(plain(verb))}
    found.update(row["word"] for row in table("words.csv"))
    countries = Locale("fr").territories.values()
    found.update(word for name in countries for word in _WORD.findall(plain(name)) if word not in words("city"))
    return frozenset(found - words("first"))


def _resource(name: str) -> str:
    """A file that EDS-NLP carries, found without importing it."""
    from importlib.util import find_spec

    spec = find_spec("edsnlp")
    if spec is None or spec.origin is None:
        raise NotInstalled("De-identifying texts needs the extra `text`: run `make text`.")
    from pathlib import Path

    content = (Path(spec.origin).parent / "resources" / name).read_bytes()
    return (gzip.decompress(content) if name.endswith(".gz") else content).decode("utf-8")
