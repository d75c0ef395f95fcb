"""ATC codes of substances and of fixed combinations: for medicines whose source gives none, and back from a code."""

from collections import defaultdict
from functools import cache, lru_cache

from cognoscope.apps.pharmacy.interactions.knowledge import fold, listed, rows
from cognoscope.intake.medicines import Medicine


@cache
def _singles() -> dict[str, tuple[str, ...]]:
    return {fold(row["substance"]): listed(row["atc"]) for row in rows("substances")}


@cache
def _combined() -> dict[frozenset[str], str]:
    return {frozenset(map(fold, listed(row["substances"]))): row["atc"] for row in rows("combinations")}


@cache
def _by_code() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    held: dict[str, list[str]] = defaultdict(list)
    for row in rows("substances"):
        for code in listed(row["atc"]):
            held[code].append(row["substance"])
    for code, names in held.items():
        found[code] = (names[0],)
    for row in rows("combinations"):
        found.setdefault(row["atc"], listed(row["substances"]))
        if len(found[row["atc"]]) == 1:
            found[row["atc"]] = listed(row["substances"])
    return found


ANALGESIC, ANTIPLATELET = "N02BA01", "B01AC06"
LOW_DOSE_MG = 375
"""Aspirin up to here is an antiplatelet drug only (ANSM thesaurus; ATC separates the two by dose)."""


def by_dose(atc: tuple[str, ...], strength_mg: float | None) -> tuple[str, ...]:
    """The codes, without aspirin's analgesic one where the strength is that of an antiplatelet."""
    if strength_mg is None or strength_mg > LOW_DOSE_MG or ANTIPLATELET not in atc:
        return atc
    return tuple(code for code in atc if code != ANALGESIC)


@lru_cache(maxsize=16384)
def codes_of(substances: tuple[str, ...], given: tuple[str, ...]) -> tuple[str, ...]:
    """The codes of a medicine: those its source gives, else those of its combination, with those of each substance.

    The code of every substance is kept beside the combination's, so that a rule about an ACE inhibitor also sees the
    tablet that holds a diuretic with it.
    """
    if given:
        return given
    names = [fold(substance) for substance in substances]
    combined = _combined().get(frozenset(names))
    single = [code for name in names for code in _singles().get(name, ())]
    return tuple(dict.fromkeys(([combined] if combined else []) + single))


def medicine_of_code(code: str) -> Medicine | None:
    """What an ATC code of the fifth level stands for, by this application's own list; None where it is not in it."""
    substances = _by_code().get(code)
    if substances is None:
        return None
    label = " + ".join(substances)
    return Medicine(key=f"ATC {code}", label=label, substances=substances, atc=codes_of(substances, ()) or (code,))
