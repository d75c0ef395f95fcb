"""Words cut into the pieces that the small text encoders know (WordPiece, lower case, accents taken off).

The greedy cut of BERT's uncased vocabulary (Devlin et al. 2019, 10.18653/v1/N19-1423), over the part of that vocabulary
that ships in `phrases_vocabulary.txt`; a word beyond it falls into smaller pieces, at worst into letters.
"""

import unicodedata
from functools import cache
from importlib.resources import files

VOCABULARY = "phrases_vocabulary.txt"
CHARACTERS = 100
"""Characters of a word that are read; what is longer is no word."""


class Pieces:
    """The cut of words with one vocabulary; the first four entries stand for padding, unknown, beginning and end."""

    def __init__(self, vocabulary: list[str]) -> None:
        self.numbers = {piece: number for number, piece in enumerate(vocabulary)}
        self.unknown, self.begin, self.end = (self.numbers[name] for name in ("[UNK]", "[CLS]", "[SEP]"))
        self._known: dict[str, list[int]] = {}

    def cut(self, word: str) -> list[int]:
        """Numbers of the pieces of a word, never empty."""
        found = self._known.get(word)
        if found is None:
            found = [number for part in _parts(word[:CHARACTERS]) for number in self._greedy(part)] or [self.unknown]
            # A hospital's texts hold ever new words: what is remembered stays bounded.
            if len(self._known) < 50_000:
                self._known[word] = found
        return found

    def _greedy(self, part: str) -> list[int]:
        found, start = [], 0
        while start < len(part):
            stop, mark = len(part), "##" if start else ""
            while stop > start and mark + part[start:stop] not in self.numbers:
                stop -= 1
            if stop == start:
                return [self.unknown]
            found.append(self.numbers[mark + part[start:stop]])
            start = stop
        return found


def _parts(word: str) -> list[str]:
    """Runs of letters and digits, and each other sign alone."""
    plain = "".join(sign for sign in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(sign) != "Mn")
    parts: list[str] = []
    joined = False
    for sign in plain:
        if sign.isspace():
            joined = False
        elif sign.isalnum():
            if joined:
                parts[-1] += sign
            else:
                parts.append(sign)
            joined = True
        else:
            parts.append(sign)
            joined = False
    return parts


@cache
def shipped_pieces() -> Pieces:
    """The cut with the vocabulary that ships."""
    return Pieces(files(__package__).joinpath(VOCABULARY).read_text(encoding="utf-8").splitlines())
