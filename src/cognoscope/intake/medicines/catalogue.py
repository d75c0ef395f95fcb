"""The medicines of one edition of the public database, found by words or by code."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Literal

import pyarrow as pa

from cognoscope.intake.knowledge.atc import ATC
from cognoscope.intake.knowledge.bdpm import BDPM
from cognoscope.intake.knowledge.store import Knowledge
from cognoscope.intake.medicines.atc import AtcNames
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

    def __init__(
        self, edition: str, digest: str, products: tuple[Product, ...], cips: dict[str, str], atc: AtcNames | None
    ) -> None:
        self.edition = edition
        self.digest = digest
        self.products = products
        self._by_cis = {product.medicine.cis[0]: product.medicine for product in products}
        self._cips = cips
        self._atc = atc
        self._resolver = Resolver(products, self._coded)

    def resolve(self, text: str) -> Resolution:
        """What the words stand for: a brand, a denomination, a substance or a code, with one error in it at most."""
        return self._resolver.resolve(text)

    def by_code(self, system: str, code: str) -> Medicine | None:
        """The medicine of a code; None where the edition holds none.

        ATC: the substance that the loaded list names for a code of the fifth level, if the edition knows it.
        """
        plain = "".join(code.split()).upper()
        if system == "CIS":
            return self._by_cis.get(plain)
        if system in ("CIP7", "CIP13"):
            return self._by_cis.get(self._cips.get(plain, ""))
        return self._of_atc(plain) if system == "ATC" else None

    def _of_atc(self, code: str) -> Medicine | None:
        name = self._atc.name(code) if self._atc else ""
        if not name:
            return None
        found = self.resolve(name)
        if found.status in ("exact", "withdrawn") and len(found.medicines) == 1:
            return replace(found.medicines[0], key=f"ATC {code}", label=name, atc=(code,), form="", routes=())
        return None

    def _coded(self, digits: str) -> Medicine | None:
        return self._by_cis.get(digits) or self._by_cis.get(self._cips.get(digits, ""))


def open_medicines(knowledge: Knowledge) -> Medicines:
    """The medicines of the edition in force; built once a process and edition.

    Raises:
        NotLoaded: the public database has not been loaded.
    """
    return _opened(_Key(knowledge))


def medicines_of(edition: str, digest: str, tables: Mapping[str, pa.Table], atc: AtcNames | None = None) -> Medicines:
    """The medicines of tables that the source `bdpm` loaded, with their ATC codes where a list of them is given."""
    made = compositions(tables["composition"].to_pylist())
    products = []
    for row in tables["product"].to_pylist():
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
        product = Product(medicine, frozenset(each.key for each in substances))
        products.append(atc.with_codes(product) if atc else product)
    presented = tables["presentation"].to_pylist()
    cips = {row[name]: row["cis"] for row in presented for name in ("cip7", "cip13") if row[name]}
    return Medicines(edition, digest, tuple(products), cips, atc)


class _Key:
    """Knowledge compared by the edition it holds, so that it can be the key of a cache."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge, self.edition = knowledge, knowledge.edition(BDPM)
        self.atc = knowledge.edition(ATC).content if knowledge.has(ATC) else ""

    def __hash__(self) -> int:
        return hash(self.edition.content)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and (other.edition.content, other.atc) == (self.edition.content, self.atc)


@cache
def _opened(key: _Key) -> Medicines:
    tables = {name: key.knowledge.table(BDPM, name) for name in ("product", "composition", "presentation")}
    atc = None
    if key.atc:
        named = key.knowledge.table(ATC, "name")
        atc = AtcNames(zip(named.column("code").to_pylist(), named.column("name").to_pylist(), strict=True))
    return medicines_of(key.edition.edition, key.edition.content, tables, atc)
