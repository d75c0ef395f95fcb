"""A speciality with the set of its substances, and several of them put together under one name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from cognoscope.intake.medicines.label import Parts, parts
from cognoscope.intake.medicines.medicine import Medicine


@dataclass(frozen=True, eq=False)
class Product:
    """One a speciality. `substances`: keys without accents; empty where the composition is not known."""

    medicine: Medicine
    substances: frozenset[str]

    @cached_property
    def parts(self) -> Parts:
        """Its denomination taken apart."""
        return parts(self.medicine.label)


def together(name: str, products: Sequence[Product]) -> list[Medicine]:
    """One medicine for each set of substances among the products, what sells first; a product alone stays itself.

    name: what to call products of different names; empty: by their substances.
    """
    groups: dict[frozenset[str], list[Product]] = {}
    for product in products:
        groups.setdefault(product.substances or frozenset({product.medicine.key}), []).append(product)
    made = [_group(name, held) for held in groups.values()]
    return sorted(made, key=lambda each: (not each.marketed, -len(each.cis), each.key))


def _group(asked: str, held: list[Product]) -> Medicine:
    first = held[0].medicine
    if len(held) == 1:
        return first
    names = {product.parts.name for product in held}
    name = names.pop() if len(names) == 1 else asked or " + ".join(first.substances)
    forms = {product.medicine.form for product in held}
    sold = [product for product in held if product.medicine.marketed] or held
    return replace(
        first,
        key=f"{name}: {' + '.join(sorted(held[0].substances))}",
        label=name.upper(),
        atc=_codes(held),
        form=first.form if len(forms) == 1 else "",
        routes=tuple(sorted({route for product in sold for route in product.medicine.routes})),
        cis=tuple(sorted(product.medicine.cis[0] for product in held)),
        marketed=any(product.medicine.marketed for product in held),
        declared=_declared(held),
    )


def _codes(held: list[Product]) -> tuple[str, ...]:
    """Every code that one of the specialities has."""
    return tuple(dict.fromkeys(code for product in held for code in product.medicine.atc))


def _declared(held: list[Product]) -> tuple[tuple[str, ...], ...]:
    names: dict[str, dict[str, None]] = {each: {} for each in held[0].medicine.substances}
    for product in held:
        for label, declared in zip(product.medicine.substances, product.medicine.declared, strict=True):
            names.setdefault(label, {}).update(dict.fromkeys(declared))
    return tuple(tuple(names[label]) for label in held[0].medicine.substances)
