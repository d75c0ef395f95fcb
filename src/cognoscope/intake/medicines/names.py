"""Names of substances without their salts, and any name without its accents, so that two spellings meet.

International nonproprietary names carry their salt or ester as a separate word (WHO, International Nonproprietary Names
Modified, 2006); French compositions write it before ("maléate de"), after ("sodique") or in brackets.
"""

import csv
import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

_APOSTROPHES = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"}
)
_DASHES = re.compile(r"[‐‑‒–—−]")
_SPACES = re.compile(r"\s+")
_GROUP = re.compile(r"\(([^()]*)\)")
_OF = re.compile(r"^(?P<salt>.+?) (?:de |d')(?P<base>.+)$")
_SALT_OF = re.compile(r"^(?P<salt>.+?)\s+(?:de|d')$")


def tidy(text: str) -> str:
    """Lower case, plain apostrophes and hyphens, single spaces; accents are kept."""
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)).lower()
    return _SPACES.sub(" ", _DASHES.sub("-", plain)).strip()


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """`tidy`, without accents: what two spellings of one name have in common."""
    split = unicodedata.normalize("NFD", tidy(text))
    return "".join(letter for letter in split if not unicodedata.combining(letter))


@lru_cache(maxsize=65536)
def base(name: str) -> str:
    """The substance of a declared name: its salt, ester, water and origin are taken off; accents are kept.

    Salts of a mineral stay (bicarbonate de sodium is a substance of its own). What cannot be told apart stays as it is.
    """
    words = tidy(name)
    for found in _GROUP.finditer(words):
        words = _without_brackets(words, found)
    words = _SPACES.sub(" ", words).strip(" ,")
    words = _without_tail(words)
    salt = _OF.match(words)
    if salt and _kind(salt["salt"].split(" ")[0]) == "salt":
        rest = _without_tail(salt["base"])
        if _kind(rest.split(" ")[0]) != "mineral":
            return rest
    return words


def is_homeopathic(name: str) -> bool:
    """Whether a declared name is that of a stock for homeopathic preparations."""
    return "homeopathique" in fold(name)


def _without_brackets(words: str, found: re.Match[str]) -> str:
    inside, rest = found[1].strip(), (words[: found.start()].strip() + " " + words[found.end() :].strip()).strip()
    if fold(inside) == "acide":
        return f"acide {rest}"
    salt = _SALT_OF.match(inside)
    if salt is None:
        return words.replace(found[0], " ")
    if _kind(salt["salt"].split(" ")[0]) == "salt" and _kind(rest.split(" ")[0]) != "mineral":
        return rest
    return f"{inside}{rest}" if inside.endswith("'") else f"{inside} {rest}"


def _without_tail(words: str) -> str:
    kept = words.split(" ")
    while len(kept) > 1 and _kind(kept[-1]) == "tail":
        kept.pop()
    return " ".join(kept)


def _kind(word: str) -> str:
    return _words().get(fold(word), "")


@cache
def _words() -> dict[str, str]:
    text = files(__package__).joinpath("salts.csv").read_text(encoding="utf-8")
    return {row["word"]: row["kind"] for row in csv.DictReader(text.splitlines())}
