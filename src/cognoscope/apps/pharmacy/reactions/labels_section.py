"""A section of a label cut into words, with what matching and context need to know of each."""

import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cognoscope.apps.pharmacy.reactions.labels_words import TOKEN, digest, form, loose, silent, table

LONGEST_SECTION = 200_000
"""Characters of a section that are read: the longest of the reference labels has 60,000."""

HEADING = re.compile(r"(?:\d+(?:\.\d+)*|[A-Z][A-Z ]+)\s+[A-Z]")
HEADING_LENGTH = 120
_KINDS = ("adverse", "warning", "box")


@dataclass(frozen=True, eq=False)
class Section:
    """Words in order; `breaks[n]`: no term goes from word n - 1 to n; `coordinated[n]`: a comma, `and`, `or` comes
    there.

    `heads` holds the heading above each word, `gaps` the signs before it. The caches belong to `labels_context`.
    """

    kind: int
    text: str
    words: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    breaks: list[bool] = field(default_factory=list)
    coordinated: list[bool] = field(default_factory=list)
    silent: list[bool] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    exact: list[int] = field(default_factory=list)
    bag: list[int] = field(default_factory=list)
    loose: list[tuple[int, ...]] = field(default_factory=list)
    contexts: dict[tuple[int, int], NDArray[np.int32]] = field(default_factory=dict)
    cues: dict[tuple[int, int], list[float]] = field(default_factory=dict)


def kind_of(name: str) -> int:
    """0 adverse reactions, 1 warnings and whatever is not known, 2 boxed warning."""
    low = name.lower()
    return 2 if _KINDS[2] in low else 0 if _KINDS[0] in low else 1


def read_section(name: str, text: str) -> Section:
    """The words of a section; what follows `LONGEST_SECTION` characters is not read."""
    section = Section(kind_of(name), text[:LONGEST_SECTION])
    state = _State()
    for match in TOKEN.finditer(section.text):
        sign = match.group()
        if sign[0] == "\n":
            state.new_line(section.text, match.end())
        elif not sign[0].isalnum() and sign not in "<>":
            state.sign(sign)
        else:
            _add(section, state, sign, match.span())
    return section


class _State:
    """Where the reading is: sentence, line, heading, and the signs since the last word."""

    def __init__(self) -> None:
        self.sentence = self.line = 0
        self.head = self.gap = ""
        self.broken, self.coordinated = True, False

    def new_line(self, text: str, at: int) -> None:
        self.broken = True
        self.sentence += 1
        self.line += 1
        self.gap += "\n"
        end = text.find("\n", at)
        line = text[at : len(text) if end < 0 else end].strip()
        if len(line) < HEADING_LENGTH and HEADING.match(line):
            self.head = line.lower()

    def sign(self, sign: str) -> None:
        self.gap += sign
        if sign in ".;:":
            self.sentence += sign != ":"
        if sign not in "-/'’%":
            self.broken = True
        if sign in ",/(:":
            self.coordinated = True


def _add(section: Section, state: _State, word: str, span: tuple[int, int]) -> None:
    plain = form(word)
    section.words.append(word)
    section.forms.append(plain)
    section.spans.append(span)
    section.breaks.append(state.broken)
    section.coordinated.append(state.coordinated or plain in ("and", "or"))
    section.silent.append(silent(word))
    section.sentences.append(state.sentence)
    section.lines.append(state.line)
    section.heads.append(state.head)
    section.gaps.append(state.gap)
    section.exact.append(digest(plain, 0))
    section.bag.append(0 if plain in table().silent else digest(plain, 1))
    section.loose.append(tuple(digest(part, 2) for part in loose(word)))
    state.broken = state.coordinated = False
    state.gap = ""
