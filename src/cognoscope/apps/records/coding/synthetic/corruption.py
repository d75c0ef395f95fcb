"""Spoils the codes of a seeded share of stays: a wrong code, a missing one, codes of two stays exchanged."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cognoscope.apps.records.coding.knowledge import family
from cognoscope.apps.records.coding.synthetic.hospital import Made, coded_as

SHARE = 0.3
KINDS = ("wrong", "missing", "swapped")


def corrupt(made: Sequence[Made], seed: int, share: float = SHARE) -> list[Made]:
    """The same stays, of which `share` were spoiled, a third each way.

    wrong: one code replaced by a code of another category, drawn as often as it is coded here.
    missing: one code dropped; a stay with a single code is spoiled as `wrong` instead.
    swapped: two stays exchange one code each.
    """
    random = np.random.default_rng(seed)
    spoiled = list(made)
    chosen = random.permutation(len(made))[: round(share * len(made))]
    pool = [coded.code for each in made for coded in each.stay.coded]
    waiting: list[int] = []
    for turn, index in enumerate(chosen):
        kind = KINDS[turn % len(KINDS)]
        codes = [coded.code for coded in made[index].stay.coded]
        place = int(random.integers(len(codes)))
        if kind == "missing" and len(codes) > 1:
            spoiled[index] = _changed(made[index], codes[:place] + codes[place + 1 :], kind)
        elif kind == "swapped":
            waiting.append(int(index))
        else:
            taken = {family(code) for code in codes}
            strange = [code for code in pool if family(code) not in taken]
            if strange:
                codes[place] = strange[int(random.integers(len(strange)))]
                spoiled[index] = _changed(made[index], codes, "wrong")
    for first, second in zip(waiting[::2], waiting[1::2], strict=False):
        _swap(spoiled, made, first, second, random)
    return spoiled


def _swap(spoiled: list[Made], made: Sequence[Made], first: int, second: int, random: np.random.Generator) -> None:
    ours = [coded.code for coded in made[first].stay.coded]
    theirs = [coded.code for coded in made[second].stay.coded]
    pairs = [
        (one, other)
        for one in range(len(ours))
        for other in range(len(theirs))
        if family(theirs[other]) not in {family(code) for code in ours}
        and family(ours[one]) not in {family(code) for code in theirs}
    ]
    if pairs:
        one, other = pairs[int(random.integers(len(pairs)))]
        ours[one], theirs[other] = theirs[other], ours[one]
        spoiled[first] = _changed(made[first], ours, "swapped")
        spoiled[second] = _changed(made[second], theirs, "swapped")


def _changed(made: Made, codes: list[str], kind: str) -> Made:
    before = {family(coded.code) for coded in made.stay.coded}
    after = {family(code) for code in codes}
    return replace(
        made,
        stay=replace(made.stay, coded=coded_as(codes)),
        corruption=kind,
        inserted=frozenset(after - before),
        removed=frozenset(before - after),
    )
