"""Drugs: the names of EDS-NLP's own pipe, found faster; which of them are drugs in a report, and under which code."""

import gzip
import json
import os
import string
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("edsnlp", reason="needs the extra `text`")

from cognoscope.intake.reading.drugs import COMPONENT, chosen_code
from cognoscope.intake.reading.drugs_names import find_drugs

NAMES = (
    "kardégic",
    "Paracétamol",
    "vitamine B 12",
    "VITAMINE B12",
    "amoxicilline acide clavulanique",
    "fer",
    "l'aspirine",
)
words = st.one_of(
    st.sampled_from(NAMES),
    st.text(string.ascii_letters + "éèœÉ'’-./, \n\t0159", max_size=12),
    st.sampled_from([" ", "  ", "\n"]),
)


@cache
def pipeline() -> Any:
    import edsnlp

    nlp = edsnlp.blank("eds")
    nlp.add_pipe("eds.normalizer", config={"pollution": False})
    nlp.add_pipe("eds.drugs")
    return nlp


def theirs(text: str) -> list[tuple[int, int]]:
    return [(span.start_char, span.end_char) for span in pipeline()(text).ents]


def ours(text: str) -> list[tuple[int, int]]:
    return [(name.start, name.stop) for name in find_drugs(text)]


def read(text: str) -> list[tuple[str, str, bool, str]]:
    (found,) = COMPONENT.read([text])
    return [(text[one.start : one.stop], one.code, one.negated, one.date) for one in found]


@settings(max_examples=60, deadline=None)
@given(st.lists(words, max_size=12).map("".join))
def test_names_are_those_of_eds_drugs(text: str):
    assert ours(text) == theirs(text)


def test_names_are_those_of_eds_drugs_on_real_cases():
    folder = os.environ.get("COGNOSCOPE_DATASETS")
    file = Path(folder or "") / "text" / "e3c-french" / "layer3_journal_cases_unannotated.jsonl.gz"
    if folder is None or not file.is_file():
        pytest.skip("COGNOSCOPE_DATASETS names no folder with text/e3c-french")
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines][::40]
    assert sum(map(len, map(ours, texts))) > 20
    assert list(map(ours, texts)) == list(map(theirs, texts))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Sous KARDEGIC 75 mg.", ["KARDEGIC"]),
        ("du paracétamol", ["paracétamol"]),
        ("paracetamolique", []),
        ("İ puis paracétamol", ["paracétamol"]),
        ("", []),
    ],
)
def test_names_whatever_case_and_accents(text: str, names: list[str]):
    assert [text[name.start : name.stop] for name in find_drugs(text)] == names


def test_code_qualifiers_and_date():
    assert read("Traitement : Kardégic 75 mg depuis 2015. Pas d'amoxicilline.") == [
        ("Kardégic", "B01AC06", False, "2015"),
        ("amoxicilline", "J01CA04", True, ""),
    ]


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        ("Image de solution de continuité.", []),
        ("Dosage du potassium à 3,1 mmol/L.", []),
        ("Supplémentation en potassium per os.", ["potassium"]),
        ("Fer sérique bas, ferritine à 8.", []),
        ("Mis sous fer 80 mg par jour.", ["fer"]),
        ("IDR à la tuberculine positive.", []),
    ],
)
def test_substances_that_biology_measures_are_drugs_only_when_given(text: str, drugs: list[str]):
    assert [words for words, *_ in read(text)] == drugs


def test_code_of_a_general_form_before_one_for_local_use():
    assert chosen_code(("S01BA01", "H02AB02")) == "H02AB02"
    assert chosen_code(("D07AC01",)) == "D07AC01"


def test_one_answer_a_text_in_their_order():
    assert [len(found) for found in COMPONENT.read(["rien", "paracétamol", ""])] == [0, 1, 0]
