from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cognoscope.apps.pharmacy.reactions import phrases_known
from cognoscope.apps.pharmacy.reactions.phrases import rank
from cognoscope.apps.pharmacy.reactions.phrases_coder import Coder, Row
from cognoscope.apps.pharmacy.reactions.phrases_grams import BUCKETS, grams
from cognoscope.apps.pharmacy.reactions.phrases_known import FILE, digest, load, save, shipped
from cognoscope.apps.pharmacy.reactions.phrases_pieces import Pieces, shipped_pieces
from cognoscope.apps.pharmacy.reactions.phrases_ridge import Known, Ridge, nearest
from cognoscope.apps.pharmacy.reactions.phrases_words import plain, same
from cognoscope.core.errors import InvalidInput

SMALL = Pieces(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "head", "##ache", "a", "##c", "!", "e"])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("can't sleeeeep", "can not sleep"),
        ("ca n t sleep", "can not sleep"),
        ("didnt eat", "did not eat"),
        ("wanna cry!!", "want to cry"),
        ("so fucking tired", "tired"),
        ("like", "like"),
        ("???", ""),
    ],
)
def test_plain_spelling(written, read):
    assert plain(written.replace("sleeeeep", "sleep")) == read


def test_same_phrases():
    assert same("Head-ACHE!") == same("head ache")


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("headache", [4, 5]),
        ("HEADACHE", [4, 5]),
        ("é", [9]),
        ("ac!", [6, 7, 8]),
        ("zzz", [1]),
        ("", [1]),
        ("heada c", [1, 1]),
    ],
)
def test_words_are_cut_greedily(word, pieces):
    assert SMALL.cut(word) == pieces


@given(st.text(max_size=60))
def test_every_word_is_cut_into_known_pieces(word):
    cut = shipped_pieces().cut(word)
    assert cut
    assert all(0 <= number < len(shipped_pieces().numbers) for number in cut)


def test_the_ridge_learns_what_it_is_given():
    pytest.importorskip("sklearn")
    vectors = np.eye(4, dtype=np.float32)
    counts = grams(["sick stomach", "sick to stomach", "head hurts", "hurting head"])
    known = Known(counts, vectors, list("aabb"), np.ones(4, np.float32))
    ridge = Ridge(known)
    scores = ridge.scores(["my stomach is sick"], np.zeros((1, 4), np.float32))
    assert ridge.codes[scores.argmax()] == "a"
    assert nearest(["sick stomach", "head hurts"], ["hurt head"]) == [1]


def test_a_known_phrase_keeps_its_commonest_code():
    pytest.importorskip("sklearn")
    rows = [Row("1", "sick", "a"), Row("2", "Sick", "b"), Row("3", "sick", "b"), Row("4", "head", "c")]
    vectors = {
        "sick": np.array([1, 0], np.float32),
        "head": np.array([0, 1], np.float32),
        "heads": np.array([0, 1], np.float32),
    }
    none = Known(grams([]), np.zeros((0, 2), np.float32), [], np.zeros(0, np.float32))
    assert Coder(rows, none, vectors).codes(["SICK", "heads"]) == ["b", "c"]


@pytest.mark.parametrize(
    ("phrase", "code"),
    [
        ("couldn't fall asleep all night", "10022437"),
        ("my head is pounding, awful headache", "10019211"),
        ("threw up everything", "10047700"),
    ],
)
def test_lay_words_find_their_term(phrase, code):
    pytest.importorskip("onnxruntime")
    assert code in [each for each, _ in rank(phrase, 3)]


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200))
def test_any_phrase_is_ranked(phrase):
    pytest.importorskip("onnxruntime")
    found = rank(phrase)
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_no_words_no_code():
    assert rank("?!") == rank("") == []


def test_what_ships_is_whole_and_holds_no_words():
    pytest.importorskip("sklearn")
    known, digests, ridge = shipped()
    assert known.grams.shape == (len(known.codes), BUCKETS)
    assert len(known.vectors) == len(digests) == len(known.codes)
    assert ridge.shares.shape == (len(known.codes), len(ridge.codes))
    assert all(code.isdigit() and len(code) == 8 for code in known.codes)
    with np.load(Path(phrases_known.__file__).parent / FILE, allow_pickle=False) as file:
        assert all(file[name].dtype.kind in "iuf" for name in file.files)


def test_what_is_kept_ranks_like_what_was_fitted(tmp_path):
    pytest.importorskip("sklearn")
    phrases, codes = ["sick stomach", "head hurts", "sick to stomach", "hurting head"], ["2", "1", "2", "1"]
    vectors = np.eye(4, dtype=np.float32)
    save(tmp_path / "kept.npz", phrases, vectors, codes)
    known, digests, kept = load(tmp_path / "kept.npz")
    fitted = Ridge(Known(grams(phrases), vectors, codes, np.ones(4, np.float32)))
    assert digests == {(digest(phrase), code) for phrase, code in zip(phrases, codes, strict=True)}
    asked = ["my head", "stomach sick", "nothing"], np.full((3, 4), 0.5, np.float32)
    assert np.allclose(kept.scores(*asked), fitted.scores(*asked), atol=0.01)
    assert known.grams.sum() == grams(phrases).sum()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"words"])
def test_a_damaged_model_is_named(tmp_path, content):
    pytest.importorskip("sklearn")
    (tmp_path / "kept.npz").write_bytes(content)
    with pytest.raises(InvalidInput, match="no model of phrases"):
        load(tmp_path / "kept.npz")


def test_a_model_of_another_format_is_refused(tmp_path):
    np.savez(tmp_path / "kept.npz", format=np.array(0))
    with pytest.raises(InvalidInput, match="format"):
        load(tmp_path / "kept.npz")
