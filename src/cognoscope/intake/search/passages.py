"""The passage of a report that shows best why it was found, and where in the report the words stand."""

import unicodedata
from bisect import bisect_right
from collections.abc import Callable

from cognoscope.intake.search.parse import Parsed, Term
from cognoscope.intake.search.results import Piece
from cognoscope.intake.search.words import TOKEN, fold, forms

LENGTH = 240
BEFORE = 60
LOOKED_AT = 200_000
"""Characters of a report that are looked at for a passage; the rest of a giant is found, but not shown."""

Span = tuple[int, int]


def spans(text: str, parsed: Parsed, *, near: bool) -> list[list[Span]]:
    """For each required group of terms, where one of them stands in the text: characters from, to (excluded)."""
    found = [(match.start(), match.end(), fold(match.group())) for match in TOKEN.finditer(text, 0, LOOKED_AT)]
    return [sorted({span for term in group for span in _of_term(found, term, near)}) for group in parsed.required]


def passage(text: str, marks: list[list[Span]]) -> tuple[Piece, ...]:
    """About 240 characters of the text, where most of the groups have a mark close together; whole words."""
    every = sorted((start, stop, group) for group, of in enumerate(marks) for start, stop in of)
    best = max(range(len(every)), key=lambda first: (len(_groups_from(every, first)), -first), default=None)
    start = 0 if best is None else max(0, every[best][0] - BEFORE)
    stop = min(len(text), start + LENGTH)
    start, stop = _to_blank(text, start, -1), _to_blank(text, stop, 1)
    pieces: list[Piece] = []
    at = start
    for left, right in _united([(left, right) for left, right, _ in every if left >= start and right <= stop]):
        pieces += [Piece(_one_line(text[at:left]), marked=False), Piece(text[left:right], marked=True)]
        at = right
    pieces.append(Piece(_one_line(text[at:stop]), marked=False))
    return tuple(piece for piece in pieces if piece.text)


def _of_term(found: list[tuple[int, int, str]], term: Term, near: bool) -> list[Span]:
    if len(term.words) > 1:
        size = len(term.words)
        return [
            (found[at][0], found[at + size - 1][1])
            for at in range(len(found) - size + 1)
            if all(found[at + number][2] == word for number, word in enumerate(term.words))
        ]
    is_meant = _test(term, near)
    return [(start, stop) for start, stop, word in found if is_meant(word)]


def _test(term: Term, near: bool) -> Callable[[str], bool]:
    word = term.words[0]
    if term.prefix:
        return lambda other: other.startswith(word)
    meant = {word, *(() if term.quoted else forms(word))}
    if not (near and term.near):
        return meant.__contains__
    from rapidfuzz.distance import OSA

    seen: dict[str, bool] = {}

    def known_or_near(other: str) -> bool:
        answer = seen.get(other)
        if answer is None:
            answer = other in meant or OSA.distance(word, other, score_cutoff=1) <= 1
            seen[other] = answer
        return answer

    return known_or_near


def _groups_from(every: list[tuple[int, int, int]], first: int) -> set[int]:
    """Groups with a mark in the passage that would begin with this mark."""
    end = bisect_right(every, (every[first][0] + LENGTH - BEFORE,))
    return {group for _, _, group in every[first:end]}


def _united(marks: list[Span]) -> list[Span]:
    """Marks that overlap become one."""
    united: list[Span] = []
    for left, right in sorted(marks):
        if united and left <= united[-1][1]:
            united[-1] = (united[-1][0], max(right, united[-1][1]))
        else:
            united.append((left, right))
    return united


def _to_blank(text: str, at: int, step: int) -> int:
    """The nearest place at which no word is cut, at most 30 characters away."""
    for _ in range(30):
        if at <= 0 or at >= len(text) or text[at - 1].isspace() or text[at].isspace():
            break
        at += step
    return at


def _one_line(text: str) -> str:
    return " ".join(text.split(" ")) if text.isprintable() else "".join(map(_blank_or_self, text))


def _blank_or_self(character: str) -> str:
    return " " if character.isspace() or unicodedata.category(character) == "Cc" else character
