"""The search for leftovers: looks at the cleaned text, surrogates hidden, for anything that still looks like somebody.

Three signs, independent of what cleaned the text: letters or digits of what is known of the patient, squeezed together;
an @; and what a second reader of another training, blind to word lists, still takes for an identity.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from cognoscope.intake.deidentification import lexicon
from cognoscope.intake.deidentification.known import searched
from cognoscope.intake.deidentification.lexicon import plain
from cognoscope.intake.deidentification.second import SecondReader
from cognoscope.intake.deidentification.span import Cleaned
from cognoscope.intake.deidentification.tokens import Words
from cognoscope.intake.identities import Identity

HIDDEN = "·"
HOLD_FROM = 0.5
"""Doubt from which a text is held back; chosen on training blocks that had trained neither reader."""

SIGNS = {
    "NOM": "name", "PRENOM": "name", "VILLE": "address", "ZIP": "address", "ADRESSE": "address", "TEL": "number",
    "SECU": "number", "IPP": "number", "NDA": "number", "DATE_NAISSANCE": "born", "MAIL": "at",
}  # fmt: skip
_AT = re.compile(r"\w@\w")


class Doubt(NamedTuple):
    """Probability in [0, 1] that an identity is left, and the sign that says so (see `reasons.csv`)."""

    value: float
    sign: str


class LeakDetector:
    """Doubts cleaned texts.

    Args:
        words: what is known of words, for the second reader.

    Raises:
        NotInstalled: the extra `text` is missing.
    """

    def __init__(self, words: Words) -> None:
        self._second = SecondReader(words)

    def doubts(self, cleaned: Sequence[Cleaned], known: Sequence[Identity | None]) -> list[Doubt]:
        """The doubt about each text; `known` is what the vault holds of its patient."""
        found = []
        for one, identity, seen in zip(cleaned, known, self._second.read(cleaned), strict=True):
            text = hidden(one)
            if identity is not None and _known_left(text, identity):
                found.append(Doubt(1.0, "known"))
            elif "@" in text and _AT.search(text):
                found.append(Doubt(1.0, "at"))
            else:
                found.append(Doubt(seen.probability, SIGNS.get(seen.label, "several")))
        return found


def hidden(cleaned: Cleaned) -> str:
    """The text with every surrogate covered by dots."""
    parts, at = [], 0
    for change in cleaned.replaced:
        parts += [cleaned.text[at : change.new_start], HIDDEN * (change.new_stop - change.new_start)]
        at = change.new_stop
    return "".join((*parts, cleaned.text[at:]))


def _known_left(text: str, known: Identity) -> bool:
    """Whether the squeezed letters or digits of the text still hold a name, a number or a mail of the patient."""
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
