"""Which words a regular expression cannot do without, and how wide its matches are: read off its own parse tree.

A match of `insuff?isan.{1,10}(rein|renal)` holds `insufisan` or `insuffisan`: a document that holds neither needs not
be looked at. Assertions count as nothing, which can only let too much through, never too little.
"""

import re
from dataclasses import dataclass
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

EDGE = "\0"
"""Stands for a word boundary in a literal."""

WORD_WIDTH = 60
"""Characters allowed for an unbounded repeat of word characters."""

MOST = 48
"""More literals than this for one expression are not worth having."""


@dataclass(frozen=True)
class Literal:
    """Some letters or digits, and whether a word must begin or end with them."""

    text: str
    begins: bool
    ends: bool


@dataclass(frozen=True)
class Required:
    """What every match of an expression holds.

    literals: one of them is in every match (none known: the expression may match anywhere).
    also: of each of these sets, one is in every match too.
    width: characters that a match and its assertions may cover, None where there is no limit.
    aside: how many of them are looked at before or behind the match only.
    """

    literals: frozenset[Literal]
    also: tuple[frozenset[str], ...]
    width: int | None
    aside: int = 0


def required(pattern: str, flags: int = 0) -> Required:
    """What every match of `pattern` holds, and how wide a match is.

    Raises:
        re.error: where the pattern is not one that `re` understands, look-behinds aside.
    """
    tree = parser.parse(_without_lookbehinds(pattern), flags & ~re.DEBUG)
    if tree.state.flags & re.IGNORECASE:
        return Required(frozenset(), (), None)
    _, needed = _concatenation(tree)
    best = max(needed, key=_score, default=frozenset())
    also = tuple(frozenset(_literal(text).text for text in strings) for strings in needed if strings is not best)
    width, aside = _width(tree), _aside(tree)
    behind = max((_width(parser.parse(inner)) or WORD_WIDTH for inner in _lookbehinds(pattern)), default=0)
    return Required(frozenset(map(_literal, best)), also, None if width is None else width + behind, aside + behind)


Strings = frozenset[str]
Needed = list[Strings]


def _concatenation(items: Any) -> tuple[Strings | None, Needed]:
    """(the finite set of what matches, or None; sets of which one string each is in every match)."""
    run: Strings = frozenset([""])
    needed: Needed = []
    whole = True
    for item in items:
        exact, inner = _item(item)
        if exact is not None and len(run) * len(exact) <= MOST:
            run = frozenset(left + right for left in run for right in exact)
            continue
        whole = False
        needed += [run, *inner]
        run = exact if exact is not None else frozenset([""])
    return (run if whole else None), [strings for strings in (*needed, run) if _score(strings) > 0]


def _item(item: Any) -> tuple[Strings | None, Needed]:
    kind, value = item
    if kind is op.LITERAL:
        letter = chr(value)
        return (frozenset([letter]) if letter.isalnum() else None), []
    if kind is op.AT:
        return frozenset([EDGE if value is op.AT_BOUNDARY else ""]), []
    if kind in (op.ASSERT, op.ASSERT_NOT):
        return frozenset([""]), []
    if kind is op.IN:
        letters = [chr(code) for name, code in value if name is op.LITERAL]
        plain = len(letters) == len(value) <= 4 and all(map(str.isalnum, letters))
        return (frozenset(letters) if plain else None), []
    if kind is op.SUBPATTERN:
        return _concatenation(value[-1])
    if kind is op.BRANCH:
        return _either([_concatenation(branch) for branch in value[1]])
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        least, most, inner = value
        exact, needed = _concatenation(inner)
        if (least, most) == (0, 1):
            return (None if exact is None else exact | {""}), []
        return None, needed if least else []
    return None, []


def _either(branches: list[tuple[Strings | None, Needed]]) -> tuple[Strings | None, Needed]:
    exact: Strings | None = frozenset()
    bests: Strings | None = frozenset()
    for matched, needed in branches:
        exact = None if exact is None or matched is None else exact | matched
        best = max(needed, key=_score, default=None)
        bests = None if bests is None or best is None else bests | best
    return exact, [] if bests is None else [bests]


def _score(strings: Strings) -> float:
    """How good a set of literals is: the shortest counts, word boundaries help, few are better than many."""
    if not strings or len(strings) > MOST:
        return -1.0
    shortest = min((_literal(text) for text in strings), key=_worth)
    return _worth(shortest) - len(strings) / 100 if shortest.text else -1.0


def _worth(literal: Literal) -> float:
    return len(literal.text) + 2 * (literal.begins + literal.ends)


def _literal(text: str) -> Literal:
    """The longest piece between inner word boundaries, with those at its own ends."""
    pieces = text.split(EDGE)
    place = max(range(len(pieces)), key=lambda number: len(pieces[number]))
    return Literal(pieces[place], begins=place > 0, ends=place < len(pieces) - 1)


def _width(items: Any) -> int | None:
    total = 0
    for kind, value in items:
        width = _item_width(kind, value)
        if width is None:
            return None
        total += width
    return total


def _item_width(kind: Any, value: Any) -> int | None:
    if kind is op.SUBPATTERN:
        return _width(value[-1])
    if kind in (op.ASSERT, op.ASSERT_NOT):
        return _width(value[1])
    if kind is op.AT:
        return 1
    if kind is op.BRANCH:
        widths = [_width(branch) for branch in value[1]]
        return None if None in widths else max(width for width in widths if width is not None)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        _, most, inner = value
        if most is op.MAXREPEAT:
            return _endless_width(inner)
        width = _width(inner)
        return None if width is None else most * width
    return 1


def _endless_width(inner: Any) -> int | None:
    """Normal forms have no two spaces in a row; a word has an end; anything else may go on for ever."""
    if list(inner) == [(op.IN, [(op.CATEGORY, op.CATEGORY_SPACE)])]:
        return 2
    return None if any(name in (op.ANY, op.NOT_LITERAL) for name, _ in inner) else WORD_WIDTH


def _aside(items: Any) -> int:
    """Characters that the assertions of an expression look at."""
    return sum(
        (_width(value[1]) or WORD_WIDTH) if kind in (op.ASSERT, op.ASSERT_NOT) else int(kind is op.AT)
        for kind, value in items
    )


def _without_lookbehinds(pattern: str) -> str:
    """The pattern without `(?<!...)` and `(?<=...)`: `re` refuses those of varying width."""
    for start, stop in reversed(_lookbehind_places(pattern)):
        pattern = pattern[:start] + pattern[stop:]
    return pattern


def _lookbehinds(pattern: str) -> list[str]:
    """What is within them."""
    return [pattern[start + 4 : stop - 1] for start, stop in _lookbehind_places(pattern)]


def _lookbehind_places(pattern: str) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    start, depth, at = -1, 0, 0
    while at < len(pattern):
        if start < 0 and pattern.startswith(("(?<!", "(?<="), at):
            start, depth = at, 0
        if start >= 0:
            depth += {"(": 1, ")": -1}.get(pattern[at], 0)
            if depth == 0:
                places.append((start, at + 1))
                start = -1
        at += 2 if pattern[at] == "\\" else 1
    return places
