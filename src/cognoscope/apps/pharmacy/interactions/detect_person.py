"""Alerts about one order and the person: allergy, renal and hepatic limits."""

from collections.abc import Iterator
from functools import lru_cache

from cognoscope.apps.pharmacy.interactions.alerts import (
    CONTRAINDICATED,
    FACTS,
    Alert,
    Cited,
    Unchecked,
    Words,
    signature_of,
    slug,
)
from cognoscope.apps.pharmacy.interactions.knowledge import Limit, families, fold, hepatic, listed, renal, rows
from cognoscope.apps.pharmacy.interactions.prescription import Allergy, Drug, Prescription

MILLILITRES = (0.0, 300.0)
"""A clearance beyond these is none."""


def kidney(asked: Prescription) -> Iterator[Alert | Unchecked]:
    """Drugs whose dose or use depends on the renal function, where that is known; else one line that it is not."""
    known = asked.egfr is not None and MILLILITRES[0] <= asked.egfr <= MILLILITRES[1]
    for place, drug in _systemic(asked):
        limits = _renal_limits(drug.atc)
        if limits and not known:
            yield _unchecked(place, drug, "renal", ("fonction rénale", "renal function"))
        for limit in limits if known and asked.egfr is not None else ():
            if limit.low <= asked.egfr < limit.high:  # type: ignore[operator]
                rate = f"{asked.egfr:.0f}"
                more = (f" DFG : {rate} mL/min ; {limit.source}.", f" Renal function: {rate} mL/min.")
                yield _limit(asked, place, "renal", "egfr", limit, more)
                break


@lru_cache(maxsize=4096)
def _renal_limits(atc: tuple[str, ...]) -> tuple[Limit, ...]:
    return tuple(limit for limit in renal() if any(code.startswith(limit.atc) for code in atc))


def liver(asked: Prescription) -> Iterator[Alert | Unchecked]:
    """Drugs that a Child-Pugh class limits; the chart rarely holds one, so its absence is not worth a line."""
    if asked.hepatic is None:
        return
    for place, drug in _systemic(asked):
        for limit in hepatic():
            if asked.hepatic in limit.classes and drug.is_in(limit.atc):
                more = (f" Child-Pugh {asked.hepatic} ; {limit.source}.", f" Child-Pugh {asked.hepatic}.")
                yield _limit(asked, place, "hepatic", "hepatic", limit, more)
                break


def allergies(asked: Prescription) -> Iterator[Alert | Unchecked]:
    """Orders of what the person is allergic to, by substance, by family, or by a known cross-reaction."""
    for row, allergy in enumerate(asked.allergies):
        if not allergy.understood:
            words = (f"Allergie non comprise : {allergy.text}", f"Allergy not understood: {allergy.text}")
            yield Unchecked(f"allergy-{row}-{slug(allergy.text)[:40]}", "allergy", words, (("allergy", row),))
            continue
        for place, drug in enumerate(asked.drugs):
            if drug.understood and (found := _allergic(allergy, drug)) is not None:
                level, rule, why = found
                yield _about_allergy(asked, row, place, level, rule, why)


def _allergic(allergy: Allergy, drug: Drug) -> tuple[str, str, Words] | None:
    """Level, rule and why, of the strongest thing that this allergy says of this drug."""
    names = {fold(substance) for substance in drug.substances}
    if any(fold(substance) in names for substance in allergy.substances):
        rule = slug(*sorted(allergy.substances))
        return CONTRAINDICATED, rule, (f"Allergie notée : {allergy.label}.", f"Recorded allergy: {allergy.label}.")
    meant = _families(allergy)
    for name in meant:
        family = families()[name]
        if drug.is_in(family.atc):
            why = (
                f"Allergie notée : {allergy.label} ({family.words[0]} ; {family.source}).",
                f"Recorded allergy: {allergy.label} ({family.words[1]}).",
            )
            return CONTRAINDICATED, name, why
    if allergy.atc and not allergy.substances and drug.is_in(allergy.atc):
        return (
            CONTRAINDICATED,
            allergy.atc[0].lower(),
            (f"Allergie notée : {allergy.text}.", f"Allergy: {allergy.text}."),
        )
    for row in rows("allergy_cross"):
        if row["family"] in meant and drug.is_in(listed(row["atc"])):
            return row["level"], f"{row['family']}-cross", (row["fr"], row["en"])
    return None


def _families(allergy: Allergy) -> list[str]:
    if allergy.family:
        return [allergy.family] if allergy.family in families() else []
    return [name for name, family in families().items() if any(code.startswith(family.atc) for code in allergy.atc)]


def _about_allergy(asked: Prescription, row: int, place: int, level: str, rule: str, why: Words) -> Alert:
    drug = asked.drugs[place]
    words = (
        ("Allergie", "Allergy") if level == CONTRAINDICATED else ("Allergie croisée possible", "Possible cross-allergy")
    )
    return Alert(
        key=f"allergy-{rule}-{slug(*drug.substances) or slug(drug.name)}",
        kind="allergy",
        level=level,
        rule=f"allergy:{rule}",
        drugs=(place,),
        label=(f"{words[0]} : {drug.name}", f"{words[1]}: {drug.name}"),
        reason=why,
        signature=signature_of(asked.drugs, (place,)),
        cited=(("drug", place), ("allergy", row)),
        local=drug.local,
        draft=drug.draft,
    )


def _systemic(asked: Prescription) -> list[tuple[int, Drug]]:
    return [(place, drug) for place, drug in enumerate(asked.drugs) if drug.understood and not drug.local]


def _limit(asked: Prescription, place: int, kind: str, fact: str, limit: Limit, more: Words) -> Alert:
    drug = asked.drugs[place]
    cited: tuple[Cited, ...] = (("drug", place), ("", FACTS.index(fact)))
    what = (
        ("Fonction rénale", "Renal function") if kind == "renal" else ("Insuffisance hépatique", "Hepatic impairment")
    )
    return Alert(
        key=f"{kind}-{limit.rule}-{slug(*drug.substances) or slug(drug.name)}",
        kind=kind,
        level=limit.level,
        rule=f"{kind}:{limit.rule}",
        drugs=(place,),
        label=(f"{what[0]} : {drug.name}", f"{what[1]}: {drug.name}"),
        reason=(limit.words[0] + more[0], limit.words[1] + more[1]),
        signature=f"{signature_of(asked.drugs, (place,))} {limit.level}",
        cited=cited,
        draft=drug.draft,
    )


def _unchecked(place: int, drug: Drug, kind: str, missing: Words) -> Unchecked:
    words = (
        f"{drug.name} : ne peut être vérifié, il manque la {missing[0]}",
        f"{drug.name}: cannot be checked, the {missing[1]} is missing",
    )
    return Unchecked(f"{kind}-{slug(drug.name)[:60]}-{place}", kind, words, (("drug", place),))
