"""What a speciality is made of: the lines of its composition, as substances without salt."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cognoscope.intake.medicines.names import base, fold, is_homeopathic, is_salt, tidy


@dataclass(frozen=True)
class Substance:
    """key: without accents, what makes two substances the same. `label`: French, lower case. `declared`: every name."""

    key: str
    label: str
    declared: tuple[str, ...]
    homeopathic: bool


def compositions(rows: Iterable[Mapping[str, str]]) -> dict[str, tuple[Substance, ...]]:
    """The substances of each speciality code.

    A line SA (substance) and a line FT (therapeutic fraction) with the same link are one substance: named after the
    fraction where the substance's own name is an acid's salt that only the fraction tells (alendronate -> alendronic
    acid), else after the substance (iomeprol, not iodine).
    """
    lines: dict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    spelt: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        lines[row["cis"]][row["link"]].append((row["nature"], row["substance"]))
    named: dict[str, list[tuple[str, tuple[str, ...], bool]]] = {}
    for cis, links in lines.items():
        named[cis] = []
        for held in links.values():
            for name, declared in _substances(held):
                spelt[fold(name)][name] += 1
                named[cis].append((fold(name), declared, any(is_homeopathic(each) for each in declared)))
    best = {key: max(counts, key=lambda name: (_accents(name), counts[name], name)) for key, counts in spelt.items()}
    return {cis: _unique(held, best) for cis, held in named.items()}


def _substances(held: list[tuple[str, str]]) -> list[tuple[str, tuple[str, ...]]]:
    whole = list(dict.fromkeys(name for nature, name in held if nature != "FT"))
    fractions = list(dict.fromkeys(name for nature, name in held if nature == "FT"))
    if not whole:
        return [(base(name), (tidy(name),)) for name in fractions]
    if len(fractions) != 1 or len(whole) != 1:
        return [(base(name), (tidy(name),)) for name in whole]
    substance, fraction = whole[0], fractions[0]
    named = base(fraction) if _is_salt(base(substance)) else base(substance)
    return [(named, (tidy(substance), tidy(fraction)))]


def _is_salt(name: str) -> bool:
    words = fold(name).split(" ")
    if is_salt(words[0]):
        return False
    return words[0] in {"ester", "complexe", "concentrat"} or words[0].endswith("ate") or words[-1].endswith("ate")


def _accents(name: str) -> int:
    return sum(1 for letter in name if ord(letter) > 127)


def _unique(held: list[tuple[str, tuple[str, ...], bool]], best: Mapping[str, str]) -> tuple[Substance, ...]:
    found: dict[str, Substance] = {}
    for key, declared, homeopathic in held:
        before = found.get(key)
        names = tuple(dict.fromkeys((*(before.declared if before else ()), *declared)))
        found[key] = Substance(key, best[key], names, homeopathic)
    return tuple(found.values())
