"""The tables of knowledge: whole rows with a source, names that exist."""

import csv
from importlib.resources import files

import pytest

from cognoscope.apps.records.comorbidities.knowledge import (
    cim10,
    condition,
    conditions,
    exclusions,
    folded,
    frequent_words,
    grades,
    measures,
)
from cognoscope.apps.records.comorbidities.outcomes import condition_of

OURS = files("cognoscope.apps.records.comorbidities")
READERS = files("cognoscope.intake.reading")
TABLES = [
    *(
        OURS / f"{name}.csv"
        for name in ("age_points", "cim10", "conditions", "exclusions", "grades", "languages", "measures")
    ),
    *(READERS / f"{name}.csv" for name in ("drugs_rules", "measurements_analytes", "measurements_units")),
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_rows_are_whole_and_name_their_source(table):
    rows = list(csv.DictReader(table.read_text("utf-8").splitlines()))
    assert rows and all(None not in row and None not in row.values() and row["source"] for row in rows)


def test_names_are_those_of_known_conditions():
    known = {name for name, _ in conditions()}
    assert len(known) == 18
    assert {name for name, _, _ in cim10()} == known
    assert {name for name, _ in grades()} <= known and {rule.condition for rule in exclusions()} <= known


def test_values_of_grades_are_folded():
    assert all(folded(value) == value for _, value in grades())
    assert folded("Sévère\n  terminale") == "severe terminale"


def test_every_measurement_has_a_name():
    rows = csv.DictReader((READERS / "measurements_analytes.csv").read_text("utf-8").splitlines())
    assert {row["label"] for row in rows} | {"systolic-pressure", "diastolic-pressure"} == set(measures())


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("E11.3", "diabetes"),
        ("E119", "diabetes"),
        ("C78.7", "solid_tumor"),
        ("C50.9", "solid_tumor"),
        ("C91.0", "leukemia"),
        ("C82", "lymphoma"),
        ("N18.5", "ckd"),
        ("I10", None),
        ("K70.4", "liver_disease"),
        ("f17.2", "tobacco"),
        ("", None),
    ],
)
def test_condition_of_a_code(code: str, name: str | None):
    assert condition_of(code) == name


def test_one_prefix_stands_for_one_condition():
    prefixes = [prefix for _, _, prefix in cim10()]
    assert len(set(prefixes)) == len(prefixes)


def test_a_condition_without_a_severe_form_keeps_its_own():
    assert condition("copd", True) == condition("copd", False)
    assert condition("diabetes", True).words.fr == "diabète compliqué"


def test_languages_do_not_share_their_words():
    assert len(frequent_words("fr") & frequent_words("en")) <= 2
