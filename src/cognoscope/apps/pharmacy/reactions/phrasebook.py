"""Expressions found in a text, word by word, with little words let pass between them.

`mal au ventre` is also found in `mal très fort au ventre`: articles and pronouns are left out of the expression and may
stand anywhere in the text, at most `GAP` of them between two words. Of two expressions at one place the longer counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cognoscope.apps.pharmacy.reactions.tokens import Token, tokens_of

GAP = 4

_LITTLE = frozenset(
    [
        "l",
        "le",
        "la",
        "les",
        "un",
        "une",
        "des",
        "du",
        "de",
        "d",
        "au",
        "aux",
        "a",
        "en",
        "dans",
        "sur",
        "son",
        "sa",
        "ses",
        "mon",
        "ma",
        "mes",
        "ta",
        "notre",
        "nos",
        "votre",
        "vos",
        "leur",
        "leurs",
        "ce",
        "cette",
        "ces",
        "cet",
        "se",
        "s",
        "me",
        "m",
        "j",
        "je",
        "il",
        "elle",
        "on",
        "y",
        "ai",
        "as",
        "est",
        "sont",
        "etait",
        "etaient",
        "ont",
        "avait",
        "avaient",
        "suis",
        "qui",
        "que",
        "c",
        "ca",
        "cela",
        "the",
        "an",
        "my",
        "your",
        "his",
        "her",
        "of",
        "in",
        "on",
        "to",
        "is",
        "are",
        "was",
        "were",
        "been",
        "be",
        "have",
        "has",
        "had",
        "i",
        "it",
        "at",
        "this",
        "these",
    ]
)
_PASSING = frozenset(
    [
        "tres",
        "trop",
        "bien",
        "assez",
        "tout",
        "toute",
        "tous",
        "toutes",
        "vraiment",
        "peu",
        "beaucoup",
        "fort",
        "forte",
        "forts",
        "fortes",
        "gros",
        "grosse",
        "grosses",
        "terrible",
        "terribles",
        "affreux",
        "affreuse",
        "intense",
        "intenses",
        "violent",
        "violente",
        "violents",
        "violentes",
        "important",
        "importante",
        "importants",
        "importantes",
        "enorme",
        "enormement",
        "severe",
        "severes",
        "hyper",
        "super",
        "aussi",
        "tellement",
        "completement",
        "constamment",
        "really",
        "very",
        "so",
        "quite",
        "severe",
        "bad",
        "terrible",
        "some",
        "extremely",
        "constantly",
        "also",
        "intense",
        "mild",
        "slight",
    ]
)


@dataclass
class _Node:
    children: dict[str, "_Node"] = field(default_factory=dict)
    meaning: str = ""
    capital: bool = False


@dataclass(frozen=True)
class Hit:
    """An expression: words `first` (included) to `stop` (excluded) of the text's words."""

    first: int
    stop: int
    meaning: str


class Phrasebook:
    """Expressions with their meanings. A short one in capitals is found in capitals only. The first meaning counts.

    whole: little words of an expression must stand in the text too (`je prends`, not `prends`).
    """

    def __init__(self, expressions: Iterable[tuple[str, str]], *, whole: bool = False) -> None:
        self._root = _Node()
        self.words: set[str] = set()
        for expression, meaning in expressions:
            words = tokens_of(expression)
            kept = words if whole else [word for word in words if word.plain not in _LITTLE] or words
            node = self._root
            for word in kept:
                node = node.children.setdefault(word.stem, _Node())
                self.words.add(word.stem)
            if not node.meaning:
                node.meaning = meaning
                node.capital = len(kept) == 1 and kept[0].capital and len(kept[0].plain) <= SHORT
        self._starts = self._root.children

    def find(self, words: Sequence[Token]) -> list[Hit]:
        """The expressions in a text, in order, without overlap."""
        found: list[Hit] = []
        at = 0
        while at < len(words):
            node = self._starts.get(words[at].stem)
            hit = self._longest(words, at, at, node) if node is not None else None
            if hit is None:
                at += 1
            else:
                found.append(hit)
                at = hit.stop
        return found

    def _longest(self, words: Sequence[Token], first: int, at: int, node: _Node) -> Hit | None:
        best: Hit | None = None
        if node.meaning and (not node.capital or words[at].capital):
            best = Hit(first, at + 1, node.meaning)
        if not node.children:
            return best
        sentence = words[first].sentence
        for ahead in range(at + 1, min(at + GAP + 2, len(words))):
            word = words[ahead]
            if word.sentence != sentence or word.comma:
                break
            child = node.children.get(word.stem)
            if child is not None:
                longer = self._longest(words, first, ahead, child)
                if longer is not None and (best is None or longer.stop > best.stop):
                    best = longer
                    break
            if word.plain not in _LITTLE and word.plain not in _PASSING:
                break
        return best


SHORT = 5
"""Longest abbreviation that counts in capitals only."""
