"""Drug names in a text: the spans that EDS-NLP's `eds.drugs` finds, by a search that costs a few percent of it.

`eds.drugs` (behind a normaliser without pollution) compares tokens in lower case without accents to the 5,789 names of
its own list. The same list, tokeniser and normalisation are used here; an automaton over the longest token of each
name first says where one can be at all, and only the words around are cut into tokens.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from cognoscope.core.errors import NotInstalled

Codes = tuple[str, ...]
END = ""
"""Key under which a node of the tree of tokens keeps the codes of the name that ends there."""


@dataclass(frozen=True)
class DrugName:
    """Characters `start` to `stop` of a text, and the ATC codes of the name, in the list's order."""

    start: int
    stop: int
    codes: Codes


@dataclass(frozen=True)
class _Names:
    automaton: Any
    tree: dict[str, Any]
    word: Any
    translation: dict[int, str]
    longest: int


def find_drugs(text: str) -> list[DrugName]:
    """The names in a text, in order, the longest where they overlap (as `doc.ents` of `eds.drugs`).

    Raises:
        NotInstalled: the extra `text` is missing.
    """
    names = _names()
    # Longer lower-case forms (of the capital dotted I) would shift what follows: such a text is scanned unlowered.
    flat = text.translate(names.translation).lower()
    if len(flat) != len(text):
        flat = "".join(
            low if len(low := letter.lower()) == 1 else letter for letter in text.translate(names.translation)
        )
    windows: list[tuple[int, int]] = []
    for end, token in names.automaton.iter(flat):
        if _inside_a_word(flat, end + 1 - len(token), end + 1):
            continue
        # White space always ends a token, so cutting there cuts as the whole text would be cut.
        start, stop = max(0, end + 1 - names.longest), min(len(text), end + 1 - len(token) + names.longest)
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], _space_after(text, max(stop, windows[-1][1])))
        else:
            windows.append((_space_before(text, start), _space_after(text, stop)))
    return [name for start, stop in windows for name in _in_window(text, flat, start, stop, names)]


def _space_before(text: str, place: int) -> int:
    while place > 0 and not text[place - 1].isspace():
        place -= 1
    return place


def _space_after(text: str, place: int) -> int:
    while place < len(text) and not text[place].isspace():
        place += 1
    return place


def _inside_a_word(flat: str, start: int, stop: int) -> bool:
    """Whether letters go on before or after: no token begins or ends there."""
    return (start > 0 and flat[start].isalpha() and flat[start - 1].isalpha()) or (
        stop < len(flat) and flat[stop - 1].isalpha() and flat[stop].isalpha()
    )


def _in_window(text: str, flat: str, start: int, stop: int, names: _Names) -> list[DrugName]:
    """Names of one window; of overlapping ones the longest in tokens, then the first."""
    spans = [match.span(1) for match in names.word.finditer(text, start, stop)]
    tokens = [flat[begin:end] for begin, end in spans]
    matches = []
    for first, token in enumerate(tokens):
        node, place = names.tree.get(token), first
        while node is not None:
            place += 1
            if END in node:
                matches.append((first, place, node[END]))
            node = node.get(tokens[place]) if place < len(tokens) else None
    taken: set[int] = set()
    kept = []
    for first, last, codes in sorted(matches, key=lambda match: (match[0] - match[1], match[0])):
        if not taken & {first, last - 1}:
            taken.update(range(first, last))
            kept.append(DrugName(spans[first][0], spans[last - 1][1], codes))
    return sorted(kept, key=lambda name: name.start)


@cache
def _names() -> _Names:
    try:
        import ahocorasick
        from edsnlp.language import EDSTokenizer
        from edsnlp.pipes.core.normalizer.accents.patterns import accents
        from edsnlp.pipes.core.normalizer.quotes.patterns import quotes_and_apostrophes
        from edsnlp.pipes.ner.drugs.patterns import get_patterns
        from spacy.vocab import Vocab
    except ImportError as error:
        raise NotInstalled("Reading drugs needs the extra `text`: run `make text`.") from error
    word = EDSTokenizer(Vocab()).word_regex
    translation = {ord(letter): plain for letters, plain in (*accents, *quotes_and_apostrophes) for letter in letters}
    automaton = ahocorasick.Automaton()
    tree: dict[str, Any] = {}
    longest_name = 0
    for code, terms in get_patterns().items():
        for term in terms:
            tokens = [match.group(1).lower().translate(translation) for match in word.finditer(term)]
            if not tokens:
                continue
            longest_name = max(longest_name, len(term))
            longest = max(tokens, key=len)
            automaton.add_word(longest, longest)
            node = tree
            for token in tokens:
                node = node.setdefault(token, {})
            node[END] = (*node.get(END, ()), *(() if code in node.get(END, ()) else (code,)))
    automaton.make_automaton()
    return _Names(automaton, tree, word, translation, longest_name)
