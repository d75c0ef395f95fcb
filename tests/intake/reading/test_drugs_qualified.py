"""Qualifiers from the sentences around a drug are those of the whole report."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("edsnlp", reason="needs the extra `text`")

from cognoscope.intake.reading.drugs_names import find_drugs
from cognoscope.intake.reading.drugs_qualified import qualify_in_sentences
from cognoscope.intake.reading.qualifiers import UNQUALIFIED, qualify

sentences = st.sampled_from(
    [
        "Pas d'allergie à l'amoxicilline. ",
        "Sa mère prend du paracétamol.\n",
        "Arrêt de l'aspirine, ",
        "Kardégic 75 mg\n",
        "en cas de douleur : doliprane ",
        "Antécédents : traitement par metformine en 2012.\n\n",
        "Le Dr. Martin propose peut-être du methotrexate. ",
        "dit avoir pris du tramadol ! ",
        "Patient stable. ",
        "RAS\n",
        "\n",
        "Il n'y a pas ",
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(sentences, max_size=8).map("".join))
def test_same_qualifiers_as_in_the_whole_report(text: str):
    spans = [(name.start, name.stop) for name in find_drugs(text)]
    assert qualify_in_sentences(text, spans) == qualify(text, spans)


def test_answers_are_in_the_order_of_the_spans():
    text = "Pas d'amoxicilline. Sous aspirine."
    spans = [(text.index("aspirine"), text.index("aspirine") + 8), (6, 18)]
    assert [said.negated for said in qualify_in_sentences(text, spans)] == [False, True]
    assert qualify_in_sentences(text, []) == []
    assert qualify_in_sentences("", [(0, 0)]) == [UNQUALIFIED]
