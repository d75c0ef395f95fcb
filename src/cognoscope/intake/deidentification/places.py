"""Hospitals, units and cities found by the words before them: `CHU de Dijon`, `hôpital Bichat`, `habite à Lyon`."""

from collections.abc import Iterator

import numpy as np

from cognoscope.intake.deidentification.lexicon import plain
from cognoscope.intake.deidentification.names import named
from cognoscope.intake.deidentification.span import Label, Span
from cognoscope.intake.deidentification.tokens import BIT, Tokens

LONGEST = 5
_CITY, _HOSPITAL_NAME = int(BIT["city"]), int(BIT["hospital_name"])
_FIRST, _SURNAME = int(BIT["first"]), int(BIT["surname"])
_ORDINARY = int(BIT["medical"] | BIT["common"])
_PARTICLE, _HOSPITAL = int(BIT["particle"]), int(BIT["hospital"])
_BEFORE_CITY = {"a", "de", "d", "sur", "pres", "vers", "dans", "depuis"}
_UNITS = {"salle", "pavillon", "secteur", "aile", "batiment", "unite"}
_BEFORE_HOSPITAL = {
    "hopital",
    "hop",
    "clinique",
    "polyclinique",
    "chu",
    "chr",
    "chru",
    "ch",
    "chi",
    "ghu",
    "hospitalier",
}
_CUES = int(
    BIT["title"] | BIT["phone"] | BIT["month"] | BIT["ipp"] | BIT["nda"] | BIT["unit"] | BIT["mail"] | BIT["role"]
)
_KINDS = {
    "universitaire",
    "regional",
    "general",
    "generale",
    "medical",
    "medicale",
    "chirurgical",
    "chirurgicale",
    "prive",
    "privee",
    "public",
}
_KINDS |= {
    "publique",
    "local",
    "locale",
    "intercommunal",
    "national",
    "militaire",
    "provincial",
    "province",
    "mere",
    "enfant",
    "specialise",
    "psychiatrique",
    "date",
}
_KINDS |= {
    "tel",
    "fax",
    "adresse",
    "tres",
    "le",
    "la",
    "les",
    "une",
    "un",
    "il",
    "elle",
    "dans",
    "pour",
    "sur",
    "par",
    "avec",
    "ce",
    "cette",
    "examen",
    "compte",
}
_BEFORE_HOSPITAL |= {"hospital", "ehpad", "maternite"}


def found_places(tokens: Tokens) -> Iterator[Span]:
    """Names of hospitals and of units after their kind, listed cities after a preposition."""
    flags = tokens.flags
    for index in np.flatnonzero((flags & (BIT["hospital"] | BIT["unit"])) > 0).tolist():
        word = plain(tokens.texts[index])
        if word in _BEFORE_HOSPITAL and not tokens.texts[max(0, index - 2)].isdecimal():
            yield from _name(tokens, index, "HOPITAL")
        elif word in _UNITS:
            yield from _unit(tokens, index)
    capital = BIT["capital"]
    for index in np.flatnonzero(((flags & np.uint64(_CITY)) > 0) & ((flags & capital) > 0)).tolist():
        before = index - 2 if index > 1 and tokens.texts[index - 1].isspace() else index - 1
        prior = plain(tokens.texts[before]) if before >= 0 else ""
        if not int(flags[index]) & _ORDINARY and (prior in _BEFORE_CITY or not int(flags[index]) & (_FIRST | _SURNAME)):
            yield Span(tokens.starts[index], tokens.starts[index + 1], "VILLE", 0.7)


def _name(tokens: Tokens, index: int, label: Label) -> Iterator[Span]:
    """Capitalised words after the kind of place, particles between them."""
    pending: list[Span] = []
    words, at = 0, index + 1
    while at < len(tokens.texts) and words < LONGEST:
        text, bits = tokens.texts[at], int(tokens.flags[at])
        span = Span(tokens.starts[at], tokens.starts[at + 1], label, 0.8)
        if text == " " or (text in "-'’" and words):
            pass
        elif (bits & _PARTICLE and not bits & _ORDINARY) or plain(text) in ("de", "du", "la", "le", "les", "l", "d"):
            if text[0].isupper() and text.lower() not in ("de", "du"):
                pending.append(span)
            words += 1
        elif bits & _HOSPITAL:
            pass
        elif _can_name(tokens, at):
            known_city = bits & _CITY and not bits & _HOSPITAL_NAME and plain(tokens.texts[at - 2]) == "de"
            yield from (*pending, Span(span.start, span.stop, "VILLE" if known_city else label, 0.8))
            pending = []
            words += 1
        else:
            return
        at += 1


def _can_name(tokens: Tokens, at: int) -> bool:
    """Whether a capitalised word after `Hôpital` can belong to its name: any but what says which kind it is."""
    bits, text = int(tokens.flags[at]), tokens.texts[at]
    if not bits & int(BIT["capital"]) or len(text) < 2 or plain(text) in _KINDS:
        return False
    return not bits & (_CUES | int(BIT["medical"])) or bool(bits & (_HOSPITAL_NAME | _CITY | _FIRST | _SURNAME))


def _unit(tokens: Tokens, index: int) -> Iterator[Span]:
    at = index + 2
    named_so = at < len(tokens.texts) and tokens.texts[index + 1] == " " and named(tokens, at)
    if named_so and not int(tokens.flags[at]) & _ORDINARY and len(tokens.texts[at]) > 3:
        yield Span(tokens.starts[at], tokens.starts[at + 1], "SERVICE", 0.7)
