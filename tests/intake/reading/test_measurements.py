"""Measurements: number, unit and what was measured; conversions; what is not a value."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("ahocorasick", reason="needs the extra `text`")

from cognoscope.intake.reading.measurements import COMPONENT, number
from cognoscope.intake.reading.measurements_known import flattened, known


def read(text: str) -> list[tuple[str, float | None, str]]:
    (found,) = COMPONENT.read([text])
    return [(one.label, one.value, one.unit) for one in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Créatinine à 120 µmol/L", ("creatinine", 120, "µmol/L")),
        ("créatininémie : 13,5 mg / l", ("creatinine", 119.34, "µmol/L")),
        ("glycémie 1,2 g/L", ("glucose", 6.6612, "mmol/L")),
        ("HbA1c 7,2 %", ("hba1c", 7.2, "%")),
        ("Hb: 8.5 g/dl", ("haemoglobin", 8.5, "g/dL")),
        ("plaquettes : 150 000/mm3", ("platelets", 150, "G/L")),
        ("plaquettes 150 G/L", ("platelets", 150, "G/L")),
        ("GB à 12.500 /mm3", ("leucocytes", 12.5, "G/L")),
        ("kaliémie à 4,5", ("potassium", 4.5, "mmol/L")),
        ("CRP : 150", ("crp", 150, "mg/L")),
        ("un poids de 80 kg", ("weight", 80, "kg")),
        ("taille : 1,75 m", ("height", 175, "cm")),
        ("FEVG estimée à 35 %", ("lvef", 35, "%")),
        ("SpO2 à 92 % en air ambiant", ("spo2", 92, "%")),
        ("température à 38,5°C", ("temperature", 38.5, "°C")),
        ("Glasgow 15", ("gcs", 15, "")),
        ("tabagisme à 30 paquets-années", ("pack-years", 30, "PA")),
        ("lésion de 12 mm", ("quantity", 12, "mm")),
        ("créatinine à 99999 µmol/L", ("quantity", 99999, "µmol/L")),
    ],
)
def test_value_and_unit_under_the_name_of_what_was_measured(text: str, found: tuple[str, float, str]):
    assert read(text) == [found]


@pytest.mark.parametrize("text", ["TA 140/80 mmHg", "PA à 14/8", "Tension artérielle : 140 / 80"])
def test_blood_pressure_gives_two_values_in_one_unit(text: str):
    assert read(text) == [("systolic-pressure", 140, "mmHg"), ("diastolic-pressure", 80, "mmHg")]


@pytest.mark.parametrize(
    "text",
    [
        "le 12/03/2019",
        "50 % des cas",
        "chambre 12",
        "CRP normale",
        "kaliémie (entre 3,5 et 5)",
        "à 15 ans",
        "TA 80/140",
        "",
    ],
)
def test_other_numbers_are_not_measurements(text: str):
    assert read(text) == []


def test_bounds_of_the_normal_range_are_not_the_value():
    assert read("triglycérides 4,2 mmol/L (normale entre 0,40 et 1,82 mmol/L)")[0] == ("triglycerides", 4.2, "mmol/L")
    assert [label for label, *_ in read("triglycérides 4,2 mmol/L (normale entre 0,40 et 1,82 mmol/L)")] == [
        "triglycerides",
        "quantity",
    ]


def test_a_name_serves_again_for_a_series_only():
    assert [value for label, value, _ in read("kaliémie 5,2 puis 4,1 mmol/L") if label == "potassium"] == [5.2, 4.1]
    assert [label for label, *_ in read("kaliémie 5,2 mmol/L sous perfusion de 10 mmol/L")] == ["potassium", "quantity"]


def test_places_and_date():
    text = "Le 12/03/2019, créatinine à 90 µmol/L."
    (found,) = COMPONENT.read([text])
    assert [(text[one.start : one.stop], one.date) for one in found] == [("90 µmol/L", "2019-03-12")]


@pytest.mark.parametrize(
    ("digits", "thousands", "value"),
    [("3,5", False, 3.5), ("10 000", False, 10000), ("10.000", True, 10000), ("10.000", False, 10)],
)
def test_numbers_as_they_are_written(digits: str, thousands: bool, value: float):
    assert number(digits, thousands) == value


@given(st.text())
def test_flattening_keeps_places(text: str):
    assert len(flattened(text)) == len(text)


@given(st.text("0123456789,./ %mglkµcréatinineTAHb\n()", max_size=80))
def test_any_text_gives_ordered_finite_values_within_it(text: str):
    (found,) = COMPONENT.read([text])
    assert [one.start for one in found] == sorted(one.start for one in found)
    for one in found:
        assert 0 <= one.start < one.stop <= len(text) and one.value is not None and math.isfinite(one.value)


def test_every_conversion_ends_in_the_unit_of_its_analyte():
    tables = known()
    units = {analyte.label: analyte.unit for _, (_, analyte) in tables.automaton.items()}
    for (label, _), (unit, factor) in tables.units.items():
        assert factor > 0 and (label == "*" or unit == units[label])


def test_thousands_of_lines_of_numbers_are_read():
    lines = "\n".join(f"{line} {line * 7} {line % 97},{line % 10}" for line in range(10_000))
    assert read(lines) == []
