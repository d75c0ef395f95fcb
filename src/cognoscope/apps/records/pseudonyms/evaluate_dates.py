"""Invented dates and numbers in the layout of a template's own."""

import random
import re

MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
SHORT = [
    "janv",
    "fév",
    "mars",
    "avr",
    "mai",
    "juin",
    "juil",
    "aout",
    "sept",
    "oct",
    "nov",
    "déc",
    "jan",
    "fev",
    "dec",
    "sep",
]
UNITS = [
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "dix-sept",
    "dix-huit",
    "dix-neuf",
]
TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 7: "soixante", 8: "quatre-vingt"}
TENS[9] = "quatre-vingt"
_THREE = re.compile(r"(\d{1,2})(\D{1,3})(\d{1,2})(\D{1,3})(\d{4}|\d{2})$")
_MONTH = re.compile("|".join(sorted({*MONTHS, *SHORT, "fevrier", "decembre"}, key=len, reverse=True)), re.I)
_SPACED = re.compile(r"^\d(?: \d){6,7}$")
_WORDS = re.compile(r"^[a-zé\- ]*\b(?:un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|vingt|trente|mille)\b", re.I)


def in_words(number: int) -> str:
    """A number up to 9999 in French words, hyphens as spaces now and then stand."""
    if number >= 1000:
        head = "mille" if number < 2000 else f"{UNITS[number // 1000 - 1]} mille"
        return f"{head} {in_words(number % 1000)}".strip()
    if number >= 100:
        head = "cent" if number < 200 else f"{UNITS[number // 100 - 1]} cent"
        return f"{head} {in_words(number % 100)}".strip()
    if number < 20:
        return UNITS[number - 1] if number else ""
    ten, unit = divmod(number, 10)
    if ten in (7, 9):
        unit += 10
    return f"{TENS[ten]} {UNITS[unit - 1]}" if unit else TENS[ten]


def redigit(text: str, rng: random.Random) -> str:
    """Every digit another one, a leading 0 kept."""
    out = [rng.choice("0123456789") if char.isdigit() else char for char in text]
    for index, char in enumerate(text):
        if char.isdigit():
            out[index] = "0" if char == "0" else rng.choice("123456789")
            break
    return "".join(out)


def written(rng: random.Random, year: int) -> str:
    """A whole date in one of the usual forms."""
    day, month = rng.randint(1, 28), rng.randint(1, 12)
    forms = (
        f"{day:02d}/{month:02d}/{year}",
        f"{day}/{month}/{year % 100:02d}",
        f"{day:02d}.{month:02d}.{year}",
        f"{day:02d}-{month:02d}-{year}",
        f"{day:02d} / {month:02d} / {year}",
        f"{day} {MONTHS[month - 1]} {year}",
        f"{day:02d} {rng.choice(SHORT)} {year}",
        f"{day} {MONTHS[month - 1].upper()} {year}",
        f"{year}-{month:02d}-{day:02d}",
        f"{day:02d}/{month:02d} /{year}",
        f"{in_words(day)} {MONTHS[month - 1]} {in_words(year)}",
        " ".join(f"{day:02d}{month:02d}{year}"),
    )
    return rng.choices(forms, weights=(30, 8, 8, 8, 3, 14, 4, 3, 4, 2, 2, 3))[0]


def date_like(original: str, rng: random.Random, *, born: bool) -> str:
    """Another date: mostly in the original's own layout, a quarter in a usual form where the original is whole."""
    year = rng.randint(1920, 2012) if born else rng.randint(1990, 2026)
    whole = _THREE.match(original.strip())
    if whole and rng.random() < 0.25:
        return written(rng, year)
    if whole:
        day, month = rng.randint(1, 28), rng.randint(1, 12)
        ending = f"{year}" if len(whole[5]) == 4 else f"{year % 100:02d}"
        head = f"{day:02d}" if len(whole[1]) == 2 else str(min(day, 9))
        middle = f"{month:02d}" if len(whole[3]) == 2 else str(min(month, 9))
        return f"{head}{whole[2]}{middle}{whole[4]}{ending}"
    if _SPACED.match(original):
        digits = f"{rng.randint(1, 28):02d}{rng.randint(1, 12):02d}{year}"[: sum(map(str.isdigit, original))]
        return " ".join(digits)
    if _WORDS.match(original):
        return f"{in_words(rng.randint(2, 28))} {rng.choice(MONTHS)} {in_words(year)}"
    text = _MONTH.sub(lambda match: _month_like(match[0], rng), original)
    return re.sub(r"\d+", lambda match: _part(match[0], rng, year), text)


def _month_like(original: str, rng: random.Random) -> str:
    other = rng.choice(MONTHS if len(original) > 4 or original.lower() in MONTHS else SHORT)
    return other.upper() if original.isupper() else other.capitalize() if original[0].isupper() else other


def _part(original: str, rng: random.Random, year: int) -> str:
    if len(original) == 4:
        return str(year)
    if len(original) == 1:
        return rng.choice("0123456789")
    if len(original) <= 2 and original != "1":
        return (
            f"{rng.randint(1, 12):0{len(original)}d}"[-len(original) :]
            if original[0] != "0"
            else "0" + rng.choice("123456789")
        )
    return original if original == "1" else redigit(original, rng)
