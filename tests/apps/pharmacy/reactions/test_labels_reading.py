"""The shipped reader of drug labels on sections written for these tests."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cognoscope.apps.pharmacy.reactions import labels
from cognoscope.apps.pharmacy.reactions.labels_section import LONGEST_SECTION, kind_of, read_section

NAUSEA, VOMITING, BACK_PAIN, ALT = "10028813", "10047700", "10003988", "10001551"
SECTION = """6 ADVERSE REACTIONS

The most common adverse reactions were nausea, vomiting, abdominal or back pain, and elevated ALT.

 Table 1. Adverse reactions
 Injection site pain     12 %    3 %
 Rash                     5 %    1 %
"""


def said(text: str, name: str = "adverse reactions") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for start, stop, code in labels.find(text, name):
        found.setdefault(code, []).append(text[start:stop])
    return found


def test_listed_reactions_are_found_with_their_places():
    found = said(SECTION)
    assert found[NAUSEA] == ["nausea"]
    assert found[VOMITING] == ["vomiting"]
    assert found[BACK_PAIN] == ["back pain"]
    assert found[ALT] == ["elevated ALT"]


def test_a_whole_label_gives_each_term_once():
    codes = labels.pts([("adverse reactions", SECTION), ("warnings and precautions", "5.1 Nausea\nNausea can occur.")])
    assert {NAUSEA, VOMITING} <= codes
    assert all(code.isdigit() for code in codes)


def test_a_section_without_reactions_gives_none():
    assert labels.find("") == []
    assert labels.find("Store at room temperature. Protect from light.") == []
    assert labels.pts([]) == set()


def test_what_excludes_patients_is_no_reaction():
    text = "5 WARNINGS\n\nPatients with a history of seizures were excluded from the trials of this product.\n"
    assert said(text, "warnings and precautions") == {}


def test_a_terminology_widens_what_is_found():
    words = "The most common adverse reactions were nausea, vomiting, headache and zorblitis."
    assert not any("zorblitis" in places for places in said(words).values())
    wider = labels.with_names([("Zorblitis", "Zorblitis", "99000001")])
    assert "99000001" in labels.pts([("adverse reactions", words)], wider)


def test_the_same_section_gives_the_same_places():
    assert labels.find(SECTION) == labels.find(SECTION)


@pytest.mark.parametrize(("name", "kind"), [("ADVERSE REACTIONS", 0), ("boxed warnings", 2), ("else", 1)])
def test_kinds_of_sections(name: str, kind: int):
    assert kind_of(name) == kind


def test_a_section_of_a_megabyte_is_cut():
    assert len(read_section("adverse reactions", "x" * 1_000_000).text) == LONGEST_SECTION


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["nausea", "pain", "back", "or", ",", "\n", "(", "no", "ALT", ">", "3", "é", "."])))
def test_places_lie_in_the_text(parts: list[str]):
    text = " ".join(parts)
    for start, stop, code in labels.find(text):
        assert 0 <= start < stop <= len(text)
        assert code.isdigit()
