"""Keys of terms: what they level and what they keep apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognoscope.apps.pharmacy.reactions.labels_lexicon import varied
from cognoscope.apps.pharmacy.reactions.labels_words import Keys, form, keys_of, name_of, table


@pytest.mark.parametrize(
    ("one", "other"),
    [("Anaemia", "anemias"), ("haemorrhages", "Hemorrhage"), ("Tumours", "tumor"), ("allergies", "allergy")],
)
def test_spelling_and_plural_are_levelled(one: str, other: str):
    assert form(one) == form(other)


def test_each_key_is_looser_than_the_one_before():
    strict, swapped = keys_of("acute renal failure"), keys_of("renal failure, acute")
    assert strict.exact != swapped.exact
    assert strict.bag == swapped.bag
    elevated, increased = keys_of("elevated ALT"), keys_of("Alanine aminotransferase increased")
    assert elevated.bag != increased.bag
    assert elevated.loose == increased.loose


def test_opposites_never_share_a_key():
    up, down = keys_of("ALT increased"), keys_of("ALT decreased")
    assert not {*up} & {*down}


def test_a_term_of_signs_alone_has_no_key():
    assert keys_of("*** --") == Keys(0, 0, 0)


def test_names_are_the_same_whatever_the_order():
    assert name_of("Renal failure acute") == name_of("Acute renal failure")
    assert name_of("Hepatitis B") != name_of("Hepatitis A")


def test_a_measure_gives_its_opposite_and_a_site_its_sisters():
    assert ("potassium decreased", "decreased potassium") in varied("Potassium increased", "increased potassium")
    assert ("application site pain", "application pain site") in varied("injection site pain", "injection pain site")
    assert varied("headache", "headache") == set()


def test_every_row_of_the_table_says_something():
    known = table()
    assert known.same and known.short and known.silent and known.filler
    assert not known.silent & known.filler


@given(st.text(max_size=200))
def test_any_text_has_keys_of_64_bits(text: str):
    assert all(0 <= key < 1 << 64 for key in keys_of(text))
    assert name_of(text) == name_of(name_of(text))
