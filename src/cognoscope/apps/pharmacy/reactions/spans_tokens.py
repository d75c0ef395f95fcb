"""Raw text as sentences of words, cut as the corpus of training was cut, with what lower case hides of each word."""

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LONGEST = 80
"""Words of one reading; a longer sentence is read in parts."""

SIGNS = 4
WORD = re.compile(r"\w+|[^\w\s]+")
END = re.compile(r"[.!?;]+[)\"']*$")


class Word(NamedTuple):
    """A word or a run of signs of the text, `text[start:stop]`."""

    start: int
    stop: int
    text: str


def sentences(text: str) -> list[list[Word]]:
    """The words of each sentence; a sentence ends at a full stop, question or exclamation mark, or at a line's end."""
    found: list[list[Word]] = [[]]
    before = 0
    for match in WORD.finditer(text):
        word = Word(match.start(), match.end(), match.group())
        broken = "\n" in text[before : word.start]
        ended = bool(found[-1]) and bool(END.search(found[-1][-1].text)) and word.start > before
        if found[-1] and (broken or ended or len(found[-1]) >= LONGEST):
            found.append([])
        found[-1].append(word)
        before = word.stop
    return [some for some in found if some]


def signs(words: list[str]) -> NDArray[np.float32]:
    """Of each word: begins with a capital, all capitals, holds a digit, holds no letter or digit; `(n, 4)`."""
    rows = [
        (
            word[:1].isupper(),
            len(word) > 1 and word.isupper(),
            any(sign.isdigit() for sign in word),
            not any(sign.isalnum() for sign in word),
        )
        for word in words
    ]
    return np.array(rows, dtype=np.float32).reshape(len(rows), SIGNS)
