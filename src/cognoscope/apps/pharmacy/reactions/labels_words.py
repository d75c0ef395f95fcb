"""Words of a drug label in English, and the keys under which terms are compared.

A term has up to three keys, each looser than the one before: its words in order (plural and British spelling
levelled); its words in any order, without silent ones (`failure renal acute`); its words by their stem and by what they
stand for (`elevated ALT`, `alanine aminotransferase increased`). Keys are 64-bit digests (BLAKE2b, RFC 7693), so that a
dictionary of keys holds no text.
"""

import csv
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.resources import files
from typing import NamedTuple

TOKEN = re.compile(r"[A-Za-z]+|[<>]|\d+(?:\.\d+)?|\n+|[^\sA-Za-z\d]")
LETTERS = re.compile(r"[A-Za-z]+|[<>]|\d+(?:\.\d+)?")
MASK = (1 << 64) - 1
STEP = 1000003
"""Odd factor of the polynomial that makes an ordered key of the digests of words."""

SPELT = {">": "greater", "<": "less"}
ENDINGS = (
    *("ation", "ative", "ment", "ness", "tion", "sion", "ive", "ical", "eal", "ial", "al", "ic", "ous", "ary", "ory"),
    *("ing", "ed", "ity", "ia", "sis", "is", "us", "um", "y", "e", "a", "s"),
)
STEM = 5
"""Letters that a stem keeps at least."""


class Keys(NamedTuple):
    """Keys of a term, strictest first; 0 where it has none."""

    exact: int
    bag: int
    loose: int


class Table(NamedTuple):
    """`labels_words.csv`: what a word stands for, abbreviations, silent and filling words."""

    same: dict[str, str]
    short: dict[str, tuple[str, ...]]
    silent: frozenset[str]
    filler: frozenset[str]


@cache
def table() -> Table:
    """Our own table of words."""
    text = files(__package__).joinpath("labels_words.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return Table(
        {row["word"]: row["stands_for"] for row in rows if row["kind"] == "same"},
        {row["word"]: tuple(row["stands_for"].split()) for row in rows if row["kind"] == "short"},
        frozenset(row["word"] for row in rows if row["kind"] == "silent"),
        frozenset(row["word"] for row in rows if row["kind"] == "filler"),
    )


@lru_cache(maxsize=1 << 17)
def form(word: str) -> str:
    """A word in lower case and American spelling, without the mark of its plural."""
    plain = SPELT.get(word, word.lower())
    if not plain.isalpha():
        return plain
    if len(plain) > 4:
        plain = plain.replace("ae", "e").replace("oe", "e")
    if len(plain) > 5:
        plain = re.sub(r"our(s|ed|ing|ation)?$", r"or\1", plain)
    for british, american in (("isation", "ization"), ("ising", "izing"), ("ised", "ized"), ("yse", "yze")):
        plain = plain.replace(british, american)
    return _singular(plain)


def _singular(plain: str) -> str:
    if len(plain) < 4 or not plain.endswith("s") or plain.endswith(("ss", "us", "is")):
        return plain
    if plain.endswith("ies") and len(plain) > 4:
        return plain[:-3] + "y"
    return plain[:-2] if plain.endswith(("ches", "shes", "sses", "xes")) else plain[:-1]


@lru_cache(maxsize=1 << 17)
def stem(plain: str) -> str:
    """A word without its ending, where at least `STEM` letters are left."""
    if len(plain) > STEM:
        for ending in ENDINGS:
            if plain.endswith(ending) and len(plain) - len(ending) >= STEM:
                return plain[: -len(ending)]
    return plain


@lru_cache(maxsize=1 << 17)
def loose(word: str) -> tuple[str, ...]:
    """What a word stands for: nothing, one or several stems."""
    known, plain = table(), form(word)
    if plain in known.silent or plain in known.filler:
        return ()
    if plain in known.short:
        return tuple(part if part in known.same.values() else stem(part) for part in known.short[plain])
    stands_for = known.same.get(plain) or known.same.get(word.lower())
    return (stands_for,) if stands_for else (stem(plain),)


@lru_cache(maxsize=1 << 17)
def digest(word: str, level: int) -> int:
    """64 bits of a word at one level of strictness (0, 1, 2)."""
    return int.from_bytes(blake2b(f"{level}{word}".encode(), digest_size=8).digest(), "little")


def silent(word: str) -> bool:
    """Whether no term begins or ends with that word."""
    return form(word) in table().silent or not word[0].isalpha()


def ordered(forms: Iterable[str]) -> int:
    """The key of words in their order."""
    key = 0
    for plain in forms:
        key = (key * STEP + digest(plain, 0)) & MASK
    return key


def keys_of(term: str) -> Keys:
    """The keys of a term."""
    words = LETTERS.findall(term)
    forms = [form(word) for word in words]
    bag = [plain for plain in forms if plain not in table().silent]
    stems = {part for word in words for part in loose(word)}
    return Keys(
        ordered(forms), sum(digest(plain, 1) for plain in bag) & MASK, sum(digest(part, 2) for part in stems) & MASK
    )


def name_of(term: str) -> str:
    """The name by which preferred terms are the same: its words in alphabetical order, spelling levelled."""
    forms = (form(word) for word in LETTERS.findall(term))
    return " ".join(sorted(plain for plain in forms if plain not in table().silent or len(plain) == 1))
