import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cognoscope.apps.pharmacy.reactions.phrases_pieces import Pieces
from cognoscope.apps.pharmacy.reactions.spans import LEAST_SCORE, find
from cognoscope.apps.pharmacy.reactions.spans_chain import Chain, best, chance, spans
from cognoscope.apps.pharmacy.reactions.spans_model import LABELS, encode
from cognoscope.apps.pharmacy.reactions.spans_tokens import LONGEST, sentences

RNG = np.random.default_rng(5)
CHAIN = Chain(RNG.normal(size=(3, 3)), RNG.normal(size=3), RNG.normal(size=3), 1, 2)


def total(labels, scores):
    steps = sum(CHAIN.step[one, two] for one, two in itertools.pairwise(labels))
    return CHAIN.begin[labels[0]] + CHAIN.end[labels[-1]] + steps + sum(scores[k, one] for k, one in enumerate(labels))


def test_best_labelling_is_that_of_all_labellings():
    scores = RNG.normal(size=(5, 3)) * 2
    every = list(itertools.product(range(3), repeat=5))
    assert best(scores, CHAIN) == list(max(every, key=lambda labels: total(labels, scores)))


def test_chance_of_a_span_is_the_share_of_the_labellings_that_hold_it():
    scores = RNG.normal(size=(5, 3))
    every = list(itertools.product(range(3), repeat=5))
    weights = {labels: math.exp(total(labels, scores)) for labels in every}
    for span in ((0, 1), (1, 3), (3, 5)):
        held = sum(
            weight
            for labels, weight in weights.items()
            if labels[span[0]] == 1
            and all(label == 2 for label in labels[span[0] + 1 : span[1]])
            and (span[1] == 5 or labels[span[1]] != 2)
        )
        assert chance(scores, span, CHAIN) == pytest.approx(held / sum(weights.values()))


def test_spans_of_labels():
    assert spans([0, 1, 2, 1, 0, 2, 2], CHAIN) == [(1, 3), (3, 4), (5, 7)]


def test_sentences_end_at_full_stops_and_at_lines():
    text = "It hurt. Badly!\nno sleep (none), 2 weeks"
    assert [[word.text for word in one] for one in sentences(text)] == [
        ["It", "hurt", "."],
        ["Badly", "!"],
        ["no", "sleep", "(", "none", "),", "2", "weeks"],
    ]


@given(st.text(max_size=400))
def test_words_are_where_they_say(text):
    words = [word for one in sentences(text) for word in one]
    assert all(text[word.start : word.stop] == word.text for word in words)
    assert all(len(one) <= LONGEST for one in sentences(text))


def test_a_sentence_longer_than_the_reach_is_still_encoded_whole():
    pieces = Pieces(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abc", *(f"##{sign}" for sign in "abc")])
    one = encode(["abcabc"] * 60, pieces)
    assert len(one.first) == 60
    assert one.first.max() < len(one.pieces)


def test_reactions_are_found_and_indications_are_not():
    pytest.importorskip("onnxruntime")
    text = "I take it for depression. Terrible nausea and I couldn't sleep at all!"
    found = find(text)
    said = " | ".join(text[span.start : span.stop] for span in found)
    assert "nausea" in said
    assert "sleep" in said
    assert "depression" not in said
    assert all(LEAST_SCORE <= span.score <= 1 for span in found)


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_and_spans_stay_in_it_and_apart(text):
    pytest.importorskip("onnxruntime")
    found = find(text)
    ends = [0, *(span.stop for span in found)]
    assert all(end <= span.start < span.stop <= len(text) for end, span in zip(ends, found, strict=False))
    assert found == find(text)


def test_nothing_is_found_in_nothing():
    assert find("") == find(" \n ") == []


def test_labels_are_those_of_the_corpus():
    assert LABELS[0] == "O"
    assert len(LABELS) == 9
