"""Folding goes the same way for queries as for the index; forms are those of French grammar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognoscope.intake.search.words import fold, forms, stop_words, tokens

tantivy = pytest.importorskip("tantivy")

from cognoscope.intake.search.schema import analyzer  # noqa: E402

FRENCH = "abcdefghijklmnopqrstuvwxyzàâäçéèêëîïôöùûüÿœæABCDEFGHIJKLMNOPQRSTUVWXYZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ0123456789"


@given(st.text(alphabet=FRENCH + " '’-.,;:/()\n_+%°", max_size=80))
def test_queries_and_index_see_the_same_words(text):
    assert tokens(text) == analyzer().analyze(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L’Œdème aigu", ["l", "oedeme", "aigu"]),
        ("E11.9", ["e11", "9"]),
        ("post-opératoire", ["post", "operatoire"]),
        ("e\u0301tude", ["etude"]),
        ("", []),
    ],
)
def test_words_of_a_text(text, words):
    assert tokens(text) == words


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("renale", "renal"),
        ("renal", "renaux"),
        ("renaux", "renales"),
        ("veineuse", "veineux"),
        ("digestif", "digestives"),
        ("arteriel", "arterielle"),
        ("patient", "patientes"),
        ("operee", "opere"),
        ("operes", "opere"),
        ("genoux", "genou"),
        ("diabete", "diabetes"),
    ],
)
def test_forms_of_a_word(word, other):
    assert other in forms(word)


def test_neighbours_in_meaning_are_no_forms():
    assert "diabetique" not in forms("diabete")
    assert "organique" not in forms("organe")


@given(st.text(alphabet="abcdefilnrsuvx", min_size=1, max_size=12))
def test_a_word_is_no_form_of_itself(word):
    assert word not in forms(word)
    assert len(word) > 3 or forms(word) == ()


def test_words_that_deny_are_not_skipped():
    assert not stop_words() & {"sans", "pas", "non", "ni", "aucun", "absence"}
    assert all(fold(word) == word for word in stop_words())
