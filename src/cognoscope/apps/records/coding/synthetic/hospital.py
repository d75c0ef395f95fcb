"""An invented hospital: stays with diseases, drugs, results, acts and reports, from a seed.

Made untidy on purpose: one disease in eight goes untreated and half of those are not coded (PMSI codes what used
resources), drugs are given for other reasons, results are missing, reports leave out a fifth of the diseases.
"""

from dataclasses import dataclass, field

import numpy as np

from cognoscope.apps.records.coding.biology import Result
from cognoscope.apps.records.coding.candidates import lasts
from cognoscope.apps.records.coding.knowledge import family
from cognoscope.apps.records.coding.stay import Coded, Given, Stay
from cognoscope.apps.records.coding.synthetic.profiles import Profile, background, profiles
from cognoscope.apps.records.coding.synthetic.reports import write

UNTREATED, UNTREATED_NOT_CODED = 0.12, 0.5
OTHERS_MEAN = 1.6
RESULT_KEPT = 0.93


@dataclass(frozen=True)
class Made:
    """An invented stay; `codes` are those it should carry. What a corruption changed is in the last three fields."""

    person: int
    stay: Stay
    codes: tuple[str, ...]
    corruption: str = ""
    inserted: frozenset[str] = field(default_factory=frozenset)
    removed: frozenset[str] = field(default_factory=frozenset)


def hospital(stays: int, seed: int, first: int = 0) -> list[Made]:
    """That many stays, each of another person; `first` is the number of the first person."""
    random = np.random.default_rng(seed)
    known = list(profiles().values())
    leading = np.array([each.dp for each in known])
    return [
        _stay(person, known[int(random.choice(len(known), p=leading / leading.sum()))], random)
        for person in range(first, first + stays)
    ]


def _stay(person: int, principal: Profile, random: np.random.Generator) -> Made:
    female = random.random() < principal.female
    youngest = 16 if principal.code[0] == "O" else 18
    age = int(np.clip(random.normal(principal.age, principal.sd), youngest, 50 if principal.code[0] == "O" else 99))
    diseases = _diseases(principal, age, female, random)
    drugs, acts, labs = set[str](), set[str](), dict[str, list[float]]()
    for label, mean, sd, share in background().labs:
        if random.random() < share:
            labs[label] = [float(random.normal(mean, sd)) for _ in range(random.integers(1, 4))]
    drugs |= {atc for atc, share in background().drugs if random.random() < share}
    acts |= {ccam for ccam, share in background().acts if random.random() < share}
    coded = []
    for index, disease in enumerate(diseases):
        treated = index == 0 or random.random() >= UNTREATED
        if treated:
            drugs |= {atc for atc, share in disease.drugs if random.random() < share}
            acts |= {ccam for ccam, share in disease.acts if random.random() < share}
        for label, mean, sd, share in disease.labs:
            if random.random() < share * RESULT_KEPT:
                labs[label] = [float(random.normal(mean, sd)) for _ in range(random.integers(1, 4))]
        if treated or random.random() >= UNTREATED_NOT_CODED:
            coded.append(disease.code)
    words = [(each.code, str(random.choice(each.phrases)), lasts(each.code)) for each in diseases]
    stay = Stay(
        age=age,
        sex="f" if female else "m",
        notes=write(random, words[0][1], words[1:]),
        coded=coded_as(coded),
        drugs=tuple(Given(atc, row) for row, atc in enumerate(sorted(drugs))),
        acts=tuple(Given(ccam, row) for row, ccam in enumerate(sorted(acts))),
        results=_results(labs),
    )
    return Made(person, stay, tuple(coded))


def coded_as(codes: list[str]) -> tuple[Coded, ...]:
    """Codes in their order, the first as principal diagnosis."""
    return tuple(Coded(code, "das" if row else "dp", row) for row, code in enumerate(codes))


def _diseases(principal: Profile, age: int, female: bool, random: np.random.Generator) -> list[Profile]:
    known = profiles()
    chosen = [principal]

    def add(each: Profile) -> None:
        fits = (female or each.female < 0.99) and (not female or each.female > 0)
        if fits and each.code[0] != "O" and family(each.code) not in {family(one.code) for one in chosen}:
            chosen.append(each)

    for code, share in principal.comorbid:
        if random.random() < share:
            add(known[code])
    others = list(known.values())
    weights = np.array([each.das * np.exp(-(((age - each.age) / each.sd) ** 2) / 4) for each in others])
    for _ in range(random.poisson(OTHERS_MEAN)):
        add(others[int(random.choice(len(others), p=weights / weights.sum()))])
    return chosen


def _results(labs: dict[str, list[float]]) -> tuple[Result, ...]:
    found: list[Result] = []
    for label, values in labs.items():
        found += [Result(label, round(max(value, 0.05), 2), len(found) + n) for n, value in enumerate(values)]
    return tuple(found)
