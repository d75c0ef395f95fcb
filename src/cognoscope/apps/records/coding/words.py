"""Finds the listed words in a report, with what qualifies them and the part of the report they stand in.

A dictionary over tokens: accents, case and plural do not matter; a word listed in capitals of at most five letters is
an abbreviation and must be written so ("SEP" is multiple sclerosis, "sep" is not). It needs no extra; where the
reading has qualified the same words with EDS-NLP, its qualifiers are used instead (`candidates`).
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from cognoscope.apps.records.coding.knowledge import fold, listed, rows

TOKEN = re.compile(r"[^\W_]+")
SENTENCE_END = re.compile(r"[.!?;](?=\s|$)|\n")
TITLE = re.compile(r"^[ \t•*-]*([^\n:.]{2,40}?)[ \t]*(?::|$)", re.MULTILINE)
REACH = 6
ACTIVE = "active"
"""Cues that say nothing of their own and keep a part of them from being read alone."""


@dataclass(frozen=True)
class Token:
    """A word of the text: its place, its folded form without plural, and how it was written."""

    start: int
    stop: int
    form: str
    written: str


@dataclass(frozen=True)
class Match:
    """Tokens `first` to `last` (included) are a listed word; `what` is what the list says of it."""

    first: int
    last: int
    what: str


class Dictionary:
    """Listed words by their first token."""

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], tuple[str, ...] | None, str]]] = {}
        for words, what in entries:
            tokens = tokenise(words)
            if not tokens:
                continue
            shouted = tuple(each.written for each in tokens) if words.isupper() and len(words) <= 5 else None
            forms = tuple(each.form for each in tokens)
            self._by_first.setdefault(forms[0], []).append((forms, shouted, what))
        for known in self._by_first.values():
            known.sort(key=lambda entry: -len(entry[0]))

    def find(self, tokens: list[Token]) -> list[Match]:
        """Longest matches from left to right, none overlapping."""
        found, position = [], 0
        while position < len(tokens):
            step = 1
            for forms, shouted, what in self._by_first.get(tokens[position].form, ()):
                stop = position + len(forms)
                here = tokens[position:stop]
                if tuple(each.form for each in here) != forms:
                    continue
                if shouted is not None and tuple(each.written for each in here) != shouted:
                    continue
                found.append(Match(position, stop - 1, what))
                step = len(forms)
                break
            position += step
        return found


def tokenise(text: str) -> list[Token]:
    """The words of a text."""
    folded = fold(text)
    tokens = []
    for match in TOKEN.finditer(folded):
        form = match[0]
        singular = form[:-1] if len(form) > 3 and form[-1] in "sx" else form
        tokens.append(Token(match.start(), match.end(), singular, text[match.start() : match.end()]))
    return tokens


@dataclass(frozen=True)
class Spotted:
    """Listed words: characters `start` to `stop` (excluded), what they mean, section, sentence, qualifiers."""

    start: int
    stop: int
    what: str
    section: str
    sentence: tuple[int, int]
    negated: bool = False
    hypothesis: bool = False
    family: bool = False
    history: bool = False
    ended: bool = False

    @property
    def asserted(self) -> bool:
        """Whether it is said of the patient."""
        return not (self.negated or self.hypothesis or self.family)


class Page:
    """One text, cut into tokens, sentences and sections once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokenise(text)
        self._ends = [match.end() for match in SENTENCE_END.finditer(text)] + [len(text)]
        self._sections = sections(text)
        self._cues = _cues().find(self.tokens)

    def sentence(self, start: int) -> tuple[int, int]:
        """The sentence around a character, without surrounding blanks."""
        index = bisect_right(self._ends, start)
        begin = self._ends[index - 1] if index else 0
        end = self._ends[min(index, len(self._ends) - 1)]
        piece = self.text[begin:end]
        begin += len(piece) - len(piece.lstrip())
        return begin, max(begin + 1, begin + len(piece.strip()))

    def section(self, start: int) -> str:
        """The kind of section around a character; empty before the first title."""
        index = bisect_right([at for at, _ in self._sections], start)
        return self._sections[index - 1][1] if index else ""

    def spot(self, dictionary: Dictionary) -> list[Spotted]:
        """The listed words of this text."""
        spotted = []
        for match in dictionary.find(self.tokens):
            start, stop = self.tokens[match.first].start, self.tokens[match.last].stop
            sentence, flags = self.sentence(start), set()
            for cue in self._cues:
                if not sentence[0] <= self.tokens[cue.first].start < sentence[1]:
                    continue
                for kind, side in (each.split("/") for each in cue.what.split()):
                    away = match.first - cue.last if side == "before" else cue.first - match.last
                    if kind != ACTIVE and 0 < away <= (REACH if kind != "family" else 4 * REACH):
                        flags.add(kind)
            spotted.append(
                Spotted(start, stop, match.what, self.section(start), sentence, **dict.fromkeys(flags, True))
            )
        return spotted


def sections(text: str) -> list[tuple[int, str]]:
    """Where each part of a report begins, and which it is."""
    kinds = {fold(word): row["kind"] for row in rows("sections") for word in listed(row["words"])}
    found = ((match.start(), kinds.get(fold(match[1]).strip())) for match in TITLE.finditer(text))
    return [(start, kind) for start, kind in found if kind is not None]


@cache
def codes() -> Dictionary:
    """CIM-10 codes by the words for them."""
    return Dictionary((word, row["code"]) for row in rows("terms") for word in listed(row["words"]))


@cache
def acts() -> Dictionary:
    """CCAM codes by the words for them."""
    return Dictionary((word, row["code"]) for row in rows("acts") for word in listed(row["words"]))


@cache
def _cues() -> Dictionary:
    """What each cue says and on which side of it; one cue may say it on both (`ended/before ended/after`)."""
    said: dict[str, list[str]] = {}
    for row in rows("cues"):
        for word in listed(row["words"]):
            said.setdefault(word, []).append(f"{row['kind']}/{row['side']}")
    return Dictionary((word, " ".join(kinds)) for word, kinds in said.items())
