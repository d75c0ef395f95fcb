"""What a person typed, taken apart; anything can be typed, so nothing but an empty meaning is refused."""

import re
from dataclasses import dataclass

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.search.words import ELIDED, stop_words, tokens

MOST_CHARACTERS = 1000
MOST_TERMS = 50
LETTERS_FOR_A_PREFIX = 3
LETTERS_FOR_NEAR = 5
QUOTES = str.maketrans(dict.fromkeys("«»“”„", '"'))
CHUNK = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')
EITHER = frozenset({"OU", "OR"})
BOTH = frozenset({"ET", "AND"})


@dataclass(frozen=True)
class Term:
    """Folded words side by side. `quoted` are taken as they are; `prefix` stands for every word that begins so."""

    words: tuple[str, ...]
    quoted: bool = False
    prefix: bool = False

    @property
    def near(self) -> bool:
        """Whether a typing error may be supposed: one word of letters, long enough to be known in spite of it."""
        word = self.words[0]
        single = len(self.words) == 1 and not self.quoted and not self.prefix
        return single and len(word) >= LETTERS_FOR_NEAR and word.isalpha()


@dataclass(frozen=True)
class Parsed:
    """A report must hold one term of each of `required`, and none of `excluded`."""

    required: tuple[tuple[Term, ...], ...] = ()
    excluded: tuple[Term, ...] = ()


def parse(text: str) -> Parsed:
    """Take a query apart (see `SearchQuery.text`).

    Raises:
        InvalidInput: something was typed, but no word can be made out in it, or far too many.
    """
    if len(text) > MOST_CHARACTERS:
        raise InvalidInput(f"The search has {len(text)} characters: shorten it to {MOST_CHARACTERS}.")
    required: list[tuple[Term, ...]] = []
    excluded: list[Term] = []
    either = False
    for found in CHUNK.finditer(text.translate(QUOTES)):
        minus, quoted, chunk = found.groups()
        if chunk in EITHER and not minus:
            either = bool(required)
            continue
        if chunk in BOTH and not minus:
            continue
        term = _term(quoted or "", quoted=True) if chunk is None else _term(chunk, quoted=False)
        if term is None:
            continue
        if minus:
            excluded.append(term)
        elif either:
            required[-1] = (*required[-1], term)
        else:
            required.append((term,))
        either = False
    if not required and not excluded and text.strip():
        raise InvalidInput("There is no word in this search: type at least one, made of letters or digits.")
    if sum(map(len, required)) + len(excluded) > MOST_TERMS:
        raise InvalidInput(f"The search has too many words: at most {MOST_TERMS} are looked for at once.")
    telling = [group for group in required if len(group) > 1 or not _says_nothing(group[0])]
    return Parsed(tuple(dict.fromkeys(telling or required)), tuple(dict.fromkeys(excluded)))


def _term(typed: str, *, quoted: bool) -> Term | None:
    words = tuple(tokens(ELIDED.sub("", typed.strip())))
    if not words:
        return None
    prefix = not quoted and len(words) == 1 and typed.endswith("*") and len(words[0]) >= LETTERS_FOR_A_PREFIX
    return Term(words, quoted=quoted, prefix=prefix)


def _says_nothing(term: Term) -> bool:
    return not term.quoted and all(word in stop_words() for word in term.words)
