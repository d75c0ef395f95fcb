"""A public database of a dozen invented specialities, in the official layout."""

from pathlib import Path

import pyarrow as pa

from cognoscope.intake.knowledge.bdpm import BDPM
from cognoscope.intake.medicines import Medicines
from cognoscope.intake.medicines.catalogue import medicines_of

ACTIVE, SOLD, STOPPED = "Autorisation active", "Commercialisée", "Non commercialisée"

PRODUCTS = (
    ("60000001", "CALMOZINE 500 mg, comprimé", "comprimé", "orale", SOLD, ("PARACÉTAMOL",)),
    ("60000002", "CALMOZINE 1000 mg, comprimé effervescent", "comprimé effervescent", "orale", SOLD, ("PARACÉTAMOL",)),
    ("60000003", "CALMOZINE 100 mg, suppositoire", "suppositoire", "rectale", STOPPED, ("PARACÉTAMOL",)),
    ("60000004", "TENSILOR 5 mg, gélule", "gélule", "orale", SOLD, ("AMLODIPINE (BÉSILATE D')",)),
    ("60000005", "TENSIROL 5 mg, gélule", "gélule", "orale", SOLD, ("RAMIPRIL",)),
    ("60000006", "AMLODIPINE DUPONT 10 mg, gélule", "gélule", "orale", SOLD, ("BÉSILATE D'AMLODIPINE",)),
    ("60000007", "ANCIENNOL 20 mg, comprimé", "comprimé", "orale", STOPPED, ("COLCHICINE",)),
    ("60000008", "DOUBLIX, comprimé pelliculé", "comprimé pelliculé", "orale", SOLD, ("RAMIPRIL", "AMLODIPINE")),
    ("60000009", "DOUBLIX, crème", "crème", "cutanée", SOLD, ("KÉTOPROFÈNE",)),
    ("60000010", "ÉRYTHRAL 250 mg, poudre orale", "poudre", "orale", SOLD, ("AZITHROMYCINE DIHYDRATÉE",)),
    ("60000011", "CLAVOMOX 1 g/125 mg, poudre", "poudre", "orale", SOLD, ("AMOXICILLINE", "ACIDE CLAVULANIQUE")),
    ("60000012", "MONTANA, granules", "granules", "sublinguale", SOLD, ("COLCHICUM POUR PRÉPARATIONS HOMÉOPATHIQUES",)),
)
PRESENTATIONS = ((1, "3000001", "3400930000015"), (4, "3000004", "3400930000046"))


def write_bdpm(folder: Path) -> Path:
    """The three files, in a folder of their own."""
    folder.mkdir(parents=True)
    lines, composition = [], []
    for cis, label, form, routes, market, substances in PRODUCTS:
        procedure = "Enreg homéo (Proc. Nat.)" if "HOMÉO" in substances[0] else "Procédure nationale"
        cells = (cis, label, form, routes, ACTIVE, procedure, market, "01/02/2020", "", "", " DUPONT", "Non")
        lines.append("\t".join(cells))
        for place, substance in enumerate(substances, start=1):
            cells = (cis, form, f"0000{place}", substance, "5 mg", "une unité", "SA", str(place))
            composition.append("\t".join(cells))
    cips = [
        "\t".join((PRODUCTS[at - 1][0], cip7, "1 boîte", "Présentation active", "Déclaration", "01/02/2020", cip13))
        for at, cip7, cip13 in PRESENTATIONS
    ]
    for name, rows in (("CIS_bdpm", lines), ("CIS_COMPO_bdpm", composition), ("CIS_CIP_bdpm", cips)):
        (folder / f"{name}.txt").write_bytes("\r\n".join([*rows, ""]).encode("cp1252"))
    return folder


def small_medicines(folder: Path) -> Medicines:
    """The same, loaded."""
    loaded = BDPM.load(write_bdpm(folder))
    return medicines_of(loaded.edition, "0" * 64, loaded.tables)


def rows(table: pa.Table, column: str) -> list[str]:
    """The cells of a column."""
    return list(table.column(column).to_pylist())
