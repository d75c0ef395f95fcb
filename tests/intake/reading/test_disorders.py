"""Disorders in reports: terms, classifier, codes, qualifiers, and texts that are none."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("edsnlp", reason="the extra `text` is not installed")

import itertools

from cognoscope.core.errors import NotInstalled
from cognoscope.intake.reading.component import component
from cognoscope.intake.reading.disorders import COMPONENT, found, read
from cognoscope.intake.reading.disorders_features import BUCKETS, FLAGS, PIECES, features, pieces
from cognoscope.intake.reading.disorders_model import WINDOW, chances
from cognoscope.intake.reading.disorders_spans import LONGEST, spans
from cognoscope.intake.reading.disorders_terms import Match, cim10_path, codes, dotted, labels, matches
from cognoscope.intake.reading.disorders_tokens import form, term_form, tokens

LETTER = "Patiente hypertendue. Pneumonie franche. Pas de fièvre ni de toux. Mère : cancer du sein."


def said(text: str) -> list[str]:
    return [text[mention.start : mention.stop] for mention in found(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("fractures des côtes", "Fracture de côte"),
        ("troubles rénaux", "trouble rénal"),
        ("œdème", "OEDEME"),
        ("l'insuffisance rénale", "insuffisances rénales"),
        ("cancer de la prostate", "cancer prostate"),
    ],
)
def test_ways_of_writing_a_term_are_one(one: str, other: str) -> None:
    assert term_form(one) == term_form(other) != ""


def test_words_that_look_like_plurals_are_kept() -> None:
    assert [form(word) for word in ("pus", "abcès", "diagnostics", "cirrhose", "os")] == [
        "pus",
        "abces",
        "diagnostic",
        "cirrhose",
        "os",
    ]


@given(st.text())
def test_tokens_are_where_they_say(text: str) -> None:
    read_ = tokens(text)
    assert [text[token.start : token.stop] for token in read_] == [token.word for token in read_]
    assert all(one.stop <= other.start for one, other in itertools.pairwise(read_))


def test_a_label_is_said_in_more_than_one_way() -> None:
    assert list(labels("Choléra, sans précision")) == ["Choléra"]
    assert list(labels("Fracture de la clavicule, fermée")) == [
        "Fracture de la clavicule, fermée",
        "Fracture de la clavicule  fermée",
        "Fracture de la clavicule",
    ]
    assert list(labels("Autres maladies du rein")) == []
    assert (dotted("E119"), dotted("I10")) == ("E11.9", "I10")


def test_the_dictionary_knows_cim10_and_usual_words() -> None:
    assert codes()[term_form("Choléra")] == "A00"
    assert codes()[term_form("HTA")] == "I10"
    assert len(codes()) > 10_000


def test_the_longest_term_from_the_left_and_none_across_a_stop() -> None:
    words = tokens("Insuffisance rénale chronique. Choléra")
    assert [(m.first, m.last, m.code) for m in matches(words)] == [(0, 3, "N18"), (4, 5, "A00")]
    assert [m.last - m.first for m in matches(tokens("insuffisance, rénale"))] in ([], [1], [1, 1])


def test_terms_and_words_that_no_dictionary_has() -> None:
    text = "Patient admis pour une insuffisance rénale aiguë compliquant une myélofibrose."
    assert "insuffisance rénale aiguë" in said(text)
    (kidney,) = [mention for mention in found(text) if "rénale" in text[mention.start : mention.stop]]
    assert (kidney.group, kidney.label, kidney.code, kidney.vocabulary) == ("disorder", "disorder", "N17", "CIM-10")
    assert term_form("myélofibrose évolutive") not in codes()


def test_qualifiers_are_said() -> None:
    (mentions,) = read([LETTER])
    about = {LETTER[mention.start : mention.stop].lower(): mention for mention in mentions}
    assert about["fièvre"].negated and about["toux"].negated
    assert not about["pneumonie"].negated if "pneumonie" in about else not about["pneumonie franche"].negated
    assert about["cancer du sein"].family and not about["cancer du sein"].asserted


def test_a_mention_soon_after_a_passage_that_is_left_out_keeps_its_qualifiers() -> None:
    text = "On retrouve une pneumonie.\nLe bilan est normal.\nIl ne présente pas de hernie discale.\nSortie."
    about = {text[m.start : m.stop].lower(): m.negated for m in read([text])[0]}
    assert about == {"pneumonie": False, "hernie discale": True}


def test_what_is_to_be_ruled_out_is_supposed() -> None:
    text = "Une IRM est demandée pour éliminer une hernie discale."
    (mention,) = read([text])[0]
    assert (mention.hypothesis, mention.negated) == (True, False)
    text = "Pas de hernie discale."
    (mention,) = read([text])[0]
    assert (mention.hypothesis, mention.negated) == (False, True)


def test_a_bracket_before_a_stop_ends_the_sentence() -> None:
    text = "Bilan (aucune lésion n'a été mise en évidence). La pneumonie a été traitée."
    about = {text[m.start : m.stop].lower(): m.negated for m in read([text])[0]}
    assert about["pneumonie"] is False


def test_a_text_is_read_alike_alone_and_among_others() -> None:
    assert read([LETTER, "", "Fièvre."])[0] == read([LETTER])[0]
    assert read([]) == [] and read([""]) == [[]]
    assert component("disorders") is COMPONENT and len(COMPONENT.version) == 64


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gives_places_in_order(text: str) -> None:
    places = [(mention.start, mention.stop) for mention in found(text)]
    assert places == sorted(places)
    assert all(0 <= start < stop <= len(text) for start, stop in places)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(places))


@pytest.mark.parametrize("garbage", ["12,5 " * 20_000, "a" * 200_000, "\n" * 50_000, "\x00\ufffd" * 5_000, "ת" * 9_000])
def test_garbage_holds_no_disorder(garbage: str) -> None:
    assert found(garbage) == []


def test_a_long_report_is_read_as_its_parts_are() -> None:
    line = "Le scanner montre une pneumonie droite.\n"
    text = line * (3 * WINDOW // 7)
    starts = [mention.start % len(line) for mention in found(text) if "pneumonie" in text[mention.start : mention.stop]]
    assert len(starts) == 3 * WINDOW // 7 and len(set(starts)) == 1


def test_the_classifier_gives_chances() -> None:
    words = tokens(LETTER)
    given_ = chances(words, matches(words))
    assert given_.shape == (len(words), 3)
    assert np.allclose(given_.sum(axis=1), 1, atol=1e-3)
    assert chances([], []).shape == (0, 3)


def test_what_the_classifier_is_told() -> None:
    words = tokens("Fièvre et fièvre")
    rows, places, flags = features(words, [Match(0, 1, "")])
    assert rows.shape == (3, PIECES) and places.tolist() == [0, 1, 2] and flags.shape == (3, FLAGS)
    assert flags[:, 0].tolist() == [1.0, 0.0, 0.0]
    assert pieces("Fièvre") == pieces("fievre")
    assert all(0 <= row < BUCKETS for row in np.frombuffer(pieces("x" * 300), dtype=np.int32))


def test_terms_are_kept_unless_the_classifier_speaks_against_them() -> None:
    words = tokens("toux et gêne respiratoire de nuit")
    term = Match(0, 1, "R05")
    against = np.tile(np.array([[0.99, 0.005, 0.005]], dtype=np.float32), (len(words), 1))
    assert spans(words, [term], against) == []
    doubt = against.copy()
    doubt[0] = (0.6, 0.4, 0.0)
    doubt[2:5] = ((0.05, 0.9, 0.05), (0.05, 0.05, 0.9), (0.05, 0.05, 0.9))
    assert spans(words, [term], doubt) == [(0, 1), (2, 4)]
    endless = np.tile(np.array([[0.01, 0.01, 0.98]], dtype=np.float32), (LONGEST + 1, 1))
    assert spans(tokens("mot " * (LONGEST + 1)), [], endless) == []


def test_without_the_extra_one_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cognoscope.intake.reading.disorders_terms.find_spec", lambda _: None)
    with pytest.raises(NotInstalled, match="make text"):
        cim10_path()


def test_importing_it_loads_no_library_of_the_extra() -> None:
    code = (
        "import sys, cognoscope.intake.reading.disorders as d; "
        "sys.exit(any(name in sys.modules for name in ('edsnlp', 'ahocorasick', 'onnxruntime', 'spacy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
