"""Words as the index knows them: small letters without accents, and the forms that a French word is also found in.

There is no stemming. The usual French stemmer brings `diabète` and `diabétique`, `organe` and `organique` to one stem,
so that neither could be searched for alone, and it shortens names of drugs. Plural and feminine forms are looked up
beside the word instead, by rules that are data (`inflections.csv`), and rank after it.
"""

import csv
import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

TOKEN = re.compile(r"[^\W_]+")
"""A word of a text: letters and digits; an apostrophe, hyphen or full stop ends it, as in the index."""

ELIDED = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’ʼ](?=\w)", re.IGNORECASE)
"""An article or pronoun that lost its vowel, at the beginning of what was typed."""

LETTERS_WITHOUT_FORMS = 3
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})


@lru_cache(100_000)
def fold(token: str) -> str:
    """Small letters without accents or ligatures: `Œdème` becomes `oedeme`."""
    apart = unicodedata.normalize("NFKD", token.lower().translate(LIGATURES))
    return "".join(character for character in apart if not unicodedata.combining(character))


def tokens(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return [fold(found.group()) for found in TOKEN.finditer(unicodedata.normalize("NFC", text))]


@lru_cache(1)
def stop_words() -> frozenset[str]:
    """Words that are in nearly every report: not searched for unless nothing else is, or between quotes."""
    return frozenset(row["word"] for row in _rows("stopwords.csv"))


@lru_cache(10_000)
def forms(word: str) -> tuple[str, ...]:
    """Other forms, in number and gender, of a folded word of four letters or more; some may be no words at all."""
    if len(word) <= LETTERS_WITHOUT_FORMS or not word.isalpha():
        return ()
    ending, others = next((ending, others) for ending, others in _inflections() if word.endswith(ending))
    stem = word[: len(word) - len(ending)]
    return tuple(stem + other for other in others if stem + other != word)


@lru_cache(1)
def _inflections() -> list[tuple[str, tuple[str, ...]]]:
    rows = [
        (row["ending"].strip("-"), tuple(other.strip("-") for other in row["others"].split()))
        for row in _rows("inflections.csv")
    ]
    return sorted(rows, key=lambda row: -len(row[0]))


def _rows(name: str) -> list[dict[str, str]]:
    with files(__package__).joinpath(name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
