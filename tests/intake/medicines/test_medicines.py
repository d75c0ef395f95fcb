"""From typed words to a set of substances."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.intake.medicines.small_bdpm import PRODUCTS, small_medicines, write_bdpm

from cognoscope.core.home import Home
from cognoscope.intake.knowledge.store import Knowledge, NotLoaded
from cognoscope.intake.medicines import Medicines, open_medicines


@pytest.fixture(scope="module")
def medicines(tmp_path_factory: pytest.TempPathFactory) -> Medicines:
    return small_medicines(tmp_path_factory.mktemp("bdpm") / "2026-01")


@pytest.mark.parametrize(
    ("typed", "status", "substances"),
    [
        ("CALMOZINE 500 mg, comprimé", "exact", {"paracétamol"}),
        ("calmozine", "exact", {"paracétamol"}),
        ("calmozine 1000", "exact", {"paracétamol"}),
        ("calmozine 1 g cp eff", "exact", {"paracétamol"}),
        ("calmozine 500 mg 1 matin et soir", "exact", {"paracétamol"}),
        ("calmozine 500 mg x 3 / j", "exact", {"paracétamol"}),
        ("calmozine 1 g", "exact", {"paracétamol"}),
        ("calmozine 44", "ambiguous", {"paracétamol"}),
        ("calmozine 44 mg", "exact", {"paracétamol"}),
        ("calmozine k", "corrected", {"paracétamol"}),
        ("Calmozne 500 mg", "corrected", {"paracétamol"}),
        ("calmozinee", "corrected", {"paracétamol"}),
        ("acmlozine", "unknown", set()),
        ("erythral", "exact", {"azithromycine"}),
        ("paracétamol", "exact", {"paracétamol"}),
        ("PARACETAMOL", "exact", {"paracétamol"}),
        ("amlodipine", "exact", {"amlodipine"}),
        ("amlodipine 10 mg", "exact", {"amlodipine"}),
        ("bésilate d'amlodipine", "exact", {"amlodipine"}),
        ("amlodipnie 10", "corrected", {"amlodipine"}),
        ("amoxicilline/acide clavulanique", "exact", {"amoxicilline", "acide clavulanique"}),
        ("acide clavulanique amoxicilline", "exact", {"amoxicilline", "acide clavulanique"}),
        ("amox/ac clav", "corrected", {"amoxicilline", "acide clavulanique"}),
        ("clavo mox", "corrected", {"amoxicilline", "acide clavulanique"}),
        ("anciennol", "withdrawn", {"colchicine"}),
        ("60000004", "exact", {"amlodipine"}),
        ("3400930000046", "exact", {"amlodipine"}),
        ("34009 300 0004 6", "exact", {"amlodipine"}),
        ("3000001", "exact", {"paracétamol"}),
        ("69999999", "unknown", set()),
        ("zzzzzz", "unknown", set()),
        ("", "unknown", set()),
        (" , ; ", "unknown", set()),
        ("a" * 5000, "unknown", set()),
    ],
)
def test_what_was_typed_is_understood(medicines: Medicines, typed: str, status: str, substances: set[str]):
    answer = medicines.resolve(typed)
    assert (answer.status, {each for held in answer.medicines for each in held.substances}) == (status, substances)
    assert len(answer.medicines) == (0 if status == "unknown" else 1)
    assert answer.sentence.fr
    assert answer.sentence.en


def test_one_name_of_two_compositions_is_asked_about(medicines: Medicines):
    answer = medicines.resolve("doublix")
    assert answer.status == "ambiguous"
    assert {each.substances for each in answer.medicines} == {("ramipril", "amlodipine"), ("kétoprofène",)}
    assert medicines.resolve("doublix crème").medicines[0].substances == ("kétoprofène",)


def test_a_misspelling_as_near_to_two_medicines_is_asked_about(medicines: Medicines):
    # One substitution away from TENSILOR and one from nothing else; TENSIROL is two away.
    assert medicines.resolve("tensilox").status == "corrected"
    # "tensior" is one deletion away from both.
    answer = medicines.resolve("tensior")
    assert answer.status == "corrected" or len(answer.medicines) > 1
    assert medicines.resolve("tensilol").status in ("ambiguous", "corrected")


def test_two_errors_are_never_corrected_without_asking(medicines: Medicines):
    answer = medicines.resolve("amoxicyline acide clavulaniqe")
    assert answer.status in ("ambiguous", "unknown")


def test_a_second_substance_in_the_text_is_never_dropped(medicines: Medicines):
    answer = medicines.resolve("ramipril kétoprofène")
    assert answer.status == "unknown"


def test_a_name_stands_for_all_its_specialities(medicines: Medicines):
    (medicine,) = medicines.resolve("calmozine").medicines
    assert medicine.cis == ("60000001", "60000002", "60000003")
    assert medicine.routes == ("orale",)
    assert medicine.form == ""
    assert medicine.marketed
    (single,) = medicines.resolve("calmozine 100 mg suppositoire").medicines
    assert (single.cis, single.routes, single.marketed) == (("60000003",), ("rectale",), False)


def test_codes_of_each_system(medicines: Medicines):
    cis = medicines.by_code("CIS", "60000004")
    assert cis is not None
    assert cis.substances == ("amlodipine",)
    assert cis.declared == (("amlodipine (bésilate d')",),)
    assert medicines.by_code("CIP7", "3000004") == cis == medicines.by_code("CIP13", "3400930000046")
    assert medicines.by_code("CIS", "1") is None
    assert medicines.by_code("LOINC", "60000004") is None


def test_a_homeopathic_speciality_says_so(medicines: Medicines):
    (granules,) = medicines.resolve("montana").medicines
    assert granules.homeopathic
    assert not medicines.resolve("calmozine").medicines[0].homeopathic


@given(st.text(max_size=80))
def test_no_text_breaks_the_resolution(text: str):
    answer = _MEDICINES.resolve(text)
    assert (answer.status == "unknown") == (not answer.medicines)
    assert answer.status != "ambiguous" or answer.sentence.fr


@given(st.integers(0, 10_000), st.sampled_from(PRODUCTS))
def test_an_error_never_gives_another_medicine_for_certain_unless_it_is_as_near(seed: int, product: tuple):
    """A corrected answer is a name within one error of what was typed."""
    random, label = Random(seed), product[1]
    place = random.randrange(len(label.split(" ")[0].rstrip(",")))
    typed = label[:place] + random.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") + label[place + 1 :]
    answer = _MEDICINES.resolve(typed)
    wanted = {cis for cis, name, *_ in PRODUCTS if name == label}
    found = {cis for each in answer.medicines for cis in each.cis}
    if answer.status == "corrected":
        assert found & wanted


def test_editions_are_opened_once_and_by_content(tmp_path: Path):
    (tmp_path / "drugs" / "bdpm").mkdir(parents=True)
    write_bdpm(tmp_path / "drugs" / "bdpm" / "2026-04")
    first = Knowledge(tmp_path / "a", tmp_path)
    second = Knowledge(tmp_path / "b", tmp_path)
    assert open_medicines(first) is open_medicines(second)
    assert open_medicines(first).edition == "2026-04"


def test_nothing_loaded_is_said_with_the_command_to_type(tmp_path: Path):
    with pytest.raises(NotLoaded, match="cognoscope terminology load bdpm"):
        open_medicines(Knowledge(Home(tmp_path).knowledge))


def _small() -> Medicines:
    from tempfile import mkdtemp

    return small_medicines(Path(mkdtemp()) / "2026-01")


_MEDICINES = _small()
