"""Whether a level of the thesaurus can hold for these two orders, where its condition names substances or doses.

A condition that cannot be decided holds: only what is surely about other drugs or other doses is left out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from cognoscope.apps.pharmacy.interactions.knowledge import fold, listed, rows
from cognoscope.apps.pharmacy.interactions.prescription import Drug, Pair

_STRENGTH = re.compile(r"(\d+(?:[.,]\d+)?)\s*(mg|g)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Named:
    main: str
    plus: str
    level: str
    words: str
    substances: tuple[str, ...]
    both: bool


@dataclass(frozen=True, slots=True)
class _Dose:
    words: str
    substance: str
    low: float
    high: float


@cache
def _named() -> tuple[_Named, ...]:
    return tuple(
        _Named(row["main"], row["plus"], row["level"], row["words"], listed(row["substances"]), row["both"] == "yes")
        for row in rows("applies")
        if row["kind"] == "substance"
    )


@cache
def _doses() -> tuple[_Dose, ...]:
    return tuple(
        _Dose(row["words"], row["substances"], float(row["low_mg"]), float(row["high_mg"]))
        for row in rows("applies")
        if row["kind"] == "dose"
    )


def can_hold(pair: Pair, drugs: Sequence[Drug]) -> bool:
    """False where the level's condition is surely about other substances, or about other doses than those written."""
    one, other = drugs[pair.first], drugs[pair.second]
    if pair.condition:
        main, plus, condition = fold(pair.main), fold(pair.plus), fold(pair.condition)
        for named in _named():
            if named.level == pair.level and named.words in condition and _about(named, main, plus):
                held = [any(fold(each) in named.substances for each in drug.substances) for drug in (one, other)]
                if not (all(held) if named.both else any(held)):
                    return False
    return all(_dose_holds(pair, drug) for drug in (one, other))


def _about(named: _Named, main: str, plus: str) -> bool:
    return (main.startswith(named.main) and plus.startswith(named.plus)) or (
        plus.startswith(named.main) and main.startswith(named.plus)
    )


def _dose_holds(pair: Pair, drug: Drug) -> bool:
    concerned = [dose for dose in _doses() if any(fold(each) == dose.substance for each in drug.substances)]
    if not concerned:
        return True
    strength = strength_mg(drug)
    if strength is None:
        return True
    for text in (pair.condition, pair.mechanism):
        said = fold(text)
        named = [dose for dose in concerned if dose.words in said]
        if named:
            return any(dose.low <= strength <= dose.high for dose in named)
    return True


def strength_mg(drug: Drug) -> float | None:
    """The strength of an order, in mg."""
    return strength(drug.dose, drug.text, drug.label)


@lru_cache(maxsize=16384)
def strength(*texts: str) -> float | None:
    """The first strength that these texts name, in mg."""
    for text in texts:
        found = _STRENGTH.search(text)
        if found:
            return float(found[1].replace(",", ".")) * (1000 if found[2].lower() == "g" else 1)
    return None
