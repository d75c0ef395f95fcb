"""French reactions as spans: the shipped reading, the labels of words, and the corpus' reader."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cognoscope.apps.pharmacy.reactions.french_spans import find
from cognoscope.apps.pharmacy.reactions.french_spans_corpus import holds_leaflets, read_leaflets
from cognoscope.apps.pharmacy.reactions.french_spans_features import read
from cognoscope.apps.pharmacy.reactions.french_spans_fit import fit
from cognoscope.apps.pharmacy.reactions.french_spans_tagging import likeliest, spans_of, tagged
from cognoscope.core.errors import InvalidInput
from cognoscope.intake.reading.disorders_tokens import tokens

TEXT = "Après deux jours, elle a eu des nausées et une éruption cutanée."


def test_usual_reactions_are_found():
    assert [TEXT[one.start : one.stop] for one in find(TEXT)] == ["nausées", "éruption cutanée"]


def test_nothing_in_an_empty_text():
    assert find("") == []
    assert find("  \n ") == []


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=120))
def test_spans_lie_in_the_text_and_apart(text: str):
    found = find(text)
    assert all(0 <= one.start < one.stop <= len(text) and 0 <= one.score <= 1 for one in found)
    assert all(one.stop <= after.start for one, after in pairwise(found))


def test_spans_come_back_from_their_labels():
    words = tokens(TEXT)
    spans = {(32, 39), (47, 63)}
    assert set(spans_of(words, tagged(words, spans).tolist())) == spans


def test_a_span_within_another_or_within_a_word_is_left_out():
    words = tokens(TEXT)
    assert spans_of(words, tagged(words, {(47, 63), (47, 55), (33, 39)}).tolist()) == [(47, 63)]


@given(st.integers(1, 30), st.integers(0, 10_000))
def test_the_likeliest_sequence_is_always_whole_spans(length: int, seed: int):
    labels = likeliest(np.random.default_rng(seed).normal(size=(length, 5)))
    inside = False
    for label in labels:
        assert (label in (2, 3)) == inside
        inside = label in (1, 2)
    assert not inside


def row(product: str, section: str = "effets_indesirables") -> dict[str, object]:
    text = f"Avec {product}, les patients ont eu des nausées, une fièvre et des douleurs du bras ou de la jambe."
    marks = [("nausées",), ("fièvre",), ("douleurs", "jambe")]
    entities = [
        {"label": "patho", "fragments": [[text.index(p), text.index(p) + len(p)] for p in parts]} for parts in marks
    ]
    return {"id": product, "product": product, "section": section, "text": text, "entities": entities}


def leaflets(folder: Path, count: int) -> Path:
    lines = "\n".join(json.dumps(row(f"produit{number}")) for number in range(count))
    (folder / "rcp.jsonl").write_text(lines, encoding="utf-8")
    return folder


def test_entities_in_pieces_are_counted_and_left_out(tmp_path: Path):
    (one,) = read_leaflets(leaflets(tmp_path, 1))
    assert one.judged
    assert one.in_pieces == 1
    assert {one.text[start:stop] for start, stop in one.spans} == {"nausées", "fièvre"}


def test_other_folders_and_broken_lines_are_refused(tmp_path: Path):
    assert not holds_leaflets(tmp_path)
    with pytest.raises(InvalidInput, match="no annotated French section"):
        read_leaflets(tmp_path)
    with (leaflets(tmp_path, 1) / "rcp.jsonl").open("a", encoding="utf-8") as file:
        file.write('\n{"product": 1}')
    with pytest.raises(InvalidInput, match="line 2"):
        read_leaflets(tmp_path)


def test_what_was_marked_often_is_marked_in_a_new_product(tmp_path: Path):
    known = read_leaflets(leaflets(tmp_path, 40))
    texts = [read(one.text) for one in known]
    marker = fit(known[1:], texts[1:], seed=1)
    assert {known[0].text[start:stop] for start, stop in marker.spans(texts[0])} == {"nausées", "fièvre"}
    assert marker.spans(read("")) == []
