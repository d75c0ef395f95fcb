"""Which expressions of which conditions can match in a text, and where: one pass over its letters.

Built from the pipes themselves: each anchor (the expressions that find a condition, before what excludes or details it)
gives the literals without which it cannot match, and all of them go into two automata, one for expressions that read
the normal forms and one for those that read the text as it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from cognoscope.intake.reading.conditions_literals import Required, required
from cognoscope.intake.reading.regions_letters import Letters, searchable

SLACK = 4


def reach(width: int) -> int:
    """Characters of a text in which `width` characters of its normal form are, where no white space is longer than
    three: each then has two at most that the normal form has not, and a word between it and the next."""
    return 2 * width + SLACK


@dataclass(frozen=True, eq=False)
class Anchor:
    """One expression of one pipe.

    width: how far around its literal it may look, None where there is no limit.
    aside: how much of it is not part of the match.
    also: of each of these sets, one is there as well.
    """

    pipe: str
    pattern: int
    place: int
    expression: Any
    width: int | None
    aside: int
    also: tuple[tuple[str, ...], ...] = ()


Hit = tuple[Anchor, int, int]
"""An anchor that may match within some of the letters scanned: first one, behind the last one."""

Payload = list[tuple[int, bool, bool, Anchor]]


class Triggers:
    """Scans letters for what could be an anchor's match.

    always: anchors without a literal, which may match anywhere (a document must then be read whole).
    """

    def __init__(self, nlp: Any, pipes: tuple[str, ...], letters: Letters) -> None:
        import ahocorasick

        self._letters = letters
        self.always: list[Anchor] = []
        normal: dict[str, Payload] = {}
        cased: dict[str, Payload] = {}
        for anchor, attribute, needed in anchors(nlp, pipes):
            if not needed.literals:
                self.always.append(anchor)
            form = self._as_it_is if attribute == "TEXT" else self._as_normal
            words = cased if attribute == "TEXT" else normal
            also = tuple(tuple(map(form, sorted(strings))) for strings in needed.also)
            anchor = replace(anchor, also=also)
            for literal in needed.literals:
                key = form(literal.text)
                words.setdefault(key, []).append((len(key), literal.begins, literal.ends, anchor))
        self._automata = tuple(_automaton(ahocorasick, words) for words in (normal, cased))

    def _as_it_is(self, word: str) -> str:
        return searchable(self._letters.coded(word))

    def _as_normal(self, word: str) -> str:
        return searchable(self._letters.lowered(self._letters.coded(word)))

    def scan(self, low: bytes, coded: bytes) -> Iterator[Hit]:
        """Hits in letters: `low` as normalised, `coded` as they are."""
        for automaton, scanned in zip(self._automata, (low, coded), strict=True):
            text = searchable(scanned)
            for last, payload in automaton.iter(text):
                stop = last + 1
                for length, begins, ends, anchor in payload:
                    start = stop - length
                    if begins and start and (text[start - 1].isalnum() or text[start - 1] == "_"):
                        continue
                    if ends and stop < len(text) and (text[stop].isalnum() or text[stop] == "_"):
                        continue
                    yield from _matches(text, start, stop, anchor)


_unsure = re.compile(r"[\x80-\x9f?]")
"""Letters that stand for others (quotes, dots, whatever the code page has not): there a match cannot be ruled out."""


def _matches(text: str, start: int, stop: int, anchor: Anchor) -> Iterator[Hit]:
    """Where the anchor matches around its literal; all around, where that cannot be known for sure."""
    if anchor.width is None:
        if all(any(word in text for word in words) for words in anchor.also):
            yield anchor, start, stop
        return
    around = reach(anchor.width)
    left, right = max(0, start - around), min(len(text), stop + around)
    window = text[left:right]
    for words in anchor.also:
        if not any(word in window for word in words):
            return
    if _unsure.search(window):
        yield anchor, left, right
    elif "  " in window:
        if anchor.expression.search(" ".join(window.split())):
            yield anchor, left, right
    else:
        match = anchor.expression.search(window)
        while match:
            yield anchor, left + match.start(), left + match.end()
            match = anchor.expression.search(window, match.start() + 1)


def anchors(nlp: Any, pipes: tuple[str, ...]) -> Iterator[tuple[Anchor, str, Required]]:
    """Each anchor of these pipes, the attribute that it reads, and what it needs."""
    for name in pipes:
        for number, pattern in enumerate(nlp.get_pipe(name).patterns):
            for _, compiled, attribute, *_ in pattern.regex_matcher.regex:
                for place, expression in enumerate(compiled):
                    needed = required(expression.pattern, expression.flags & 0xFF)
                    yield Anchor(name, number, place, expression, needed.width, needed.aside), attribute, needed


def _automaton(ahocorasick: Any, words: dict[str, Payload]) -> Any:
    automaton = ahocorasick.Automaton()
    for word, payload in words.items():
        automaton.add_word(word, payload)
    automaton.make_automaton()
    return automaton
