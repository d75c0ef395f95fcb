"""What was found in a text, and the text without it."""

from typing import Literal

import msgspec

Label = Literal[
    "NOM",
    "PRENOM",
    "DATE",
    "DATE_NAISSANCE",
    "ADRESSE",
    "VILLE",
    "ZIP",
    "TEL",
    "MAIL",
    "SECU",
    "INS",
    "IPP",
    "NDA",
    "RPPS",
    "ADELI",
    "HOPITAL",
    "SERVICE",
    "URL",
    "AGE",
]
"""Kinds of identities. The first twelve and HOPITAL are the labels of AP-HP's eds-pseudo; INS is the national health
identity, RPPS and ADELI number professionals, SERVICE names a unit, AGE is an age above 89."""

NAMES: tuple[Label, ...] = ("NOM", "PRENOM")
IDENTIFIERS: tuple[Label, ...] = ("SECU", "INS", "IPP", "NDA", "RPPS", "ADELI")
CONTACTS: tuple[Label, ...] = ("TEL", "MAIL", "URL", "ADRESSE", "ZIP", "VILLE")


class Span(msgspec.Struct, frozen=True):
    """Characters `start` (included) to `stop` (excluded) of a text are an identity; `score` in [0, 1]."""

    start: int
    stop: int
    label: Label
    score: float = 1.0


class Replaced(msgspec.Struct, frozen=True):
    """Characters `start` to `stop` of the text became `new_start` to `new_stop` of the cleaned one."""

    start: int
    stop: int
    new_start: int
    new_stop: int
    label: Label


class Cleaned(msgspec.Struct, frozen=True):
    """A text without its identities.

    text: readable, surrogates in place of identities.
    replaced: what was replaced, ordered, without overlap.
    doubt: in [0, 1], what an independent search for leftovers thinks of `text`.
    held_back: empty, or the reason why nobody should see `text`; it holds no identity.
    """

    text: str
    replaced: tuple[Replaced, ...] = ()
    doubt: float = 0.0
    held_back: str = ""
