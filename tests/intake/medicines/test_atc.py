"""ATC codes of a medicine by substance, brand and route."""

from pathlib import Path

import pytest
from tests.intake.medicines.small_bdpm import write_bdpm

from cognoscope.intake.knowledge.bdpm import BDPM
from cognoscope.intake.medicines import Medicines
from cognoscope.intake.medicines.atc import AtcNames, fitting
from cognoscope.intake.medicines.catalogue import medicines_of

NAMES = (
    ("C08CA01", "amlodipine"),
    ("C09AA05", "ramipril"),
    ("M01AE03", "ketoprofene"),
    ("M02AA10", "ketoprofene"),
    ("N02BE01", "paracetamol"),
    ("N02BE51", "CALMOZINE"),
    ("N02BE01", "CALMOZINE"),
    ("J01", "antibacteriens"),
    ("B01AC06", "acetylsalicylique acide"),
    ("J01CR02", "amoxicilline et inhibiteur"),
)


@pytest.fixture(scope="module")
def medicines(tmp_path_factory: pytest.TempPathFactory) -> Medicines:
    loaded = BDPM.load(write_bdpm(tmp_path_factory.mktemp("atc") / "2026-04"))
    return medicines_of(loaded.edition, "", loaded.tables, AtcNames(NAMES))


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("tensilor", ("C08CA01",)),
        ("calmozine", ("N02BE01",)),
        ("doublix crème", ("M02AA10",)),
        ("doublix comprimé", ("C09AA05", "C08CA01")),
        ("clavomox", ()),
        ("montana", ()),
    ],
)
def test_codes_of_substances_brand_and_route(medicines: Medicines, typed: str, codes: tuple[str, ...]):
    (medicine,) = medicines.resolve(typed).medicines
    assert medicine.atc == codes


def test_back_from_a_code_of_the_fifth_level(medicines: Medicines):
    found = medicines.by_code("ATC", "c08ca01")
    assert found is not None
    assert (found.substances, found.atc, found.routes) == (("amlodipine",), ("C08CA01",), ())
    assert medicines.by_code("ATC", "J01") is None
    assert medicines.by_code("ATC", "J01CR02") is None


def test_a_local_route_gives_local_codes_only():
    codes = frozenset({"M01AE03", "M02AA10"})
    assert fitting(codes, ("cutanée",)) == ("M02AA10",)
    assert fitting(codes, ("orale",)) == ("M01AE03",)
    assert fitting(codes, ("orale", "cutanée")) == ("M02AA10", "M01AE03")
    assert fitting(codes, ()) == ("M01AE03", "M02AA10")
    assert fitting(frozenset({"M01AE03"}), ("cutanée",)) == ()


def test_without_a_list_there_is_no_code(tmp_path: Path):
    loaded = BDPM.load(write_bdpm(tmp_path / "2026-04"))
    medicines = medicines_of(loaded.edition, "", loaded.tables)
    assert {product.medicine.atc for product in medicines.products} == {()}
    assert medicines.by_code("ATC", "C08CA01") is None
