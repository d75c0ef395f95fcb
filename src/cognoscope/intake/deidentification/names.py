"""Names found by their surroundings: titles, roles, initials, listed first names, cues such as `Nom :`."""

from collections.abc import Iterator

import numpy as np

from cognoscope.intake.deidentification.span import Label, Span
from cognoscope.intake.deidentification.tokens import BIT, Tokens

LONGEST = 5
"""Words of one name, particles included."""

_TITLE, _ROLE, _KIN, _NAMED = (int(BIT[name]) for name in ("title", "role", "kin", "named"))
_CAPITAL, _UPPER, _LETTER = (int(BIT[name]) for name in ("capital", "upper", "letter"))
_FIRST, _SURNAME, _PARTICLE = (int(BIT[name]) for name in ("first", "surname", "particle"))
_MEDICAL, _COMMON = (int(BIT[name]) for name in ("medical", "common"))
_CUE = _TITLE | _ROLE | _KIN | _NAMED
_OTHER_CUE = 0
for _name in ("birth", "month", "street", "phone", "mail", "secu", "ipp", "nda", "pro", "hospital", "unit", "place"):
    _OTHER_CUE |= int(BIT[_name])
_ABBREVIATED = {"M", "MR", "MME", "MLLE", "DR", "PR", "Mr", "Mme", "Mlle", "Dr", "Pr", "DRE", "Dre"}


def found_names(tokens: Tokens) -> Iterator[Span]:
    """Names after a title, beside a listed first name or an initial; overlaps are possible."""
    flags = tokens.flags
    cued = np.flatnonzero((flags & np.uint64(_CUE)) > 0)
    for index in cued.tolist():
        yield from _after_cue(tokens, index)
    listed = np.flatnonzero(((flags & np.uint64(_FIRST)) > 0) & ((flags & np.uint64(_CAPITAL)) > 0))
    for index in listed.tolist():
        yield from _beside_first_name(tokens, index)
    single = np.flatnonzero(((flags & np.uint64(_LETTER)) > 0) & ((flags & np.uint64(_CAPITAL)) > 0))
    for index in single.tolist():
        yield from _after_initial(tokens, index)


def named(tokens: Tokens, index: int) -> bool:
    """Whether a token can be a word of a name without any doubt about everyday or medical words."""
    bits = int(tokens.flags[index])
    if not bits & _CAPITAL or bits & (_CUE | _OTHER_CUE) or len(tokens.texts[index]) < 2:
        return False
    return bool(bits & (_FIRST | _SURNAME)) or not bits & (_MEDICAL | _COMMON)


def _label(tokens: Tokens, index: int) -> Label:
    bits = int(tokens.flags[index])
    return "PRENOM" if bits & (_FIRST | _LETTER) and not bits & _UPPER else "NOM"


def _after_cue(tokens: Tokens, index: int) -> Iterator[Span]:
    """`Dr. A. Dupont`, `Mme DE LA TOUR Anne`, `Nom : DUPONT`, `Interne Martin`."""
    bits, text = int(tokens.flags[index]), tokens.texts[index]
    title = bool(bits & _TITLE)
    if title and not bits & _CAPITAL and text not in ("docteur", "dr", "pr", "professeur", "monsieur", "madame", "mme"):
        return
    at, count = index + 1, len(tokens.texts)
    colon = False
    while at < count and at < index + 5:
        piece = tokens.texts[at]
        colon = colon or piece in ":="
        if not ((piece.isspace() and piece.count("\n") < 2) or piece in ".:,=" or (piece in "()" and title)):
            break
        at += 1
    else:
        return
    if text == "M" and "." not in tokens.texts[index + 1 : at] and not int(tokens.flags[at]) & _UPPER:
        return
    if bits & (_ROLE | _KIN) and not (colon or named(tokens, at)):
        return
    if bits & _NAMED and not colon:
        return
    strong = title or bool(bits & _NAMED)
    same_line = not any("\n" in piece for piece in tokens.texts[index + 1 : at])
    yield from _run(tokens, at, strong, strong and same_line)


def _run(tokens: Tokens, at: int, strong: bool, certain: bool) -> Iterator[Span]:
    """The words of a name from a place on.

    The first may be a medical word where the cue is strong, an everyday word where it stands on the same line, and
    one in upper case may be any word: `Mme Petit`, `Dr Zoé PAGE`.
    """
    words = 0
    pending: list[Span] = []
    while at < len(tokens.texts) and words < LONGEST:
        text, bits = tokens.texts[at], int(tokens.flags[at])
        span = Span(tokens.starts[at], tokens.starts[at + 1], _label(tokens, at), 0.9)
        if text.isspace():
            if "\n" in text and words and not pending and text.count("\n") > 1:
                return
        elif text in "-'’." and words:
            pass
        elif bits & (_CUE | _OTHER_CUE) and not bits & (_FIRST | _SURNAME | _PARTICLE):
            return
        elif (
            bits & _LETTER and bits & _CAPITAL and tokens.texts[at + 1 : at + 2] in ([" "], ["."], ["-"], ["'"], ["’"])
        ):
            yield from (*pending, span)
            pending = []
            words += 1
        elif bits & _PARTICLE and (words < LONGEST - 1):
            pending.append(Span(span.start, span.stop, "NOM", 0.9))
        elif named(tokens, at) or _taken(text, bits, words, strong, certain):
            yield from (*pending, span)
            pending = []
            words += 1
        else:
            return
        at += 1


def _taken(text: str, bits: int, words: int, strong: bool, certain: bool) -> bool:
    """Whether an everyday or medical word belongs to the name that a cue announced."""
    if not bits & _CAPITAL or len(text) < 3:
        return False
    if words == 0:
        return certain or (strong and not bits & _COMMON)
    return certain and words < 3 and bool(bits & _UPPER) and len(text) > 3


def _beside_first_name(tokens: Tokens, index: int) -> Iterator[Span]:
    """`Paul MARTIN`, `MARTIN Paul`: a listed first name beside a capitalised word that is no everyday word."""
    if int(tokens.flags[index]) & (_MEDICAL | _COMMON) and not int(tokens.flags[index]) & _UPPER:
        return
    for step in (2, -2):
        other, between = index + step, index + step // 2
        if 0 <= other < len(tokens.texts) and tokens.texts[between] in (" ", "-", ", "):
            if not named(tokens, other) or (tokens.texts[between] == "-" and not int(tokens.flags[other]) & _FIRST):
                continue
            bits = int(tokens.flags[other])
            if bits & (_MEDICAL | _COMMON) and not bits & _UPPER:
                continue
            yield Span(tokens.starts[index], tokens.starts[index + 1], "PRENOM", 0.6)
            label: Label = "PRENOM" if bits & _FIRST and not bits & (_UPPER | _SURNAME) else "NOM"
            yield Span(tokens.starts[other], tokens.starts[other + 1], label, 0.6)


def _after_initial(tokens: Tokens, index: int) -> Iterator[Span]:
    """`A. DUPONT`: an initial with its point before a word in upper case that nothing else explains."""
    texts = tokens.texts
    if texts[index + 1 : index + 2] != ["."]:
        return
    at = index + 2
    if texts[at : at + 1] == [" "]:
        at += 1
    if at < len(texts) and int(tokens.flags[at]) & _UPPER and named(tokens, at) and len(texts[at]) > 3:
        yield Span(tokens.starts[index], tokens.starts[index + 1], "PRENOM", 0.6)
        yield Span(tokens.starts[at], tokens.starts[at + 1], "NOM", 0.6)
