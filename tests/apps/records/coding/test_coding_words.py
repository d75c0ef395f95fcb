"""Words of reports: what is found, what qualifies it, where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognoscope.apps.records.coding.knowledge import fold
from cognoscope.apps.records.coding.words import Page, acts, codes, sections


def found(text: str) -> dict[str, object]:
    return {spot.what: spot for spot in Page(text).spot(codes())}


@given(st.text(max_size=300))
def test_positions_stay_what_they_were(text: str):
    assert len(fold(text)) == len(text)
    page = Page(text)
    for spot in page.spot(codes()):
        start, stop = spot.sentence
        assert 0 <= start <= spot.start < spot.stop <= len(text) and start < stop <= len(text)


@pytest.mark.parametrize(
    ("text", "code", "quality"),
    [
        ("Pas de pneumopathie.", "J18.9", "negated"),
        ("Pneumopathie éliminée par le scanner.", "J18.9", "negated"),
        ("Suspicion d'embolie pulmonaire.", "I26.9", "hypothesis"),
        ("Sa mère a eu un cancer du sein.", "C50.9", "family"),
        ("Antécédent d'infarctus du myocarde.", "I21.9", "history"),
        ("Cancer du sein en rémission.", "C50.9", "ended"),
    ],
)
def test_qualifiers(text: str, code: str, quality: str):
    assert getattr(found(text)[code], quality)


def test_a_qualifier_does_not_leave_its_sentence():
    spots = found("Pas de fièvre. Pneumopathie franche.")
    assert spots["R50.9"].negated and not spots["J18.9"].negated


def test_accents_case_and_plural_do_not_matter():
    assert {"N18.9", "C78.7"} <= set(found("INSUFFISANCE RENALE CHRONIQUE, metastase hepatique"))
    assert "C78.7" in found("Métastases hépatiques")


def test_an_abbreviation_is_written_in_capitals():
    assert "G35" in found("SEP évolutive") and "G35" not in found("en sep et octobre")


def test_the_longest_words_win():
    assert set(found("AVC ischémique")) == {"I63.9"} and set(found("AVC hémorragique")) == {"I61.9"}


def test_sections_by_their_titles():
    text = "Motif d'hospitalisation :\ndyspnée\nAntécédents\n- HTA\nConclusion : asthme."
    assert [kind for _, kind in sections(text)] == ["motif", "antecedents", "conclusion"]
    spots = found(text)
    assert (spots["I10"].section, spots["J45.9"].section) == ("antecedents", "conclusion")


def test_acts_by_their_words():
    assert {spot.what for spot in Page("Coloscopie puis transfusion de culots globulaires").spot(acts())} == {
        "HHQE002",
        "FELF011",
    }
