"""The medicines of one edition of the public database, found by words or by code."""

from functools import cache
from typing import Literal

import pyarrow as pa

from cognoscope.intake.knowledge.bdpm import BDPM
from cognoscope.intake.knowledge.store import Knowledge
from cognoscope.intake.medicines.composition import compositions
from cognoscope.intake.medicines.medicine import Medicine, Resolution
from cognoscope.intake.medicines.product import Product
from cognoscope.intake.medicines.resolving import Resolver

System = Literal["CIS", "CIP13", "CIP7", "ATC"]
_STOPPED = {"autorisation retirée", "autorisation suspendue"}


class Medicines:
    """Every speciality of one edition, by name and by code.

    edition, digest: of the public database. `products`: one for each speciality, in the order of the codes.
    """

    def __init__(self, edition: str, digest: str, products: tuple[Product, ...], cips: dict[str, str]) -> None:
        self.edition = edition
        self.digest = digest
        self.products = products
        self._by_cis = {product.medicine.cis[0]: product.medicine for product in products}
        self._cips = cips
        self._resolver = Resolver(products, self._coded)

    def resolve(self, text: str) -> Resolution:
        """What the words stand for: a brand, a denomination, a substance or a code, with one error in it at most."""
        return self._resolver.resolve(text)

    def by_code(self, system: str, code: str) -> Medicine | None:
        """The medicine of a code; None where the edition holds none. ATC: the substances that have that code."""
        plain = "".join(code.split()).upper()
        if system == "CIS":
            return self._by_cis.get(plain)
        if system in ("CIP7", "CIP13"):
            return self._by_cis.get(self._cips.get(plain, ""))
        return None

    def _coded(self, digits: str) -> Medicine | None:
        return self._by_cis.get(digits) or self._by_cis.get(self._cips.get(digits, ""))


def open_medicines(knowledge: Knowledge) -> Medicines:
    """The medicines of the edition in force; built once a process and edition.

    Raises:
        NotLoaded: the public database has not been loaded.
    """
    edition = knowledge.edition(BDPM)
    held = _Tables(edition.edition, edition.content, *(knowledge.table(BDPM, name) for name in _NAMES))
    return _build(held)


_NAMES = ("product", "composition", "presentation")


class _Tables:
    """Tables compared by the edition's digest, so that they can be the key of a cache."""

    def __init__(
        self, edition: str, digest: str, product: pa.Table, composition: pa.Table, presentation: pa.Table
    ) -> None:
        self.edition, self.digest = edition, digest
        self.product, self.composition, self.presentation = product, composition, presentation

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Tables) and other.digest == self.digest and other.edition == self.edition


@cache
def _build(tables: _Tables) -> Medicines:
    made = compositions(tables.composition.to_pylist())
    products = []
    for row in tables.product.to_pylist():
        substances = made.get(row["cis"], ())
        medicine = Medicine(
            key=f"CIS {row['cis']}",
            label=row["label"],
            substances=tuple(each.label for each in substances),
            form=row["form"],
            routes=tuple(route for route in row["routes"].split(";") if route),
            cis=(row["cis"],),
            marketed=row["market"] == "Commercialisée" and row["authorisation"].lower() not in _STOPPED,
            declared=tuple(each.declared for each in substances),
            homeopathic="homéo" in row["procedure"] or any(each.homeopathic for each in substances),
        )
        products.append(Product(medicine, frozenset(each.key for each in substances)))
    cips = {row[name]: row["cis"] for row in tables.presentation.to_pylist() for name in ("cip7", "cip13") if row[name]}
    return Medicines(tables.edition, tables.digest, tuple(products), cips)
