"""What the classifier is told of each word: pieces of its spelling, and what the dictionaries say of it."""

import csv
import gzip
import json
from collections.abc import Sequence
from functools import cache, lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from cognoscope.intake.reading.disorders_terms import Match, cim10_path, words
from cognoscope.intake.reading.disorders_tokens import BREAK, Token, bare, form

BUCKETS = 1 << 14
"""Rows of the table of pieces; row 0 stands for no piece."""

PIECES = 28
"""Pieces of a word that are looked at."""

FLAGS = 13
"""Columns of `flags`."""


@lru_cache(maxsize=1 << 16)
def pieces(word: str) -> bytes:
    """PIECES rows (int32) of a word and its runs of three to five letters (Bojanowski 2017, 10.1162/tacl_a_00051)."""
    spelt = f"<{bare(word)}>"
    runs = [spelt] + [spelt[at : at + size] for size in (5, 4, 3) for at in range(len(spelt) - size + 1)]
    named = list(dict.fromkeys(1 + crc32(run.encode()) % (BUCKETS - 1) for run in runs))[:PIECES]
    return np.array(named + [0] * (PIECES - len(named)), dtype=np.int32).tobytes()


@lru_cache(maxsize=1 << 16)
def flags_of(word: str) -> bytes:
    """What is known of a word wherever it stands (float32): vocabulary, drug, capitals, digits, sign, line break."""
    first, inner = words()
    known = form(word)
    said = (
        float(known in first),
        float(known in inner),
        float(bare(word) in drug_words()),
        float(len(word) > 1 and word.isupper()),
        float(word.istitle()),
        float(any(sign.isdigit() for sign in word)),
        float(known == BREAK),
        float(not known),
        float(word == "\n"),
        float(len(word) == 1),
        float(bare(word) in verb_words()),
    )
    return np.array(said, dtype=np.float32).tobytes()


@cache
def drug_words() -> frozenset[str]:
    """Names of drugs in one word, of EDS-NLP's table of ATC."""
    table = json.loads((cim10_path().parent / "drugs.json").read_text(encoding="utf-8"))
    names = (bare(name) for known in table.values() for name in known)
    return frozenset(name for name in names if name.isalpha() and len(name) > 3)


@cache
def verb_words() -> frozenset[str]:
    """Forms of verbs, of EDS-NLP's table."""
    with gzip.open(cim10_path().parent / "verbs.csv.gz", "rt", encoding="utf-8") as table:
        return frozenset(bare(row["term"]) for row in csv.DictReader(table))


Arrays = tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float32]]


def features(read: Sequence[Token], found: Sequence[Match]) -> Arrays:
    """The classifier's inputs for a run of words.

    Returns:
        `(u, PIECES)` rows of the different words, `(n,)` which of them stands where, `(n, FLAGS)` flags.
    """
    order: dict[str, int] = {}
    places = np.fromiter((order.setdefault(token.word, len(order)) for token in read), dtype=np.int64, count=len(read))
    rows = np.frombuffer(b"".join(map(pieces, order)), dtype=np.int32).reshape(-1, PIECES)
    known = np.frombuffer(b"".join(map(flags_of, order)), dtype=np.float32).reshape(-1, FLAGS - 2)
    flags = np.zeros((len(read), FLAGS), dtype=np.float32)
    flags[:, 2:] = known[places]
    for match in found:
        flags[match.first, 0] = 1.0
        flags[match.first + 1 : match.last, 1] = 1.0
    return rows, places, flags
