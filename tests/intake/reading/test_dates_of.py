"""Dates of mentions: forms, precision, and to which mention a date belongs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognoscope.intake.reading.dates_of import dates_of


def dates(text: str, *words: str) -> list[str]:
    return dates_of(text, [(text.index(word), text.index(word) + len(word)) for word in words])


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Diabète depuis 2018.", "2018"),
        ("Diabète depuis mars 2018.", "2018-03"),
        ("Diabète découvert le 12/03/2019", "2019-03-12"),
        ("Diabète découvert le 12.03.19", "2019-03-12"),
        ("Diabète découvert le 1er août 2020", "2020-08-01"),
        ("Diabète découvert en 04/2011", "2011-04"),
        ("Diabète (2012)", "2012"),
        ("Diabète, 2019-03-12", "2019-03-12"),
        ("En 2015, Diabète", "2015"),
        ("Diabète le 31/02/2019", ""),
        ("Diabète. Opéré en 2015.", ""),
        ("Diabète\nen 2015", ""),
        ("Diabète, 2015 patients", ""),
        ("Diabète", ""),
    ],
)
def test_forms_of_dates(text: str, date: str):
    assert dates(text, "Diabète") == [date]


def test_a_date_belongs_to_the_last_mention_before_it():
    assert dates("Diabète depuis 2012, HTA, infarctus en 2015", "Diabète", "HTA", "infarctus") == ["2012", "", "2015"]


def test_a_date_before_all_mentions_belongs_to_them():
    assert dates("En 2015, infarctus et AVC.", "infarctus", "AVC") == ["2015", "2015"]


def test_no_mention_no_date():
    assert dates_of("en 2015", []) == []


@given(st.text("0123456789/.- janvier en (\n", max_size=60), st.data())
def test_any_text_gives_one_answer_a_span(text: str, data: st.DataObject):
    places = data.draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=8))
    spans = [(min(pair), max(pair)) for pair in zip(places[::2], places[1::2], strict=False)]
    assert len(dates_of(text, spans)) == len(spans)
