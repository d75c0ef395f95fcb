"""ATC codes of a medicine: by its substances, its brand and its routes, from the list that was loaded."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import cache, lru_cache
from importlib.resources import files

from cognoscope.intake.medicines.label import key
from cognoscope.intake.medicines.names import base, fold
from cognoscope.intake.medicines.product import Product

_WHOLE = 7
"""Letters of a code of the fifth level, which names a substance."""


class AtcNames:
    """`names`: pairs of a code and a name. Names in capitals alone are brands or generics, and count as both."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._codes: dict[str, set[str]] = defaultdict(set)
        self._brands: dict[str, set[str]] = defaultdict(set)
        self._names: dict[str, str] = {}
        for code, name in names:
            if len(code) == _WHOLE:
                self._codes[_unordered(name)].add(code)
                if name.isupper():
                    self._brands[key(name)].add(code)
                else:
                    self._names[code] = name

    def with_codes(self, product: Product) -> Product:
        """The product with its codes: those of every substance that fit its routes and, of one substance, its brand.

        A combination's substances keep their own codes. Where one substance is not in the list, there are none: half
        of a medicine's codes would pass for all of them.
        """
        medicine = product.medicine
        found: list[str] = []
        for substance in medicine.substances:
            fits = fitting(frozenset(self._codes.get(_unordered(substance), ())), medicine.routes)
            if not fits or medicine.homeopathic:
                return product
            found += fits
        brand = self._brands.get(product.parts.name, set())
        own = [code for code in found if code in brand] if len(medicine.substances) == 1 else []
        codes = tuple(dict.fromkeys(own or found))
        return Product(replace(medicine, atc=codes), product.substances) if codes else product

    def name(self, code: str) -> str:
        """The substance that a code of the fifth level names; empty where the list has none."""
        return self._names.get(code, "")


@lru_cache(maxsize=65536)
def fitting(codes: frozenset[str], routes: tuple[str, ...]) -> tuple[str, ...]:
    """Those that a medicine of these routes may have; without a known route, all of them.

    A code of a local group needs its route, and a route that such groups are made for gives no other code: the gel of a
    drug whose list knows only the tablet has none.
    """
    every = sorted(codes)
    if not routes:
        return tuple(every)
    given = {fold(route) for route in routes}
    by_route = [code for code in every if _local(code) & given]
    general = [code for code in every if not _local(code)]
    return tuple(by_route + (general if given - _made_for() else []))


def _local(code: str) -> frozenset[str]:
    rules = _rules()
    return next((rules[code[:length]] for length in (5, 4, 3, 1) if code[:length] in rules), frozenset())


@cache
def _made_for() -> frozenset[str]:
    return frozenset(route for routes in _rules().values() for route in routes) - {"rectale"}


@lru_cache(maxsize=65536)
def _unordered(name: str) -> str:
    """The words of a substance in the order of the alphabet ("alendronique acide" is the acid)."""
    return " ".join(sorted(key(base(name)).split(" ")))


@cache
def _rules() -> dict[str, frozenset[str]]:
    text = files(__package__).joinpath("atc_routes.csv").read_text(encoding="utf-8")
    return {row["prefix"]: frozenset(row["routes"].split("|")) for row in csv.DictReader(text.splitlines())}
