"""A second, independent search of the cleaned text, surrogates hidden, for anything that still looks like somebody.

It shares neither rules nor weights with what cleaned the text: coarse signs (an @ left, long runs of digits, a
capitalised word after a title, five digits before a capital), a letter model of names, and the letters of what is known
of the patient squeezed together. A logistic function, fitted on training texts of which some identities were left in,
turns them into a probability. `training/README.md` says how.
"""

import json
import math
import re
from functools import cache
from importlib.resources import files
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from cognoscope.intake.deidentification import lexicon
from cognoscope.intake.deidentification.companies import without_company_passages
from cognoscope.intake.deidentification.lexicon import plain
from cognoscope.intake.deidentification.span import Cleaned
from cognoscope.intake.identities import Identity

BUCKETS = 8192
HIDDEN = "·"
SIGNS = ("at", "run", "titled", "likely", "address", "born", "cued_number", "name_field", "known")
_AT = re.compile(r"\w@\w")
_RUN = re.compile(r"\d(?<![\w.,]\d)(?:\d{6,}|(?<=0)\d(?:[ .\-/]\d\d){4}|(?: \d){9,14})(?![\w,])")
_TITLED = re.compile(
    r"[MDP](?<!\w.)(?:\.|me|lle|r|ME|R|octeur|rofesseur|onsieur|adame)\.?[ \n]{1,2}([A-ZÀ-Þ][\w'’\-]+)"
)
_ADDRESS = re.compile(
    r"\d{5} [A-ZÀ-Þ][\w\-]{2,}|\d{1,3},? (?:rue|avenue|bd|boulevard|place|impasse|chemin|RUE|AVENUE) "
)
_BORN = re.compile(r"[nN](?<!\w.)(?:ée?|ÉE?|EE?)(?:\(e\))? (?:le )?:? ?\d{1,2}[ ./\-]")
_CUED = re.compile(r"[INTtd](?<!\w.)(?:PP|DA|IR|SS|NS|él|el|ossier)[^\w·]{1,4}(?:n°)?\s?\d{4,}")
_FIELD = re.compile(r"[NnPp](?<!\w.)(?:om|rénom|OM|RENOM|RÉNOM|atiente?)[^\w·\n]{0,2}:[ ]?([A-ZÀ-Þ][\w'’\-]+)")
_CAPITALISED = re.compile(r"[A-ZÀ-Þ](?<!\w.)\w{3,}")


class LeakDetector:
    """Scores cleaned texts; the fitted weights are read on the first use."""

    def doubt(self, cleaned: Cleaned, known: Identity | None = None) -> float:
        """Probability in [0, 1] that an identity is left in `cleaned.text`."""
        text = hidden(cleaned)
        if known is None:
            text = without_company_passages(text)
        values = signs(text, known)
        if known is not None and values[-1]:
            return 1.0
        return probability(values, weights())


def hidden(cleaned: Cleaned) -> str:
    """The text with every surrogate covered by dots."""
    parts, at = [], 0
    for change in cleaned.replaced:
        parts += [cleaned.text[at : change.new_start], HIDDEN * (change.new_stop - change.new_start)]
        at = change.new_stop
    return "".join((*parts, cleaned.text[at:]))


def signs(text: str, known: Identity | None = None) -> list[float]:
    """The values of `SIGNS`, each in [0, 3]."""
    titled = sum(_unusual(word) for word in _TITLED.findall(text))
    likely = max((likeness(word) for word in set(_CAPITALISED.findall(text)) if _unusual(word)), default=0.0)
    fields = sum(_unusual(word) for word in _FIELD.findall(text))
    counts = [
        float(len(_AT.findall(text))) if "@" in text else 0.0,
        float(len(_RUN.findall(text))),
        float(titled),
        likely,
        float(len(_ADDRESS.findall(text))),
        float(len(_BORN.findall(text))),
        float(len(_CUED.findall(text))),
        float(fields),
        float(known is not None and _known_left(text, known)),
    ]
    return [min(count, 3.0) for count in counts]


def probability(values: list[float], fitted: dict[str, float]) -> float:
    """Logistic function of the signs."""
    total = fitted["intercept"] + sum(fitted[name] * value for name, value in zip(SIGNS, values, strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def likeness(word: str) -> float:
    """How much the letters of a word are those of a name, in [0, 1]."""
    return _likeness(plain(word))


def letters(word: str) -> list[int]:
    """Buckets of the letter groups of a plain word."""
    marked = f"^{word[:20]}$"
    return [
        crc32(marked[at : at + size].encode("utf-8", "surrogatepass")) % BUCKETS
        for size in (2, 3, 4)
        for at in range(len(marked) - size + 1)
    ]


@cache
def weights() -> dict[str, float]:
    """The fitted weights and the threshold of `leak.json`."""
    found: dict[str, float] = json.loads(files(__package__).joinpath("leak.json").read_text(encoding="utf-8"))[
        "weights"
    ]
    return found


HOLD_FROM = 0.5
"""Doubt from which a text is held back."""


def _unusual(word: str) -> bool:
    low = plain(word)
    return low not in lexicon.common() and low not in lexicon.medical() and low not in lexicon.cues()


@cache
def _table() -> NDArray[np.float32]:
    with files(__package__).joinpath("leak_letters.npy").open("rb") as stream:
        return np.asarray(np.load(stream), np.float32)


_KEPT: dict[str, float] = {}


def _likeness(word: str) -> float:
    found = _KEPT.get(word)
    if found is None:
        if len(_KEPT) > 100_000:
            _KEPT.clear()
        table = _table()
        total = float(table[letters(word)].sum() + table[BUCKETS])
        found = _KEPT[word] = 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
    return found


def _known_left(text: str, known: Identity) -> bool:
    """Whether the squeezed letters or digits of the text still hold a name, a number or a mail of the patient."""
    from cognoscope.intake.deidentification.known import searched

    what = searched(known)
    low = plain(text)
    squeezed = re.sub(r"[^a-z·]", "", low)
    spaced = re.sub(r"\b([a-z])[ .\-](?=[a-z]\b)", r"\1", low)
    words = set(re.findall(r"[a-z]+", low)) | set(re.findall(r"[a-z]+", spaced))
    everyday = lexicon.common() | lexicon.medical()
    names = [name for name in what.names if len(name) > 3 and name not in everyday]
    if any(name in words or (len(name) > 7 and name in squeezed) for name in names):
        return True
    digits = re.sub(r"\D", "", re.sub(r"[A-Za-zÀ-ÿ·]+", " x ", text).replace("x", "")) if what.numbers else ""
    runs = re.sub(r"(?<=\d)[ .\-/_\u00a0]{1,3}(?=\d)", "", text)
    return bool(digits) and any(len(number) > 5 and number in runs for number in what.numbers)
