"""Texts cut at the ends of what is highlighted in them, so that a template prints pieces; long ones as passages.

Highlights may overlap: a piece carries every highlight that covers it, the shortest first, which gives it its look.
Nothing here is HTML: templates escape the pieces like any other text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

AROUND = 180
"""Characters shown on either side of a highlight when only passages of a long text are shown."""

SHORT = 1_500
"""A text no longer than this is shown whole."""

MERGE = 160
"""Two passages with fewer characters than this between them are shown as one."""


@dataclass(frozen=True)
class Highlight:
    """Characters `start` (included) to `stop` (excluded) of a text, and how they are shown.

    anchor: names the place on the page. about: key of the finding it is evidence of, '' on a page without findings.
    rank: place of its group, which gives colour and underline. hollow: the words do not say it of the patient.
    words: what is written behind it (`nié`). title: what was read there, for who listens or hovers.
    """

    start: int
    stop: int
    anchor: str
    rank: int
    about: str = ""
    hollow: bool = False
    words: str = ""
    title: str = ""


@dataclass(frozen=True)
class Piece:
    """Some characters and what covers them: `marks` the shortest first, `begins` and `ends` those that do so here."""

    text: str
    marks: tuple[Highlight, ...] = ()
    begins: tuple[Highlight, ...] = ()
    ends: tuple[Highlight, ...] = ()

    @property
    def about(self) -> str:
        """Keys of the findings it is evidence of, between spaces."""
        return " ".join(dict.fromkeys(mark.about for mark in self.marks if mark.about))

    @property
    def said(self) -> tuple[str, ...]:
        """What is written behind the highlights that end here, once where two of them say the same."""
        return tuple(dict.fromkeys(mark.words for mark in self.ends if mark.words))


@dataclass(frozen=True)
class Passage:
    """Pieces that follow one another; `skipped` characters were left out before them."""

    pieces: tuple[Piece, ...]
    skipped: int


@dataclass(frozen=True)
class Passages:
    """What is shown of a text; `skipped` characters were left out behind the last passage."""

    passages: tuple[Passage, ...]
    skipped: int

    @property
    def whole(self) -> bool:
        """Whether nothing was left out."""
        return self.skipped == 0 and all(passage.skipped == 0 for passage in self.passages)


def pieces(text: str, highlights: Sequence[Highlight], start: int = 0, stop: int | None = None) -> tuple[Piece, ...]:
    """The characters from `start` to `stop`, cut wherever a highlight begins or ends; joined they are that text."""
    end = len(text) if stop is None else min(stop, len(text))
    inside = [one for one in highlights if one.start < end and one.stop > start and one.start < one.stop]
    cuts = sorted({start, end, *(max(one.start, start) for one in inside), *(min(one.stop, end) for one in inside)})
    coming = sorted(inside, key=lambda one: -one.start)
    found: list[Piece] = []
    active: list[Highlight] = []
    for left, right in pairwise(cuts):
        active = [one for one in active if one.stop > left]
        while coming and coming[-1].start <= left:
            active.append(coming.pop())
        over = sorted(active, key=_length)
        found.append(
            Piece(
                text[left:right],
                tuple(over),
                tuple(one for one in over if one.start == left),
                tuple(one for one in over if one.stop == right),
            )
        )
    return tuple(found)


def passages(text: str, highlights: Sequence[Highlight]) -> Passages:
    """A short text whole; of a long one what is around its highlights, cut between words."""
    if len(text) <= SHORT:
        return Passages((Passage(pieces(text, highlights), 0),), 0)
    windows: list[list[int]] = []
    for one in sorted(highlights, key=lambda one: one.start):
        left = _between_words(text, max(0, one.start - AROUND), -1)
        right = _between_words(text, min(len(text), one.stop + AROUND), 1)
        if windows and left - windows[-1][1] < MERGE:
            windows[-1][1] = max(windows[-1][1], right)
        else:
            windows.append([left if left >= MERGE else 0, right])
    shown, before = [], 0
    for left, right in windows:
        stop = right if len(text) - right >= MERGE else len(text)
        shown.append(Passage(pieces(text, highlights, left, stop), left - before))
        before = stop
    return Passages(tuple(shown), len(text) - before)


def quote(text: str, start: int, stop: int, around: int) -> tuple[str, str, str]:
    """The characters before, the words, the characters after: one line, cut between words and marked where cut."""
    left = _between_words(text, max(0, start - around), -1)
    right = _between_words(text, min(len(text), stop + around), 1)
    before, after = " ".join(text[left:start].split()), " ".join(text[stop:right].split())
    spaced = text[start - 1 : start].isspace(), text[stop : stop + 1].isspace()
    return (
        ("… " if left else "") + before + (" " if spaced[0] and before else ""),
        " ".join(text[start:stop].split()),
        (" " if spaced[1] and after else "") + after + (" …" if right < len(text) else ""),
    )


def _length(one: Highlight) -> tuple[int, int, int, str]:
    return one.stop - one.start, one.rank, one.start, one.anchor


def _between_words(text: str, at: int, step: int) -> int:
    """The nearest place between two words within 30 characters of `at`, going out; else `at`."""
    for place in range(at, at + 30 * step, step):
        if place <= 0 or place >= len(text) or text[place - 1 : place].isspace():
            return min(max(place, 0), len(text))
    return at
