"""Qualifiers of given words: each of the five, overlaps, words that are no token, and the documented pipeline's."""

import pytest

pytest.importorskip("edsnlp", reason="needs the extra `text`")

from cognoscope.intake.reading.qualifiers import Qualifiers, qualify


def _one(text: str, words: str) -> Qualifiers:
    start = text.index(words)
    return qualify(text, [(start, start + len(words))])[0]


def test_each_qualifier() -> None:
    assert _one("Pas de fièvre ce matin.", "fièvre") == Qualifiers(negated=True)
    assert _one("On suspecte une fracture.", "fracture").hypothesis
    assert _one("Le père a un diabète.", "diabète").family
    assert _one("Antécédent de fracture du col.", "fracture").history
    assert _one("La patiente rapporte une douleur.", "douleur").reported
    assert _one("Il a une douleur.", "douleur") == Qualifiers()


def test_a_cue_of_another_sentence_does_not_count() -> None:
    assert not _one("Pas de fièvre ce matin. Toux grasse depuis hier.", "Toux").negated


def test_order_overlaps_and_empty_spans() -> None:
    text = "Pas de fracture du col. Douleur vive."
    spans = [(24, 31), (7, 22), (7, 15), (3, 3)]
    assert [found.negated for found in qualify(text, spans)] == [False, True, True, False]
    assert qualify("", []) == []
    assert qualify("", [(0, 0)]) == [Qualifiers()]
