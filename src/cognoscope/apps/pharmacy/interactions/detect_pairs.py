"""Alerts from the thesaurus about two orders, and about two orders of one substance or class."""

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import combinations

from cognoscope.apps.pharmacy.interactions.alerts import RANK, Alert, Words, signature_of, slug
from cognoscope.apps.pharmacy.interactions.applies import can_hold
from cognoscope.apps.pharmacy.interactions.knowledge import fold, listed, monitors_in, rows
from cognoscope.apps.pharmacy.interactions.prescription import Drug, Pair, Prescription

LEVEL_WORDS: dict[str, Words] = {
    "contraindicated": ("Contre-indication", "Contraindicated"),
    "discouraged": ("Association déconseillée", "Not recommended together"),
    "precaution": ("Précaution d'emploi", "Precaution"),
    "to-review": ("À réévaluer après 65 ans", "To be reviewed over 65"),
    "take-into-account": ("À prendre en compte", "To be taken into account"),
    "to-consider": ("Traitement à envisager après 65 ans", "Treatment to consider over 65"),
}
SAME_SUBSTANCE = "precaution"
"""Level of one substance in two orders, where the list of duplicates names no other."""


def interactions(asked: Prescription) -> Iterator[Alert]:
    """One alert for each two orders and record of the thesaurus, at the strongest level that can hold."""
    groups: dict[tuple[int, int, int], list[tuple[int, Pair]]] = {}
    for row, pair in enumerate(asked.pairs):
        if not can_hold(pair, asked.drugs):
            continue
        groups.setdefault((pair.first, pair.second, pair.number), []).append((row, pair))
    for (first, second, _), held in groups.items():
        yield _interaction(asked.drugs, (first, second), sorted(held, key=lambda each: (RANK[each[1].level], each[0])))


def _interaction(drugs: list[Drug], places: tuple[int, int], held: list[tuple[int, Pair]]) -> Alert:
    _, pair = held[0]
    substances = sorted((pair.substance_first, pair.substance_second))
    one, other = drugs[places[0]], drugs[places[1]]
    french, english = LEVEL_WORDS[pair.level]
    names = f"{one.name} + {other.name}"
    return Alert(
        key=f"pair-{slug(*substances)}-{pair.number}",
        kind="interaction",
        level=pair.level,
        rule=f"ansm:{slug(*sorted((pair.main, pair.plus)))}",
        drugs=places,
        label=(f"{french} : {names}", f"{english}: {names}"),
        reason=_said([each for _, each in held]),
        signature=signature_of(drugs, places),
        cited=(("drug", places[0]), ("drug", places[1]), *(("thesaurus", row) for row, _ in held)),
        monitors=tuple(dict.fromkeys(name for _, each in held for name in monitors_in(each.condition or each.text))),
        local=one.local or other.local,
        draft=one.draft or other.draft,
    )


def _said(pairs: list[Pair]) -> Words:
    """What the thesaurus says, in its own French; the English page shows the same words and says so."""
    strongest, *others = pairs
    condition = strongest.condition.strip()
    if condition[:4].lower() in ("avec", "chez", "entr"):
        condition = f"{LEVEL_WORDS[strongest.level][0]} {condition}"
    said = [_sentence(part) for part in (strongest.mechanism, condition) if part.strip()]
    if not said:
        said = [_sentence(strongest.text)]
    for other in dict.fromkeys((LEVEL_WORDS[each.level][0], each.condition) for each in others):
        said.append(_sentence(f"{other[0]} : {other[1]}") if other[1].strip() else _sentence(other[0]))
    french = " ".join(filter(None, said)) or f"{strongest.main} + {strongest.plus}."
    return french, f"ANSM (in French): {french}"


def _sentence(text: str) -> str:
    plain = " ".join(text.split())
    return plain if not plain or plain[-1] in ".!?" else f"{plain}."


def duplicates(asked: Prescription) -> Iterator[Alert]:
    """Two orders of one substance, or of one class that goes with no second of its kind; not for what acts locally."""
    held = [(place, drug) for place, drug in enumerate(asked.drugs) if drug.understood and not drug.local]
    classes = {place: _classes(drug.atc) for place, drug in held}
    for (first, one), (second, other) in combinations(held, 2):
        if (one.end and other.start and one.end <= other.start) or (other.end and one.start and other.end <= one.start):
            continue
        shared = _shared(one, other)
        if shared and not _accepted(one, other):
            yield _same_substance(asked.drugs, (first, second), shared)
        elif not shared:
            for name in sorted(classes[first] & classes[second]):
                yield _same_class(asked.drugs, (first, second), name)


def _shared(one: Drug, other: Drug) -> list[str]:
    names = [fold(substance) for substance in other.substances]
    return [substance for substance in one.substances if fold(substance) in names]


def _accepted(one: Drug, other: Drug) -> bool:
    return any(
        row["kind"] == "accepted" and one.is_in(listed(row["atc"])) and other.is_in(listed(row["atc"]))
        for row in rows("duplicates")
    )


def _same_substance(drugs: list[Drug], places: tuple[int, int], shared: list[str]) -> Alert:
    level = next(
        (
            row["level"]
            for row in rows("duplicates")
            if row["kind"] == "substance" and all(drugs[place].is_in(listed(row["atc"])) for place in places)
        ),
        SAME_SUBSTANCE,
    )
    what = ", ".join(shared)
    return _duplicate(
        drugs,
        places,
        level,
        f"substance-{slug(*sorted(shared))}",
        (f"Deux fois {what}", f"{what} twice"),
        (
            "La même substance est dans deux lignes : la dose totale est à vérifier.",
            "The same substance is in two lines: check the total dose.",
        ),
    )


@cache
def _by_class() -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in rows("duplicates") if row["kind"] == "class"}


@lru_cache(maxsize=4096)
def _classes(atc: tuple[str, ...]) -> frozenset[str]:
    """The classes of the list that a drug with these codes belongs to."""
    return frozenset(
        name for name, row in _by_class().items() if any(code.startswith(listed(row["atc"])) for code in atc)
    )


def _same_class(drugs: list[Drug], places: tuple[int, int], name: str) -> Alert:
    row = _by_class()[name]
    substances = sorted({substance for place in places for substance in drugs[place].substances})
    return _duplicate(
        drugs,
        places,
        row["level"],
        f"class-{name}-{slug(*substances)}",
        (f"Même classe : {row['fr']}", f"Same class: {row['en']}"),
        (
            f"Deux médicaments de la même classe : {row['fr']} ({row['source']}).",
            f"Two drugs of the same class: {row['en']}.",
        ),
        rule=f"duplicate:{name}",
    )


def _duplicate(
    drugs: list[Drug], places: tuple[int, int], level: str, key: str, what: Words, why: Words, rule: str = ""
) -> Alert:
    one, other = drugs[places[0]], drugs[places[1]]
    names = f"{one.name} + {other.name}"
    return Alert(
        key=key,
        kind="duplicate",
        level=level,
        rule=rule or f"duplicate:{key}",
        drugs=places,
        label=(f"{what[0]} ({names})", f"{what[1]} ({names})"),
        reason=why,
        signature=signature_of(drugs, places),
        cited=(("drug", places[0]), ("drug", places[1])),
        draft=one.draft or other.draft,
    )
