"""Tests that the written form of an identifier alone cannot make: keys, check digits, possible dates."""

import re
from collections.abc import Callable

_DIGITS = re.compile(r"\d")


def nir(text: str, _after: str) -> bool:
    """Whether a social security number's two-digit key is right: 97 - number mod 97, Corsica 2A as 19 and 2B as 18."""
    body = "".join(text.split()).upper()
    if len(body) != 15:
        return False
    number = body[:13].replace("2A", "19", 1) if body[5:7] == "2A" else body[:13]
    number = number[:5] + "18" + number[7:] if body[5:7] == "2B" else number
    return number.isdigit() and body[13:].isdigit() and 97 - int(number) % 97 == int(body[13:])


def luhn(text: str, _after: str) -> bool:
    """Whether the last digit is the Luhn digit (RPPS numbers)."""
    figures = [int(figure) for figure in _DIGITS.findall(text)][::-1]
    doubled = (figure * 2 - 9 if figure > 4 else figure * 2 for figure in figures[1::2])
    return (sum(figures[::2]) + sum(doubled)) % 10 == 0


def four_digits(text: str, _after: str) -> bool:
    """Whether there are at least four digits."""
    return len(_DIGITS.findall(text)) >= 4


def date(text: str, _after: str) -> bool:
    """Whether day and month can be: one part in 1..31, another in 1..12, the year of two or four digits."""
    parts = [int(part) for part in re.findall(r"\d+", text)]
    if len(parts) == 8:
        figures = "".join(map(str, parts))
        parts = [int(figures[:2]), int(figures[2:4]), int(figures[4:])]
    if len(parts) < 3:
        return True
    year_first = parts[0] > 1000
    day, month = (parts[2], parts[1]) if year_first else (parts[0], parts[1])
    year = parts[0] if year_first else parts[2]
    return 1 <= day <= 31 and 1 <= month <= 12 and (year < 100 or 1850 <= year <= 2150)


def place_follows(_text: str, after: str) -> bool:
    """Whether what follows five digits can be a city: not a unit, not a word of medicine."""
    from cognoscope.intake.deidentification import lexicon

    word = re.match(r"[^\w]*([^\W\d_]+)", after)
    if word is None:
        return False
    found = lexicon.plain(word.group(1))
    if found in lexicon.words("city") or found in ("cedex", "la", "le", "les", "saint", "sainte", "st", "ste"):
        return True
    return found not in lexicon.medical() and found not in lexicon.common()


CHECKS: dict[str, Callable[[str, str], bool]] = {
    "": lambda _text, _after: True,
    "nir": nir,
    "luhn": luhn,
    "four_digits": four_digits,
    "date": date,
    "spaced_date": date,
    "place_follows": place_follows,
}
