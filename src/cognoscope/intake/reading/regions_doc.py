"""One spaCy document of some regions of a text, in which EDS-NLP's pipes see what they would see in the whole text.

Tokens, normal forms, polluting tokens and sentences are those of the whole text. Between two regions, and behind the
last one where the text goes on, stands a long word that no expression matches and none reaches across; it is a sentence
of its own. The region that holds the end of the text comes last with nothing behind it, as EDS-NLP's windows end
elsewhere in a last sentence.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from cognoscope.intake.reading.regions_pollution import ODD_SPACES

BARRIER = "\ue000" * 160 + " "
_SHORT = 64
"""Normal forms of words no longer than this are kept."""
_MOST_FORMS = 200_000


class Regions:
    """A spaCy document of regions and the way back to the text.

    doc: the document, with normal forms, tags and sentences.
    watched: for each expression that the reader watches for, whether a word of the document matches it.
    """

    def __init__(self, doc: Any, starts: list[int], shifts: list[int], length: int) -> None:
        self.doc = doc
        self.watched: list[bool] = []
        self._starts = starts
        self._shifts = shifts
        self._ends = [*(start - len(BARRIER) for start in starts[1:]), length]

    def place(self, start: int, stop: int) -> tuple[int, int]:
        """Characters of the text behind characters of the document."""
        return start + self._shift(start), stop + self._shift(stop - 1)

    def inner(self, start: int, stop: int) -> tuple[int, int] | None:
        """Characters of the document behind characters of the text, None where no region holds them."""
        for begin, end, shift in zip(self._starts, self._ends, self._shifts, strict=True):
            if begin <= start - shift and stop - shift <= end:
                return start - shift, stop - shift
        return None

    def _shift(self, at: int) -> int:
        return self._shifts[bisect_right(self._starts, at) - 1]


class RegionReader:
    """Makes documents of regions with the tokenizer, the normaliser and the segmenter of a pipeline.

    watch: expressions looked for in the normal form of each word.
    """

    def __init__(self, nlp: Any, watch: Sequence[re.Pattern[str]] = ()) -> None:
        from spacy.attrs import NORM
        from spacy.tokens import Doc

        normalizer = nlp.get_pipe("normalizer")
        self._nlp = nlp
        self._new = Doc
        self._words = nlp.tokenizer.word_regex
        self._segment = nlp.get_pipe("sentences")
        self._tables = (normalizer.accents.translation_table, normalizer.quotes.translation_table)
        self._attribute = NORM
        self._excluded = nlp.vocab.strings.add("EXCLUDED")
        self._space = nlp.vocab.strings.add("SPACE")
        self._forms: dict[str, int] = {}
        self._watch = [(expression, set[int]()) for expression in watch]
        self._pieces: dict[str, tuple[list[str], list[bool]]] = {}

    def read(self, text: str, regions: Sequence[tuple[int, int]], polluted: Sequence[tuple[int, int]]) -> Regions:
        """The document of these regions (increasing, apart, from cut to cut: see `regions_cuts`)."""
        pieces: list[str] = []
        starts: list[int] = []
        shifts: list[int] = []
        length = 0
        for start, stop in regions:
            starts.append(length)
            shifts.append(start - length)
            pieces.append(text[start:stop])
            length += stop - start
            if stop != len(text):
                pieces.append(BARRIER)
                length += len(BARRIER)
        doc, words = self._tokenise("".join(pieces))
        made = Regions(doc, starts, shifts, length)
        made.watched = self._normalise(doc, words)
        if polluted:
            self._exclude(made, polluted)
        self._segment(doc)
        if pieces[-1] is BARRIER or len(pieces) > 1:
            _fence(doc, words)
        return made

    def _tokenise(self, text: str) -> tuple[Any, list[str]]:
        """What the pipeline's tokenizer makes of a text, by its own expression in one call."""
        words, spaces = self._split(text)
        if sum(map(len, words)) + sum(spaces) != len(text):
            doc = self._nlp.make_doc(text)
            return doc, [token.text for token in doc]
        return self._new(self._nlp.vocab, words=words, spaces=spaces), words

    def _split(self, text: str) -> tuple[list[str], list[bool]]:
        """Words, and whether a space follows each.

        Where blanks stand alone the expression never looks past one, so that what it makes of the letters up to the
        next blank can be kept.
        """
        if "  " in text or any(space in text for space in ODD_SPACES):
            return _words_and_spaces(self._words.findall(text))
        words: list[str] = []
        spaces: list[bool] = []
        known = self._pieces
        *pieces, last = text.split(" ")
        for piece in pieces:
            made = known.get(piece)
            if made is None:
                made = _words_and_spaces(self._words.findall(piece + " "))
                if len(piece) <= _SHORT and len(known) < _MOST_FORMS:
                    known[piece] = made
            words += made[0]
            spaces += made[1]
        made = _words_and_spaces(self._words.findall(last))
        return words + made[0], spaces + made[1]

    def _normalise(self, doc: Any, words: list[str]) -> list[bool]:
        import numpy

        forms, vocab, space = self._forms, self._nlp.vocab, self._space
        found = []
        for place, word in enumerate(words):
            form = forms.get(word)
            if form is None:
                form = self._form(vocab[word])
            if not form:
                doc[place].tag = space
                form = vocab[word].norm
            found.append(form)
        if found:
            doc.from_array([self._attribute], numpy.array(found, dtype="uint64"))
        return [not forms_seen.isdisjoint(found) for _, forms_seen in self._watch]

    def _form(self, lexeme: Any) -> int:
        """The normal form of a word, 0 for white space."""
        accents, quotes = self._tables
        word = lexeme.text
        normal = lexeme.norm_.translate(accents).translate(quotes)
        form = self._nlp.vocab.strings.add(normal) if word.strip() else 0
        for expression, forms in self._watch:
            if expression.search(normal):
                forms.add(form)
        if len(word) <= _SHORT and len(self._forms) < _MOST_FORMS:
            self._forms[word] = form
        return form

    def _exclude(self, made: Regions, polluted: Sequence[tuple[int, int]]) -> None:
        from edsnlp.utils.filter import filter_spans

        found = []
        for start, stop in polluted:
            inner = made.inner(start, stop)
            span = inner and made.doc.char_span(*inner, alignment_mode="expand")
            if span is not None:
                found.append(span)
        for span in filter_spans(found):
            for token in span:
                token.tag = self._excluded


def _words_and_spaces(pairs: list[tuple[str, str]]) -> tuple[list[str], list[bool]]:
    return [word for word, _ in pairs], [bool(space) for _, space in pairs]


def _fence(doc: Any, words: list[str]) -> None:
    """Let each barrier be a sentence of its own, and the token behind it begin one."""
    barrier = BARRIER[:-1]
    for _ in range(words.count(barrier)):
        place = words.index(barrier)
        for at in (place, place + 1):
            if at < len(words):
                doc[at].is_sent_start = True
        words[place] = ""
