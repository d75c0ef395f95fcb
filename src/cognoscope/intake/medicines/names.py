"""Names of substances without their salts, and any name without its accents, so that two spellings meet.

International nonproprietary names carry their salt or ester as a separate word (WHO, International Nonproprietary Names
Modified, 2006); French compositions write it before ("maléate de"), after ("sodique") or in brackets.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

_APOSTROPHES = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"}
)
_ACCENTS = str.maketrans("àâäéèêëîïôöùûüÿçñ", "aaaeeeeiioouuuycn")
_DASHES = re.compile(r"[‐‑‒–—−]")
_SPACES = re.compile(r"\s+")
_GROUP = re.compile(r"\(([^()]*)\)")
_HOMEOPATHIC = re.compile(r"pour preparations? hom|\(homeopathie\)|\bp\.? ?p\.? ?h\b")
_SALT_OF = re.compile(r"^(?P<salt>.+?)\s+(?:de|d')$")
_OF = re.compile(r"^(?P<salt>.+?) (?:de |d')(?P<base>.+)$")
_SALT, _TAIL = ("salt", "both"), ("tail", "both")


def tidy(text: str) -> str:
    """Lower case, plain apostrophes and hyphens, single spaces; accents are kept."""
    plain = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).lower()
    return _SPACES.sub(" ", _DASHES.sub("-", plain)).strip()


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """`tidy`, without accents: what two spellings of one name have in common."""
    plain = tidy(text).translate(_ACCENTS)
    if plain.isascii():
        return plain
    split = unicodedata.normalize("NFD", plain)
    return _SPACES.sub(" ", "".join(letter for letter in split if not unicodedata.combining(letter))).strip()


@lru_cache(maxsize=65536)
def base(name: str) -> str:
    """The substance of a declared name: its salt, ester, water and origin are taken off; accents are kept.

    Salts of a mineral stay (bicarbonate de sodium is a substance of its own). What cannot be told apart stays as it is.
    """
    words = tidy(name)
    for found in _GROUP.finditer(words):
        words = _without_brackets(words, found)
    words = _without_tail(_SPACES.sub(" ", words.replace(" -", " ")).split(", ")[0].strip(" ,-"))
    for _ in range(2):
        salt = _OF.match(words)
        if salt and _kind(salt["salt"].split(" ")[0]) in _SALT and not _is_mineral(salt["base"]):
            words = _without_tail(salt["base"])
    synonyms = _synonyms()
    return synonyms.get(fold(words)) or synonyms.get(fold(words.split(" ")[0]) + "*") or words


def is_homeopathic(name: str) -> bool:
    """Whether a declared name is that of a stock for homeopathic preparations."""
    return _HOMEOPATHIC.search(fold(name)) is not None


def is_salt(word: str) -> bool:
    """Whether a word names a salt or an ester whatever its substance (chlorhydrate, but not alendronate)."""
    return _kind(word) in _SALT


def _without_brackets(words: str, found: re.Match[str]) -> str:
    inside, rest = found[1].strip(), _SPACES.sub(" ", words.replace(found[0], " ")).strip()
    if fold(inside) == "acide":
        return f"acide {rest}"
    salt = _SALT_OF.match(inside)
    if salt is None:
        return rest
    if _kind(salt["salt"].split(" ")[0]) in _SALT and not _is_mineral(rest):
        return rest
    return f"{inside}{rest}" if inside.endswith("'") else f"{inside} {rest}"


def _without_tail(words: str) -> str:
    kept = words.split(" ")
    while len(kept) > 1 and _is_tail(kept):
        kept.pop()
    return " ".join(kept)


def _is_tail(words: list[str]) -> bool:
    """Whether the last word tells a salt, an ester or water ("sodique", "magnésium" but not "de magnésium")."""
    last, of_salt = _kind(words[-1]), _kind(words[0]) in ("salt", "both", "mineral")
    if of_salt and (words[-2] == "de" or last not in _TAIL):
        return False
    return words[-1] == "de" or last in _TAIL or (last == "mineral" and words[-2] != "de" and fold(words[0]) != "acide")


def _is_mineral(words: str) -> bool:
    first = words.split(" ")[0]
    return _kind(first.split("'")[-1]) == "mineral"


def _kind(word: str) -> str:
    return _words().get(fold(word).rstrip(","), "")


@cache
def _words() -> dict[str, str]:
    return {row["word"]: row["kind"] for row in _rows("salts.csv")}


@cache
def _synonyms() -> dict[str, str]:
    """A name ending in * stands for every name that begins with that word."""
    found = {}
    for row in _rows("synonyms.csv"):
        found[row["written"] + ("*" if row["match"] == "first word" else "")] = row["substance"]
    return found


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())
