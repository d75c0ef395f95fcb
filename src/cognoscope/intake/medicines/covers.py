"""Which substance of the thesaurus a declared substance falls under when the thesaurus names it more broadly."""

import csv
from functools import cache, lru_cache
from importlib.resources import files

from cognoscope.intake.medicines.names import base, fold


@lru_cache(maxsize=65536)
def covered(name: str) -> tuple[str, ...]:
    """Substances of the thesaurus that mean the declared one too (any insulin is "insuline"); often none."""
    written = dict.fromkeys((fold(name), fold(base(name))))
    return tuple(
        dict.fromkeys(meant for match, declared, meant in _rules() for each in written if _fits(match, declared, each))
    )


def _fits(match: str, declared: str, name: str) -> bool:
    if match == "exact":
        return name == declared
    if match == "prefix":
        return name.startswith(declared) and not name[len(declared) : len(declared) + 1].isalpha()
    return declared in name.replace("'", " ").replace("-", " ").split()


@cache
def _rules() -> tuple[tuple[str, str, str], ...]:
    text = files(__package__).joinpath("covers.csv").read_text(encoding="utf-8")
    return tuple((row["match"], row["declared"], row["meant"]) for row in csv.DictReader(text.splitlines()))
