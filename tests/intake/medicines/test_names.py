"""Names of substances without their salts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognoscope.intake.medicines.composition import compositions
from cognoscope.intake.medicines.covers import covered
from cognoscope.intake.medicines.names import base, fold, is_homeopathic


@pytest.mark.parametrize(
    ("declared", "substance"),
    [
        ("AMLODIPINE (BÉSILATE D')", "amlodipine"),
        ("CHLORHYDRATE DE NALOXONE DIHYDRATÉ", "naloxone"),
        ("ÉSOMÉPRAZOLE MAGNÉSIUM TRIHYDRATÉ", "ésoméprazole"),
        ("PÉRINDOPRIL TERT-BUTYLAMINE", "périndopril"),
        ("MALIQUE (ACIDE)", "acide malique"),
        ("SODIUM (BICARBONATE DE)", "bicarbonate de sodium"),
        ("CARBONATE DE LITHIUM", "carbonate de lithium"),
        ("SULFATE DE MAGNÉSIUM HEPTAHYDRATÉ", "sulfate de magnésium"),
        ("VALPROATE DE SODIUM", "acide valproïque"),
        ("SOLUTION DE DIGLUCONATE DE CHLORHEXIDINE", "chlorhexidine"),
        ("CHLORHYDRATE DE LYSINE", "lysine"),
        ("Aspirine", "acide acétylsalicylique"),
        ("L’ŒSTRADIOL\u00a0", "l'oestradiol"),
        ("", ""),
        ("(acide)", "acide"),
        ("D'", "d'"),
    ],
)
def test_salt_ester_and_water_are_taken_off(declared: str, substance: str):
    assert base(declared) == substance


@given(st.text(max_size=60))
def test_any_text_has_a_base_that_is_its_own(text: str):
    once = base(text)
    assert isinstance(once, str)
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzéèàçœ -'()", max_size=40))
def test_accents_and_case_never_matter_to_the_fold(text: str):
    assert fold(text.upper()) == fold(text)


def test_homeopathic_stocks_are_told_apart_however_they_are_spelt():
    assert is_homeopathic("ARNICA POUR PRÉPARATIONS HOMÉOPATHIQUES")
    assert is_homeopathic("ARNICA POUR PREPARATION HOMEOPATIQUE")
    assert not is_homeopathic("PARACÉTAMOL")


def test_a_broader_name_of_the_thesaurus_covers_a_declared_one():
    assert "insuline" in covered("INSULINE ASPARTE")
    assert covered("paracétamol") == ()
    assert covered("sénécio") == ()


def line(link: str, nature: str, substance: str) -> dict[str, str]:
    return {"cis": "60000001", "link": link, "nature": nature, "substance": substance}


@pytest.mark.parametrize(
    ("lines", "substances"),
    [
        ([line("1", "SA", "BÉSILATE D'AMLODIPINE"), line("1", "FT", "AMLODIPINE")], ["amlodipine"]),
        ([line("1", "SA", "ALENDRONATE MONOSODIQUE"), line("1", "FT", "ACIDE ALENDRONIQUE")], ["acide alendronique"]),
        ([line("1", "SA", "IOMÉPROL"), line("1", "FT", "IODE")], ["ioméprol"]),
        ([line("1", "SA", "CARBONATE DE CALCIUM"), line("1", "FT", "CALCIUM ÉLÉMENT")], ["carbonate de calcium"]),
        ([line("1", "SA", "RAMIPRIL"), line("2", "SA", "Ramipril")], ["ramipril"]),
        ([line("1", "FT", "FER")], ["fer"]),
        ([line("1", "SA", "PERINDOPRIL"), line("2", "SA", "AMLODIPINE")], ["perindopril", "amlodipine"]),
    ],
)
def test_a_substance_and_its_fraction_are_one(lines: list[dict[str, str]], substances: list[str]):
    assert [each.label for each in compositions(lines)["60000001"]] == substances
