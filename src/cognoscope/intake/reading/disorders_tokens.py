"""Words of a report, each with the form under which dictionaries and the classifier know it."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(r"[^\W_]+|\n|[^\s\w]|_")
_LONGEST = 40
"""Letters of a word that are looked at: what is longer is no word of French."""

_SILENT = frozenset(
    ("de", "du", "des", "d", "la", "le", "les", "l", "un", "une", "au", "aux", "a", "en", "\n", "'", "’", "-")
)
"""Words and signs that do not tell one term from another: `cancer de la prostate`, `cancer prostate`."""

_KEPT = frozenset(
    ("pus", "bras", "abces", "proces", "acces", "exces", "deces", "pas", "repos", "corps", "temps", "dos", "plus")
)
"""Words that end as a plural does without being one."""

BREAK = "|"
"""Stands for a sign that no term goes across."""


class Token(NamedTuple):
    """Characters `start` to `stop`, the word as written, and its form in terms (empty where it is silent)."""

    start: int
    stop: int
    word: str
    form: str


def tokens(text: str) -> list[Token]:
    """The words and signs of a text, in order; line breaks count as signs, other spaces do not."""
    words = _TOKEN.findall(text)
    places = [match.span() for match in _TOKEN.finditer(text)]
    forms = map(form, words)
    return [Token(*place, word, known) for place, word, known in zip(places, words, forms, strict=True)]


@lru_cache(maxsize=1 << 16)
def form(word: str) -> str:
    """A word without accents, capitals and plural; BREAK for signs, nothing for words without meaning of their own."""
    plain = bare(word)
    if plain in _SILENT:
        return ""
    if not plain.isalnum():
        return BREAK
    return singular(plain)


def bare(word: str) -> str:
    """Lower case, without accents, at most as long as a word."""
    spelt = word[:_LONGEST].lower().replace("œ", "oe").replace("æ", "ae")
    return "".join(sign for sign in unicodedata.normalize("NFD", spelt) if not unicodedata.combining(sign))


def singular(plain: str) -> str:
    """A word without the mark of its plural: `rénaux` as `rénal`, `fractures` as `fracture`; short ones are kept."""
    if len(plain) < 4 or plain in _KEPT or not plain.isalpha():
        return plain
    if plain.endswith("eaux"):
        return plain[:-1]
    if plain.endswith("aux") and len(plain) > 4:
        return plain[:-3] + "al"
    if plain[-1] in "sx" and plain[-2:] not in ("ss", "is", "us", "ax", "ex", "ix", "yx"):
        return plain[:-1]
    return plain


def term_form(term: str) -> str:
    """A term as the dictionary holds it: its forms between single spaces; BREAK inside where it has signs."""
    return " ".join(part for part in (token.form for token in tokens(term)) if part)
