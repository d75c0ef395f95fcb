"""The engine finds what EDS-NLP's documented pipeline finds on the whole text: on random recombinations of sentences,
separators, polluting text and odd characters."""

import json
from functools import cache
from typing import Any

import pytest

pytest.importorskip("edsnlp", reason="needs the extra `text`")

from hypothesis import given, settings
from hypothesis import strategies as st

from cognoscope.intake.reading.conditions_engine import Engine
from cognoscope.intake.reading.conditions_pipeline import QUALIFIERS, build
from cognoscope.intake.reading.qualifiers import QualifierReader

SENTENCES = (
    "Patient suivi pour un diabète de type 2 compliqué d'une rétinopathie.",
    "Pas de BPCO ni d'insuffisance rénale chronique sévère.",
    "HTA traitée, tabagisme sevré à 20 PA",
    "Mère décédée d'un cancer du sein métastatique",
    "On suspecte un AVC ischémique sylvien, l'IRM est attendue",
    "Le patient rapporte une consommation d'alcool : non",
    "sérologie VIH négative ; candidose, pneumocystose",
    "VIH stade C avec toxoplasmose cérébrale",
    "25-OH vitamine D à 12. OH sevré",
    "Carcinome. In situ du col utérin",
    "Infarctus du myocarde antérieur stenté en 2012",
    "Cirrhose alcoolique Child B, varices oesophagiennes",
    "Épuration extra-rénale depuis 2019 par dialyse, 3 séances",
    "Ulcère de l'estomac. La voie digestive",
    "insuffisance cardi",
    "aque droite",
    "L’arrêt du tabac permet de diminuer le risque de maladie cardiovasculaire.",
    "Monsieur ne présente aujourd'hui aucune démence",
    "« Je n'ai pas de sida » dit-il",
    "Dr. Martin, cardiologue",
    "Leucémie | 12 | LAM",
    "Poids 72 kg, TA 12/8. 3 comprimés par jour",
    "Motif (1) E112 diabète",
    "œdème aigu du poumon, OAP",
)
SEPARATORS = (
    *(" ", ". ", "\n", "\n\n", "", "  ", "\r\n", "\t", ".\n", ",", " ! ", "\n     ", "-\n", "\u202f", "\xa0"),
    *("------", " www.site.fr ", " a@b.org\n", "\n1/2 ", " ? ", "…", "\nDr. X", "\u0301", "ﬁ", " شكرا "),
)


@cache
def _engine() -> Engine:
    return Engine()


@cache
def _documented() -> Any:
    return build()


def _row(start: int, stop: int, span: Any) -> tuple[Any, ...]:
    noted = {name: str(value) for name, value in (span._.assigned or {}).items()}
    graded = (span._.status, span._.detailed_status, json.dumps(noted, sort_keys=True))
    return (start, stop, span.label_, *(bool(span._.get(name)) for name in QUALIFIERS), *graded)


def _documented_rows(text: str) -> list[tuple[Any, ...]]:
    return [_row(span.start_char, span.end_char, span) for span in _documented()(text).ents]


texts = st.lists(st.tuples(st.sampled_from(SENTENCES), st.sampled_from(SEPARATORS)), max_size=14).map(
    lambda pairs: "".join(sentence + separator for sentence, separator in pairs)
)


@settings(max_examples=120, deadline=None)
@given(texts)
def test_the_engine_finds_what_the_whole_pipeline_finds(text: str) -> None:
    assert [_row(*entity) for entity in _engine().entities(text)] == _documented_rows(text)


@settings(max_examples=80, deadline=None)
@given(texts, st.data())
def test_qualifiers_around_words_are_those_of_the_whole_text(text: str, data: st.DataObject) -> None:
    reader = _qualifiers()
    place = st.integers(0, len(text))
    spans = [tuple(sorted(pair)) for pair in data.draw(st.lists(st.tuples(place, place), max_size=4))]
    spans = [(start, min(stop, start + 30)) for start, stop in spans]
    assert reader.qualify(text, spans) == reader.qualify_whole(text, spans)


@cache
def _qualifiers() -> QualifierReader:
    return QualifierReader()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        " ",
        "1,25 3,50 12/8\n" * 500 + "Diabète.",
        "x" * 5000 + " diabète",
        "=" * 3000,
        "diabète " * 300,
        "DİABETE et \u212aaposi, sida",
        "\ue000\ue000 diabète de type 2",
        "a" * 50 + "@" * 500 + " sida",
    ],
)
def test_odd_texts(text: str) -> None:
    assert [_row(*entity) for entity in _engine().entities(text)] == _documented_rows(text)


def test_most_texts_are_not_read_whole() -> None:
    engine = Engine()
    for sentence in SENTENCES[:12]:
        engine.entities(sentence)
    assert engine.whole == 0


def test_every_expression_of_every_condition_has_its_literals() -> None:
    assert _engine()._triggers.always == []
