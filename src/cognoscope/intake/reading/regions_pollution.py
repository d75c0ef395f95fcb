"""Polluting text, found as EDS-NLP's own expressions find it, but looked for only where they could match.

Each expression of the normaliser needs some character or word (`@`, `www.`, `|`, a page number at a line's start ...);
where a text does not hold it the expression is not run, and where it can match at a few known places only it is tried
there. The expressions themselves are those of the pipeline that is given.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Spans = list[tuple[int, int]]
Finder = Callable[[Any, str, bytes], Iterator[Any]]

ODD_SPACES = tuple("\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") + tuple(
    map(chr, range(0x2000, 0x200B))
)
_attached = re.compile(r"(?<![^\S\r\n\t])(?<!^)[^\S\r\n\t]")
"""A space right after a word or a line break: the tokenizer keeps it as a plain space whatever it was."""

_bar_letters = bytes(120 if byte in b"nbwNBW_=-" else 32 for byte in range(256))
_five_bars = b"x" * 5
_runs_of_bars = re.compile(r"[nbwNBW_=-]{5,}")
_lines_of_doctors = re.compile(r"\n(?=[dDpP][rR][.\soO])")
_coded = re.compile(r" \(\d+\) [a-zA-Z]\d\d")
_page = re.compile(r"\d\d?/\d")
_page_at_line_start = re.compile(r"\n\d\d?/\d")
_patient_number = re.compile(r"80\d{8}")
_printed = re.compile(r"[iı]mpr[iı]m.[\s\x1c-\x1f]le", re.IGNORECASE)


def plain_spaces(text: str) -> str:
    """The text as the tokenizer's document has it: attached spaces are plain; of the same length."""
    return _attached.sub(" ", text) if any(space in text for space in ODD_SPACES) else text


class Pollution:
    """Finds polluting text as a pipeline's normaliser does.

    find: the spans of a text (see `plain_spaces`), in the order in which the normaliser finds them.
    An expression that is not one of EDS-NLP's own keys is run on the whole text.
    """

    def __init__(self, tagger: Any) -> None:
        known: dict[str, Finder] = {
            "information": _information,
            "bars": _bars,
            "biology": _biology,
            "doctors": _doctors,
            "web": _web,
            "coding": _coding,
            "footer": _footer,
            "intraword_split": _split_words,
        }
        self._finders = [
            (known.get(key, _anywhere), compiled)
            for key, patterns, *_ in tagger.regex_matcher.regex
            for compiled in patterns
        ]

    def find(self, text: str, low: bytes) -> Spans:
        """Characters `start` (included) to `stop` (excluded) of each match.

        low: the text in lower case, one byte a character, whatever the encoding (letters of ASCII as themselves).
        """
        return [match.span() for finder, compiled in self._finders for match in finder(compiled, text, low)]


def _anywhere(compiled: Any, text: str, _low: bytes) -> Iterator[Any]:
    yield from compiled.finditer(text)


def _information(compiled: Any, text: str, low: bytes) -> Iterator[Any]:
    if b"droit-opposition" in low or b"cardiovasculaire" in low:
        yield from compiled.finditer(text)


def _bars(compiled: Any, text: str, low: bytes) -> Iterator[Any]:
    if _five_bars in low.translate(_bar_letters):
        yield from _at(compiled, text, (match.start() for match in _runs_of_bars.finditer(text)))


def _biology(compiled: Any, text: str, _low: bytes) -> Iterator[Any]:
    if "|" in text or "¦" in text:
        yield from compiled.finditer(text)


def _doctors(compiled: Any, text: str, _low: bytes) -> Iterator[Any]:
    yield from _at(compiled, text, (0, *(match.end() for match in _lines_of_doctors.finditer(text))))


def _web(compiled: Any, text: str, _low: bytes) -> Iterator[Any]:
    if "@" in compiled.pattern:
        yield from _at(compiled, text, _finds(text, "@"), whole_word=True)
    elif compiled.pattern.startswith("(www"):
        yield from _at(compiled, text, _finds(text, "www."))
    else:
        ends = sorted(at for ending in (".fr", ".com", ".net", ".org") for at in _finds(text, ending))
        yield from _at(compiled, text, ends, whole_word=True)


def _coding(compiled: Any, text: str, _low: bytes) -> Iterator[Any]:
    if _coded.search(text):
        yield from compiled.finditer(text)


def _footer(compiled: Any, text: str, low: bytes) -> Iterator[Any]:
    paged = _page_at_line_start.search(text) or _page.match(text) or _patient_number.search(text)
    if paged or (b"mpr" in low and _printed.search(text)):
        yield from compiled.finditer(text)


def _split_words(compiled: Any, text: str, _low: bytes) -> Iterator[Any]:
    if "-\n" in text:
        yield from compiled.finditer(text)


def _at(compiled: Any, text: str, places: Iterable[int], whole_word: bool = False) -> Iterator[Any]:
    """Matches at some places, from left to right, none over another: what `finditer` gives when no other can begin.

    whole_word: try where the word around the place begins, a word being what holds no space.
    """
    free = 0
    for place in places:
        if place < free:
            continue
        match = compiled.match(text, _word_start(text, place) if whole_word else place)
        if match:
            yield match
            free = match.end()


def _finds(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _word_start(text: str, at: int) -> int:
    while at and not text[at - 1].isspace():
        at -= 1
    return at
