"""What the vault knows of the patient, searched in the text: typing errors, lost accents, swapped order, initials.

Names are compared word by word (Damerau-Levenshtein similarity of at least 0.8 from five letters on, equality
below), so their order does not matter; numbers digit by digit, whatever stands between; dates as days.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from cognoscope.core.errors import NotInstalled
from cognoscope.intake.deidentification import lexicon
from cognoscope.intake.deidentification.dates import read_date
from cognoscope.intake.deidentification.lexicon import plain
from cognoscope.intake.deidentification.span import Label, Span
from cognoscope.intake.deidentification.tokens import Tokens
from cognoscope.intake.identities import Identity

FUZZY_FROM = 5
SIMILAR = 0.8
LEAST_DIGITS = 5
SEPARATORS = 3
_WORDS = re.compile(r"[a-z]+")
_DIGIT = re.compile(r"\d")
_IDENTIFIERS: dict[str, Label] = {"nir": "SECU", "ins": "INS", "nda": "NDA", "visit": "NDA"}


class Searched(NamedTuple):
    """An identity taken apart for searching."""

    names: dict[str, Label]
    numbers: dict[str, Label]
    literal: dict[str, Label]
    born: date | None


def searched(identity: Identity) -> Searched:
    """Words, numbers and literal pieces of an identity; unusable entries are left out."""
    names: dict[str, Label] = {}
    numbers: dict[str, Label] = {}
    literal: dict[str, Label] = {}
    for name in identity.names:
        given = name.get("given") or []
        _words(str(name.get("family") or ""), "NOM", names)
        for part in given:
            _words(str(part), "PRENOM", names)
        _words(str(name.get("text") or ""), "NOM", names)
    for entry in identity.telecom:
        value = str(entry.get("value") or "")
        if "@" in value:
            literal[plain(value)] = "MAIL"
        else:
            _digits(value, "TEL", numbers)
    for address in identity.addresses:
        for line in [*(address.get("line") or []), address.get("text") or ""]:
            if len(str(line)) > 5:
                literal[plain(str(line))] = "ADRESSE"
        city, code = str(address.get("city") or ""), str(address.get("postalCode") or "")
        if len(city) > 2:
            literal[plain(city)] = "VILLE"
        _digits(code, "ZIP", numbers)
    for identifier in identity.identifiers:
        system, _, value = identifier.rpartition("|")
        found: Label = next((label for name, label in _IDENTIFIERS.items() if name in system.lower()), "IPP")
        if _DIGIT.search(value) and len(_DIGIT.findall(value)) == len(value.replace(" ", "")):
            _digits(value, "SECU" if len(_DIGIT.findall(value)) == 15 else found, numbers)
        elif len(value) >= 5:
            literal[plain(value)] = found
    try:
        born = date.fromisoformat((identity.birth_date or "")[:10])
    except ValueError:
        born = None
    return Searched(names, numbers, literal, born)


def _words(text: str, label: Label, into: dict[str, Label]) -> None:
    for word in _WORDS.findall(plain(text)):
        if len(word) > 2 or (label == "NOM" and len(word) == 2 and word not in lexicon.cues()):
            into.setdefault(word, label)


def _digits(text: str, label: Label, into: dict[str, Label]) -> None:
    digits = "".join(_DIGIT.findall(text))
    if len(digits) >= LEAST_DIGITS:
        into.setdefault(digits, label)
        if label == "TEL" and len(digits) > 9:
            into.setdefault(digits[-9:], "TEL")


class KnownSearch:
    """Finds one patient's identities.

    Raises:
        NotInstalled: the extra `text` is missing.
    """

    def __init__(self, identity: Identity) -> None:
        try:
            from rapidfuzz.distance import DamerauLevenshtein
        except ImportError as error:
            raise NotInstalled("De-identifying texts needs the extra `text`: run `make text`.") from error
        self._similarity = DamerauLevenshtein.normalized_similarity
        self.what = searched(identity)
        self._match = lru_cache(50_000)(self._matched)

    def find(self, tokens: Tokens) -> Iterator[Span]:
        """Spans of what is known, in no order."""
        yield from self._names(tokens)
        yield from self._numbers(tokens.text)
        if self.what.literal:
            yield from self._literals(tokens.text)
        if self.what.born is not None:
            yield from self._birth(tokens.text)

    def _matched(self, word: str) -> Label | None:
        found = self.what.names.get(word)
        if found or len(word) < FUZZY_FROM or word in lexicon.medical() or word in lexicon.common():
            return found
        for name, label in self.what.names.items():
            near = len(name) >= FUZZY_FROM and abs(len(name) - len(word)) < 3
            if near and self._similarity(word, name) >= SIMILAR:
                return label
        return None

    def _names(self, tokens: Tokens) -> Iterator[Span]:
        if not self.what.names:
            return
        texts = tokens.texts
        everyday = lexicon.common() | lexicon.medical()
        for index, text in enumerate(texts):
            if len(text) < 2 or not text[0].isalpha():
                continue
            word = plain(text)
            label = self._match(word)
            if label is None or (text[0].islower() and word in everyday):
                continue
            yield Span(tokens.starts[index], tokens.starts[index + 1], label)
            yield from self._initials(tokens, index)

    def _initials(self, tokens: Tokens, index: int) -> Iterator[Span]:
        """The initial beside a known name: `J. Dupont`, `Dupont J`."""
        firsts = {word[0] for word, label in self.what.names.items() if label == "PRENOM"}
        for neighbour in (index - 2, index - 3, index + 2):
            if 0 <= neighbour < len(tokens.texts) and len(tokens.texts[neighbour]) == 1:
                text = tokens.texts[neighbour]
                if text.isupper() and plain(text) in firsts:
                    yield Span(tokens.starts[neighbour], tokens.starts[neighbour + 1], "PRENOM")

    def _numbers(self, text: str) -> Iterator[Span]:
        if not self.what.numbers:
            return
        places = [match.start() for match in _DIGIT.finditer(text)]
        digits = "".join(text[place] for place in places)
        for number, label in self.what.numbers.items():
            at = digits.find(number)
            while at >= 0:
                where = places[at : at + len(number)]
                alone = not (at and places[at - 1] == where[0] - 1) or len(number) >= 9
                if alone and all(b - a <= SEPARATORS + 1 for a, b in pairwise(where)):
                    yield Span(where[0], where[-1] + 1, label)
                at = digits.find(number, at + 1)

    def _literals(self, text: str) -> Iterator[Span]:
        low = plain(text)
        if len(low) != len(text):
            low = text.lower() if len(text.lower()) == len(text) else text
        for piece, label in self.what.literal.items():
            at = low.find(piece)
            while at >= 0:
                stop = at + len(piece)
                if not (low[at - 1 : at].isalnum() or low[stop : stop + 1].isalnum()):
                    yield Span(at, stop, label)
                at = low.find(piece, at + 1)

    def _birth(self, text: str) -> Iterator[Span]:
        from cognoscope.intake.deidentification.dates import WRITTEN

        for match in WRITTEN.finditer(text):
            read = read_date(match.group())
            if read is not None and abs(read.day - (self.what.born or read.day)) < timedelta(days=1):
                yield Span(match.start(), match.end(), "DATE_NAISSANCE")
