"""Reports with more mentions than sentences hold."""

import pytest

pytest.importorskip("edsnlp", reason="needs the extra `text`")

from cognoscope.intake.reading.drugs_qualified import MOST, qualify_bounded
from cognoscope.intake.reading.qualifiers import UNQUALIFIED, qualify


def spans_of(text: str, word: str) -> list[tuple[int, int]]:
    return [(at, at + len(word)) for at in range(len(text)) if text.startswith(word, at)]


def test_few_and_many_mentions_get_the_same_qualifiers():
    text = "Pas d'aspirine. Sous aspirine. " * (MOST // 2 + 1)
    spans = spans_of(text, "aspirine")
    assert len(spans) > MOST and qualify_bounded(text, spans) == qualify(text, spans)
    assert qualify_bounded(text, spans[:2]) == qualify(text, spans[:2])
    assert [said.negated for said in qualify_bounded(text, spans)[:2]] == [True, False]


def test_order_of_the_spans_is_kept():
    text = "Pas d'aspirine. Sous aspirine. " * MOST
    spans = spans_of(text, "aspirine")
    assert qualify_bounded(text, spans[::-1]) == qualify_bounded(text, spans)[::-1]


def test_beyond_a_bound_a_sentence_is_a_list():
    text = "Pas de " + "aspirine " * (MOST + 10)
    answers = qualify_bounded(text, spans_of(text, "aspirine"))
    assert answers[0].negated and answers[MOST:] == [UNQUALIFIED] * 10
