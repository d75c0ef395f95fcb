"""A text as words with their places: how the lexicon and the cues see it. Offsets are those of the text as it
stands.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from cognoscope.intake.plain_words import plain_words

_WORD = re.compile(r"[^\W_]+")
_STOP = re.compile(r"[.!?;\n]")
SHORTEST_STEMMED = 5


class Token(NamedTuple):
    """A word. `plain`: lower case without accents. `stem`: without the endings of plural and feminine. `sentence`:
    number of its sentence. `comma`: one stands before it in that sentence. `capital`: it is written in capitals.
    """

    start: int
    stop: int
    plain: str
    stem: str
    sentence: int
    comma: bool
    capital: bool


def tokens_of(text: str) -> list[Token]:
    """Every word of the text, in order."""
    found: list[Token] = []
    sentence, at = 0, 0
    for match in _WORD.finditer(text):
        word = match[0]
        between = text[at : match.start()]
        # A stop inside a number or an abbreviation (`3.5`, `p.o.`) ends no sentence.
        if found and _STOP.search(between) and not (between == "." and text[at - 1].isdigit() and word[0].isdigit()):
            sentence += 1
        plain, stem = _forms(word)
        comma = "," in between or ":" in between or "(" in between
        found.append(Token(match.start(), match.end(), plain, stem, sentence, comma, word.isupper()))
        at = match.end()
    return found


def stem_of(plain: str) -> str:
    """A word without the endings of plural and feminine: `rouges` and `rouge`, `gonflées` and `gonflé` are one.

    >>> stem_of("gonflees"), stem_of("toux")
    ('gonfl', 'toux')
    """
    if len(plain) < SHORTEST_STEMMED:
        return plain
    bare = plain[:-1] if plain[-1] in "sx" else plain
    return bare.rstrip("e") or plain


@lru_cache(maxsize=65536)
def _forms(word: str) -> tuple[str, str]:
    plain = plain_words(word).replace(" ", "")
    return plain, stem_of(plain)
