"""A text as tokens whose features are looked up once a word, so that a whole document is a few array operations."""

import re
from itertools import accumulate
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from cognoscope.intake.deidentification import lexicon
from cognoscope.intake.deidentification.lexicon import plain

BUCKETS = 8192
LONGEST_WORD = 24
CACHED_WORDS = 200_000
_TOKEN = re.compile(r"[^\W\d_]+|[0-9]+|\s+|[\W_]|\d", re.S)

FLAGS = (
    "capital", "upper", "letter", "digits", "space", "newline", "punctuation", "medical", "common", "first",
    "surname", "city", "hospital_name", "title", "role", "kin", "named", "birth", "month", "street", "phone",
    "mail", "secu", "ipp", "nda", "pro", "hospital", "unit", "place", "particle", "number", "unit_of_measure",
    "age", "year", "day", "long", "zero", "at", "short", "unknown",
)  # fmt: skip
"""What is known of a token; the classifier sees them in this order."""
BIT = {name: np.uint64(1 << index) for index, name in enumerate(FLAGS)}

Ids = NDArray[np.int64]
Bits = NDArray[np.uint64]


class Words:
    """Numbers each distinct token and keeps its flags; forgets all of them, when asked, if they are too many."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.flags: Bits = np.zeros(1024, np.uint64)
        self.texts: list[str] = []
        self.generation = 0

    def forget(self) -> None:
        """Forget all words where there are too many; tokens made before must not be used any more."""
        if len(self.ids) > CACHED_WORDS:
            self.ids.clear()
            self.texts.clear()
            self.generation += 1

    def number(self, tokens: list[str]) -> Ids:
        """The number of each token."""
        known = self.ids
        for token in set(tokens).difference(known):
            known[token] = index = len(self.texts)
            self.texts.append(token)
            if index >= len(self.flags):
                self.flags = np.concatenate([self.flags, np.zeros_like(self.flags)])
            self.flags[index] = flags(token)
        return np.fromiter(map(known.__getitem__, tokens), np.int64, len(tokens))


class Tokens:
    """The tokens of a text, white space included.

    Attributes:
        texts: each token. ids: its number in `words`. plain_space: the number of a single space.
        starts: (n + 1,) offsets, the last one the text's length. sizes: (n,) lengths.
        flags: (n,) bits of `FLAGS`.
    """

    def __init__(self, text: str, words: Words) -> None:
        self.text = text
        self.texts = _TOKEN.findall(text)
        self.ids = words.number(self.texts)
        self.plain_space = words.ids.get(" ", -1)
        self.flags = words.flags[self.ids]
        self.starts: list[int] = [0, *accumulate(map(len, self.texts))]
        self.sizes: Ids = np.fromiter(map(len, self.texts), np.int64, len(self.texts))


def flags(token: str) -> int:
    """The bits of one token."""
    first = token[0]
    names: set[str] = set()
    if first.isspace():
        names.add("newline" if "\n" in token or "\r" in token else "space")
    elif "0" <= first <= "9":
        value = int(token) if len(token) < 9 else 0
        names.add("digits")
        names.update(name for name, yes in _number_flags(token, value) if yes)
    elif first.isalpha():
        names.update(_word_flags(token))
    else:
        names.add("at" if first == "@" else "punctuation")
    bits = 0
    for name in names:
        bits |= int(BIT[name])
    return bits


def _number_flags(token: str, value: int) -> list[tuple[str, bool]]:
    return [
        ("year", len(token) == 4 and 1880 <= value <= 2100),
        ("day", len(token) <= 2 and 1 <= value <= 31),
        ("long", len(token) >= 5),
        ("zero", token[0] == "0"),
        ("short", len(token) <= 2),
    ]


def _word_flags(token: str) -> set[str]:
    word = plain(token)
    names: set[str] = set(lexicon.cues().get(word, ()))
    if "hospital" in names and word in ("ch", "gh"):
        names.discard("street")
    if token[0].isupper():
        names.add("capital")
        if len(token) > 1 and token.isupper():
            names.add("upper")
    if len(token) == 1:
        names.add("letter")
    listed = (("medical", lexicon.medical()), ("common", lexicon.common()), ("first", lexicon.words("first")))
    more = (("surname", lexicon.words("surname")), ("city", lexicon.words("city")))
    names.update(name for name, words in (*listed, *more) if word in words)
    if word in lexicon.words("hospital"):
        names.add("hospital_name")
    if len(word) > 1 and not names.intersection(("medical", "common", "title", "particle", "month", "unit_of_measure")):
        names.add("unknown")
    return names


def grams(token: str) -> list[int]:
    """Buckets of a token's character n-grams (the word, its beginnings and ends, its 3- and 4-grams)."""
    if token[0].isspace():
        pieces = ["\n" if "\n" in token else "  "]
    elif "0" <= token[0] <= "9":
        size = min(len(token), 16)
        pieces = [f"#{size}", f"#{size}{token[0]}", f"#{min(size, 5)}{token[:2]}"]
    else:
        word = f"<{plain(token)[:LONGEST_WORD]}>"
        pieces = [word, word[:3], "^" + word[:4], word[-3:], "$" + word[-4:]]
        pieces += [word[at : at + size] for size in (3, 4) for at in range(len(word) - size + 1)]
    return [crc32(piece.encode("utf-8", "surrogatepass")) % BUCKETS for piece in pieces]
