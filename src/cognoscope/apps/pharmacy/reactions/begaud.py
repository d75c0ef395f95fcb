"""The French method of causality: chronology and semiology make the intrinsic score I0 to I6, the literature is B
apart.

Bégaud et al., Thérapie 1985;40:111-118; Arimone et al., Thérapie 2011;66:517-525. Tables in `begaud.toml`.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any

LEVELS: dict[str, tuple[str, ...]] = {
    "delay": ("suggestive", "compatible", "incompatible"),
    "evolution": ("suggestive", "inconclusive", "against"),
    "rechallenge": ("positive", "none", "negative"),
    "semiology": ("yes", "no"),
    "other-cause": ("absent", "possible"),
    "test": ("positive", "none", "negative"),
}
"""What each criterion may be; the first speaks most for the drug."""

CAUTIOUS = {
    "delay": "compatible",
    "evolution": "inconclusive",
    "rechallenge": "none",
    "semiology": "no",
    "other-cause": "possible",
    "test": "none",
}
"""What the method takes where nothing is known (no rechallenge, an evolution that concludes nothing, ...)."""


@dataclass(frozen=True)
class Intrinsic:
    """Scores with what is known now (the rest taken as the method does), and what the missing answers could
    make of I.
    """

    chronology: int
    semiology: int
    intrinsic: int
    lowest: int
    highest: int


def score(answers: dict[str, str]) -> Intrinsic:
    """The scores of known answers (criterion -> level); criteria that are left out are unknown."""
    now = {name: answers.get(name, CAUTIOUS[name]) for name in LEVELS}
    open_ones = [name for name in LEVELS if name not in answers]
    possible = [
        _intrinsic(now | dict(zip(open_ones, levels, strict=True)))
        for levels in product(*(LEVELS[name] for name in open_ones))
    ]
    chronology, semiology = _chronology(now), _semiology(now)
    return Intrinsic(chronology, semiology, _intrinsic(now), min(possible), max(possible))


def _intrinsic(answers: dict[str, str]) -> int:
    chronology, semiology = _chronology(answers), _semiology(answers)
    if chronology == 0:
        return 0
    return int(_tables()["intrinsic"]["table"][chronology - 1][semiology - 1])


def _chronology(answers: dict[str, str]) -> int:
    column = LEVELS["rechallenge"].index(answers["rechallenge"])
    return int(_tables()["chronology"][answers["delay"]][answers["evolution"]][column])


def _semiology(answers: dict[str, str]) -> int:
    column = LEVELS["test"].index(answers["test"])
    return int(_tables()["semiology"][answers["semiology"]][answers["other-cause"]][column])


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("begaud.toml").read_text(encoding="utf-8"))
