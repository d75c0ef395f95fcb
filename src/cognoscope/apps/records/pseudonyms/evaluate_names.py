"""Invented names: from lists, compounded, with particles, spelled from syllables, in the case a template asks for."""

import random
import unicodedata
from collections.abc import Mapping, Sequence

Lists = Mapping[str, Sequence[str]]
PARTICLES = ("de", "du", "de la", "d'", "le", "van", "van den", "von", "ben", "el", "al", "da", "dos", "di", "mc", "o'")
ONSETS = [
    "b",
    "br",
    "c",
    "ch",
    "cl",
    "d",
    "dr",
    "f",
    "fr",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "kh",
    "kr",
    "l",
    "m",
    "n",
    "ng",
    "p",
    "pl",
    "r",
    "s",
    "sch",
    "st",
    "t",
    "tr",
    "v",
    "vr",
    "w",
    "y",
    "z",
]
NUCLEI = ["a", "e", "i", "o", "u", "ou", "ai", "eau", "au", "ie", "oa", "ia", "y", "é", "ei", "eu"]
CODAS = [
    "n",
    "r",
    "l",
    "s",
    "t",
    "x",
    "d",
    "c",
    "k",
    "ck",
    "sch",
    "ng",
    "nd",
    "rt",
    "lle",
    "tte",
    "zki",
    "ska",
    "ic",
    "ović",
    "ez",
    "o",
    "a",
    "i",
    "us",
    "ard",
    "aud",
    "et",
    "in",
    "ain",
    "on",
]


def spelled(rng: random.Random) -> str:
    """A family name nobody listed, of two to four syllables."""
    name = "".join(rng.choice(ONSETS) + rng.choice(NUCLEI) for _ in range(rng.choice((1, 2, 2, 3))))
    return (name + rng.choice(CODAS)).capitalize()


def surname(rng: random.Random, lists: Lists, spelling: float = 0.35) -> str:
    """A family name: listed, spelled (that share), double or with a particle."""
    kind = rng.random()
    listed = spelled(rng) if rng.random() < spelling else rng.choice(lists["surname"])
    if kind < 0.12:
        return f"{listed}{rng.choice('- ')}{rng.choice(lists['surname'])}"
    if kind < 0.22:
        particle = rng.choice(PARTICLES)
        particle = particle if rng.random() < 0.5 else particle.capitalize()
        return particle + ("" if particle.endswith("'") else " ") + listed
    return listed


def first_name(rng: random.Random, lists: Lists, spelling: float = 0.35) -> str:
    """A first name: listed, spelled (a third of that share), or a compound."""
    kind = rng.random()
    listed = spelled(rng) if rng.random() < spelling / 3 else rng.choice(lists["first"])
    if kind < 0.12:
        return f"{listed}-{rng.choice(lists['first'])}"
    if kind < 0.16:
        return f"{listed} {rng.choice(lists['first'])}"
    return listed


def in_case_of(original: str, value: str, rng: random.Random) -> str:
    """The value as the original is written: upper case, lower case or capitals; sometimes its accents lost."""
    letters = [char for char in original if char.isalpha()]
    if len(letters) > 1 and all(char.isupper() for char in letters):
        value = value.upper()
    elif letters and all(char.islower() for char in letters):
        value = value.lower()
    if rng.random() < 0.15:
        value = "".join(char for char in unicodedata.normalize("NFD", value) if not unicodedata.combining(char))
    return value


def initial_like(original: str) -> bool:
    """Whether a first name is written as initials: `C.`, `P.E.`, `D`, `Ph.`."""
    return len([char for char in original if char.isalpha()]) <= 2 or original.endswith(".")


def initials(original: str, value: str) -> str:
    """The initials of a name in the layout of the original."""
    letters = iter([part[0].upper() for part in value.replace("-", " ").split() if part] + list("MJPAC"))
    return "".join(next(letters) if char.isupper() else char for char in original)


def broken(value: str, rng: random.Random, share: float) -> str:
    """Sometimes the value with a line break at a space or after a hyphen, as a narrow column leaves it."""
    if rng.random() > share or not any(char in value for char in " -"):
        return value
    at = rng.choice([index for index, char in enumerate(value) if char in " -"])
    return value[:at] + ("\n" if value[at] == " " else "-\n") + value[at + 1 :]
