"""Fills a template block with invented values: the same original gives the same value within one filling."""

import random
from typing import NamedTuple

from cognoscope.apps.records.pseudonyms.evaluate_blocks import pieces
from cognoscope.apps.records.pseudonyms.evaluate_dates import date_like, redigit
from cognoscope.apps.records.pseudonyms.evaluate_names import (
    Lists,
    broken,
    first_name,
    in_case_of,
    initial_like,
    initials,
    surname,
)
from cognoscope.intake.deidentification.lexicon import plain

STREETS = [
    "rue",
    "avenue",
    "boulevard",
    "place",
    "quai",
    "allée",
    "impasse",
    "chemin",
    "route",
    "square",
    "cours",
    "passage",
    "av.",
    "bd",
    "rte",
    "all.",
]
STREET_NAMES = [
    "de la République",
    "Victor Hugo",
    "de la Gare",
    "des Lilas",
    "du Moulin",
    "de l'Église",
    "Jean Jaurès",
    "des Écoles",
    "du 8 Mai 1945",
    "de Verdun",
    "Pasteur",
    "du Général Leclerc",
    "des Acacias",
    "de la Fontaine",
    "du Château",
    "Anatole France",
    "des Tilleuls",
]
DOMAINS = [
    "orange.fr",
    "gmail.com",
    "free.fr",
    "hotmail.fr",
    "yahoo.fr",
    "laposte.net",
    "sfr.fr",
    "outlook.com",
    "wanadoo.fr",
    "chu-{c}.fr",
    "aphp.fr",
]


class Filled(NamedTuple):
    """A text and the spans (start, stop, label) that were filled in."""

    text: str
    spans: list[tuple[int, int, str]]


def fill(block: str, lists: Lists, rng: random.Random, line_breaks: float = 0.06, spelling: float = 0.35) -> Filled:
    """One filling of a block.

    Args:
        block: a template.
        lists: values of `first`, `surname`, `city` and `hospital`.
        rng: decides everything.
        line_breaks: share of values of several words that a line break runs through.
        spelling: share of family names that are in no list, made of syllables.
    """
    chosen: dict[tuple[str, str], str] = {}
    parts: list[str] = []
    spans: list[tuple[int, int, str]] = []
    at = 0
    for piece in pieces(block):
        text = piece.text
        if piece.label:
            key = (piece.label, plain(text))
            if key not in chosen:
                chosen[key] = value(piece.label, text, lists, rng, spelling)
            text = in_case_of(text, chosen[key], rng) if piece.label in ("NOM", "PRENOM", "VILLE") else chosen[key]
            text = broken(text, rng, line_breaks) if piece.label in ("NOM", "VILLE", "ADRESSE", "PRENOM") else text
            spans.append((at, at + len(text), piece.label))
        parts.append(text)
        at += len(text)
    return Filled("".join(parts), spans)


def value(label: str, original: str, lists: Lists, rng: random.Random, spelling: float) -> str:
    """Another value of a label, in the layout of the original where it has one."""
    if label == "NOM":
        return surname(rng, lists, spelling)
    if label == "PRENOM":
        name = first_name(rng, lists, spelling)
        return initials(original, name) if initial_like(original) else name
    if label in ("DATE", "DATE_NAISSANCE"):
        return date_like(original, rng, born=label == "DATE_NAISSANCE")
    if label == "VILLE":
        return rng.choice(lists["city"]) + (f" Cedex {rng.randint(1, 20)}" if "edex" in original.lower() else "")
    if label == "HOPITAL":
        return rng.choice(lists["hospital"])
    if label == "ADRESSE":
        return in_case_of(original, _address(lists, rng), rng)
    if label == "MAIL":
        return _mail(lists, rng)
    if label == "TEL" and rng.random() < 0.4:
        return _telephone(rng)
    if label == "SECU" and rng.random() < 0.4:
        return _nir(rng)
    if label == "ZIP" and rng.random() < 0.4:
        return f"{rng.randint(1, 95):02d}{rng.choice(('', '', '', ' '))}{rng.randint(0, 99) * 10:03d}"
    return redigit(original, rng)


def _address(lists: Lists, rng: random.Random) -> str:
    street = rng.choice(STREETS)
    name = (
        rng.choice(STREET_NAMES)
        if rng.random() < 0.5
        else f"{rng.choice(lists['first'])} {rng.choice(lists['surname'])}"
    )
    number = f"{rng.randint(1, 300)}{rng.choice(('', '', '', '', ' bis', ' ter', '-' + str(rng.randint(2, 99))))}"
    tail = rng.choice(("", "", "", "", "", "", f", bât. {rng.choice('ABC')}", f", appt {rng.randint(1, 99)}"))
    return f"{number}{rng.choice((' ', ' ', ', '))}{street} {name}{tail}"


def _mail(lists: Lists, rng: random.Random) -> str:
    first, last = (
        plain(surname(rng, lists) if kind == "surname" else rng.choice(lists[kind])) for kind in ("first", "surname")
    )
    first, last = (
        part.replace(" ", rng.choice(("", "-"))).replace("'", "").replace("\n", "") for part in (first, last)
    )
    local = rng.choice(
        (f"{first}.{last}", f"{first[0]}.{last}", f"{last}{rng.randint(1, 99)}", f"{first}_{last}", f"{first[0]}{last}")
    )
    domain = rng.choice(DOMAINS).replace("{c}", plain(rng.choice(lists["city"])).replace(" ", "-").replace("'", ""))
    return f"{local}@{domain}" if rng.random() < 0.9 else f"{local}@{domain}".upper()


def _telephone(rng: random.Random) -> str:
    pairs = [f"0{rng.randint(1, 9)}", *(f"{rng.randint(0, 99):02d}" for _ in range(4))]
    separator = rng.choice((" ", " ", ".", "", "-", "/", ". ", "  "))
    if rng.random() < 0.15:
        return rng.choice(("+33 ", "0033 ", "(+33) ", "+33")) + separator.join([pairs[0][1], *pairs[1:]])
    return separator.join(pairs)


def _nir(rng: random.Random) -> str:
    parts = [
        str(rng.randint(1, 2)),
        f"{rng.randint(0, 99):02d}",
        f"{rng.randint(1, 12):02d}",
        f"{rng.randint(1, 95):02d}",
    ]
    parts += [f"{rng.randint(1, 999):03d}", f"{rng.randint(1, 999):03d}"]
    parts.append(f"{97 - int(''.join(parts)) % 97:02d}")
    joined = rng.choice((" ", "", " ", "."))
    return " ".join("".join(parts)) if rng.random() < 0.25 else joined.join(parts)
