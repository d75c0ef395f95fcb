import csv
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognoscope.intake.reading.component import component
from cognoscope.intake.reading.sections import COMPONENT, folded, read

REPORT = """CHU de Nulleville
Compte rendu d'hospitalisation

MOTIF D'HOSPITALISATION :
Douleur thoracique.

Antécédents : HTA, tabac
- appendicectomie
1) Traitement à l'entrée
Aspirine 75 mg

Histoire de la maladie
Le patient a mal depuis deux jours : douleur vive.
Examen clinique à l'entrée (le 12/03/2024) : TA 12/8
**Biologie**
CRP 12
Évolution dans le service : favorable.
Au total, angor stable.
Traitement de sortie :
Aspirine"""


def parts(text: str) -> list[tuple[str, str]]:
    (found,) = read([text])
    return [(mention.label, text[mention.start : mention.stop]) for mention in found]


def test_a_report_falls_into_its_parts() -> None:
    found = parts(REPORT)
    assert [label for label, _ in found] == [
        *("introduction", "motif", "antecedents", "traitement", "histoire", "examen", "biologie", "evolution"),
        *("conclusion", "traitement_sortie"),
    ]
    said = dict(found)
    assert said["motif"] == "MOTIF D'HOSPITALISATION :\nDouleur thoracique."
    assert said["antecedents"] == "Antécédents : HTA, tabac\n- appendicectomie"
    assert said["histoire"].endswith("douleur vive.")
    assert said["conclusion"] == "Au total, angor stable."


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("ATCD :", "antecedents"),
        ("II - EXAMENS COMPLEMENTAIRES", "examens_complementaires"),
        ("Motif d’hospitalisation", "motif"),
        ("# Conclusion", "conclusion"),
        ("Antécédents familiaux : père diabétique", "antecedents_familiaux"),
        ("  - Allergies : aucune", "allergies"),
        ("Scanner thoracique du 12/03/2024 : normal", "imagerie"),
    ],
)
def test_a_heading_however_it_is_written(line: str, label: str) -> None:
    ((found, _),) = parts(line)
    assert found == label


@pytest.mark.parametrize(
    "line",
    [
        "Le traitement est poursuivi.",
        "Antécédents de diabète traité par metformine depuis dix ans",
        "Il a eu un scanner : normal",
        "Le motif de sa venue est une douleur",
        "Traitement bien toléré : oui",
        "Examen de la peau du bras gauche et de la main droite : normal",
        "",
    ],
)
def test_a_sentence_is_no_heading(line: str) -> None:
    assert parts(line) == []


@given(
    st.lists(st.sampled_from(["Motif :", "Conclusion", "du texte", "", "Évolution : x", "\tAu total, y "]), max_size=9)
)
def test_parts_are_in_order_and_do_not_overlap(lines: list[str]) -> None:
    text = "\n".join(lines)
    (found,) = read([text])
    assert all(one.stop <= following.start for one, following in pairwise(found))
    assert all(0 <= one.start < one.stop <= len(text) and text[one.start : one.stop].strip() for one in found)


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    (found,) = read([text])
    assert all(text[one.start : one.stop] for one in found)


def test_it_is_a_component_and_its_headings_are_written_as_they_are_compared() -> None:
    assert component("sections") is COMPONENT
    with files("cognoscope.intake.reading").joinpath("sections.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert all(row["source"] and row["heading"] == folded(row["heading"]) for row in rows)
    assert len({row["heading"] for row in rows if row["label"]}) == len([row for row in rows if row["label"]])
