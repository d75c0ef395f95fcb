"""Drugs, devices and substances, told from persons by what a document says of them: a dose, a form, a verb."""

import re
from functools import cache

from cognoscope.intake.deidentification import lexicon
from cognoscope.intake.deidentification.lexicon import not_names, plain

_UNITS = r"(?:mg|µg|mcg|ml|mL|UI|U\.I\.|MUI|mmol|mEq|MBq|GBq|cp|gel|gtt)"
_FORMS = (
    r"(?:comprim[ée]|g[ée]lule|capsule|sachet|ampoule|suppositoire|collyre|pommade|cr[èe]me|sirop|solution|suspension|"
    r"injectable|lyophilisat|granul[ée]|patch|pulv[ée]risation|seringue|flacon|stylo|LP\b|COMPRIM|GELULE|SOLUTION)"
)
_AFTER = re.compile(
    rf"\s?[®™]| \d/0(?!\d)|"
    rf"[ ,]{{0,3}}(?:[A-Z]{{2,}} )?(?:\d+(?:[.,/ ]\d+)* ?{_UNITS}|\d(?:[.,]\d+)? ?g)(?![^\W\d_])|,? {_FORMS}"
)
"""Grams only below ten, no `%` and no kilograms: `Lucas 3200 g`, `DURAND 98 %` are people."""
_BEFORE = re.compile(
    r"(?i)\b(?:prendre|prenez|prise de|utilisez|contient|contenant|introduction (?:de|du)|instauration (?:de|du)|"
    r"posologie (?:de|du)|qu['’]est-ce que|comprim[ée]s? d[e'’]|g[ée]lules? d[e'’]|doses? d[e'’]|injections? d[e'’]|"
    r"perfusions? d[e'’]|substance active|milieux? (?:solide|liquide)) ?$"
)
LEAST_INN = 7


@cache
def drug_words() -> frozenset[str]:
    """Plain words of the drug names that EDS-NLP carries, those apart that are also listed as somebody's name.

    Raises:
        NotInstalled: the extra `text` is missing.
    """
    listed = lexicon.words("first") | lexicon.words("surname") | lexicon.words("city")
    return lexicon.drugs() - listed


@cache
def _endings() -> tuple[str, ...]:
    return not_names("ending")


def is_substance(value: str) -> bool:
    """Whether every word is a drug's name or is built like the international name of a substance."""
    words = [word for word in re.split(r"[\s’'-]+", plain(value)) if word]
    return bool(words) and all(
        (len(word) > 3 and word in drug_words()) or (len(word) >= LEAST_INN and word.endswith(_endings()))
        for word in words
    )


def as_product(text: str, start: int, stop: int) -> bool:
    """Whether characters `start` to `stop` stand there as a product: with a dose or a form, or as something taken."""
    return _AFTER.match(text, stop) is not None or _BEFORE.search(text, max(0, start - 24), start) is not None
