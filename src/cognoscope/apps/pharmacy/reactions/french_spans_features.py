"""What is told of each word of a French section: spelling, neighbours, and what the reader of disorders makes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from cognoscope.intake.reading.disorders_model import chances
from cognoscope.intake.reading.disorders_terms import matches
from cognoscope.intake.reading.disorders_tokens import Token, bare, tokens

BUCKETS = 1 << 18
LONGEST = 12
"""Words of an expression that the list of known ones may have."""

OFTEN = 3


@dataclass(frozen=True)
class Read:
    """A text in words, their bare forms, and the buckets of the features of each word as a `(words, BUCKETS)`
    matrix.
    """

    words: list[Token]
    forms: list[str]
    table: Any


def read(text: str) -> Read:
    """A text with its features.

    Raises:
        NotInstalled: the extra `text` is missing.
    """
    words = tokens(text)
    forms = [bare(word.word) for word in words]
    terms = matches(words)
    said = chances(words, terms)
    place = ["00"] * len(words)
    for term in terms:
        place[term.first] = "10"
        for at in range(term.first + 1, term.last):
            place[at] = "01"
    made = [_word(words, forms, place, said, at) for at in range(len(words))]
    return Read(words, forms, table([[crc32(one.encode()) % BUCKETS for one in some] for some in made]))


def table(buckets: Sequence[Sequence[int]]) -> Any:
    """Rows of buckets as a sparse matrix."""
    from scipy.sparse import csr_matrix

    ends = np.cumsum([0, *map(len, buckets)])
    columns = np.fromiter(chain.from_iterable(buckets), dtype=np.int32, count=int(ends[-1]))
    made = csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(buckets), BUCKETS))
    made.sum_duplicates()
    return made


def _word(words: list[Token], forms: list[str], place: list[str], said: NDArray[np.float32], at: int) -> list[str]:
    def near(step: int) -> str:
        return forms[at + step] if 0 <= at + step < len(forms) else "#"

    plain, written = forms[at], words[at].word
    made = [f"w={plain}", f"f={words[at].form}", f"dic{place[at]}", f"len{min(len(plain), 8)}"]
    made += [f"p{size}={plain[:size]}" for size in (3, 4, 5)] + [f"s{size}={plain[-size:]}" for size in (2, 3, 4, 5)]
    made += [f"cap{written[:1].isupper():d}{written.isupper():d}", f"cap{written[:1].isupper():d}{near(-1)}"]
    made += [f"c{int(said[at, 0] * 5)}", f"cb{int(said[at, 1] * 5)}", f"dig{any(map(str.isdigit, written)):d}"]
    for step in (-3, -2, -1, 1, 2, 3):
        made.append(f"{step}={near(step)}")
        if abs(step) < 3:
            inside = 0 <= at + step < len(forms)
            chance = int(said[at + step, 0] * 4) if inside else 9
            made += [f"{step}s={near(step)[-3:]}", f"{step}p={near(step)[:4]}", f"{step}c{chance}"]
            made.append(f"{step}d{place[at + step] if inside else ''}")
    pairs = ((-1, 0), (0, 1), (-1, 1), (-2, -1), (1, 2), (-2, -1, 0), (0, 1, 2), (-1, 0, 1))
    return made + [f"{steps}{'_'.join(near(step) for step in steps)}" for steps in pairs]


Expressions = Mapping[str, frozenset[str]]
"""Expressions by their bare forms, with the products that have them."""


def expressions(texts: Sequence[tuple[str, Read, Sequence[tuple[int, int]]]]) -> Expressions:
    """What is marked in (product, text, spans of words) of training."""
    known: dict[str, set[str]] = {}
    for product, text, spans in texts:
        for first, last in spans:
            known.setdefault(" ".join(text.forms[first : last + 1]), set()).add(product)
    return {words: frozenset(products) for words, products in known.items()}


def listed(text: Read, known: Expressions, own: str = "") -> Any:
    """Buckets (a matrix as `Read.table`) that say of each word where it stands in a known expression, and whether
    its neighbours do.

    `own` is a product whose own expressions do not count, so that training sees what a new product will see.
    """
    said: list[list[str]] = [[] for _ in text.forms]
    at = 0
    while at < len(text.forms):
        stop, count = _longest(text.forms, at, known, own)
        if stop:
            often = f"g{min(count, OFTEN)}"
            for inner in range(at, stop):
                part = "S" if stop - at == 1 else "B" if inner == at else "E" if inner == stop - 1 else "I"
                said[inner] += [f"g{part}", f"{often}{part}"]
        at = stop or at + 1
    marks = [some[0] if some else "" for some in said]
    for place, some in enumerate(said):
        if place and marks[place - 1]:
            some.append(f"<{marks[place - 1]}")
        if place + 1 < len(said) and marks[place + 1]:
            some.append(f">{marks[place + 1]}")
    return table([[crc32(one.encode()) % BUCKETS for one in some] for some in said])


def _longest(forms: list[str], at: int, known: Expressions, own: str) -> tuple[int, int]:
    for stop in range(min(len(forms), at + LONGEST), at, -1):
        count = len(known.get(" ".join(forms[at:stop]), frozenset()) - {own})
        if count:
            return stop, count
    return 0, 0
