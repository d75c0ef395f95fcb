"""Words and the plain data of charts: what is read adds up, in both languages."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognoscope.core.case import Case, Column, Table
from cognoscope.core.evidence import RowsPointer
from cognoscope.core.interval import Interval
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Headline, Proposal
from cognoscope.core.values import Driver, SeriesPoint, SeriesValue
from cognoscope.web import words
from cognoscope.web.charts import deviation_bars, history_of, series_chart, shares, zero_of
from cognoscope.web.render import certainty

SAID = Sentence(fr="x", en="x")
AT = datetime(2026, 11, 21, 7, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("value", "digits", "french", "english"),
    [
        (1234.56, 1, "1\u202f234,6", "1,234.6"),
        (-3.0, 0, "−3", "−3"),
        (-0.2, 0, "0", "0"),
        (198.4, 0, "198", "198"),
    ],
)
def test_numbers(value: float, digits: int, french: str, english: str) -> None:
    assert words.number(value, "fr", digits) == french
    assert words.number(value, "en", digits) == english


def test_dates_and_ages() -> None:
    assert words.element_label("2026-11-26", "fr") == "jeudi 26 novembre"
    assert words.element_label("2026-11-26T09", "fr") == "jeudi 26 novembre, 9\u202fh"
    assert words.element_label("2026-11-26T09", "en") == "Thursday 26 November, 09:00"
    assert words.element_label("lit-12", "fr") == "lit-12"
    assert words.age(AT - timedelta(hours=3), AT, "fr") == "il y a 3 heures"
    assert words.moment(AT, PARIS, "fr") == "21/11/2026 08:00"
    assert words.day(date(2026, 11, 26), "en", short=True) == "Thu 26 Nov"


def test_cells() -> None:
    assert [words.cell(value, "fr") for value in (None, True, False, 3, 2.5, "a")] == [
        "–",
        "oui",
        "non",
        "3",
        "2,50",
        "a",
    ]
    assert words.cell("2026-11-26", "fr", "date") == "26/11/2026"
    assert words.cell("2026-11-26T14:00:00", "en", "datetime") == "26/11/2026 14:00"
    assert words.percent(0.8, "fr") == "80\u202f%"
    assert [words.signed(value, "fr") for value in (2.0, -2.0, 0.1)] == ["+2", "−2", "0"]


def point(amounts: list[float], key: str = "2026-11-26") -> SeriesPoint:
    drivers = tuple(Driver(name=f"d{rank}", label=SAID, amount=amount) for rank, amount in enumerate(amounts))
    return SeriesPoint(key=key, expected=float(sum(amounts)), drivers=drivers)


@given(st.lists(st.floats(-500, 500), min_size=1, max_size=8), st.integers(0, 1))
def test_rounded_shares_add_up_and_stay_close(amounts: list[float], digits: int) -> None:
    one = point(amounts)
    rounded = shares(one, digits)
    assert round(sum(rounded), 6) == round(round(one.expected / 10**-digits) * 10**-digits, 6)
    assert all(abs(a - b) <= 1.0001 * 10**-digits for a, b in zip(rounded, amounts, strict=True))


@given(st.lists(st.lists(st.floats(-50, 50), min_size=3, max_size=3), min_size=1, max_size=7))
def test_bars_stay_within_their_width_and_touch_zero(days: list[list[float]]) -> None:
    points = [point([190.0, *others], f"2026-11-{20 + rank}") for rank, others in enumerate(days)]
    bars, zero = deviation_bars(points, "d0"), zero_of(points, "d0")
    for segments in bars.values():
        for segment in segments:
            assert segment.left >= -0.02
            assert segment.left + segment.width <= 100.02
            near, far = (segment.left + segment.width, zero) if segment.negative else (zero, segment.left)
            assert near <= far + 0.02


def case(*tables: Table) -> Case:
    return Case(kind="k", subject="unit:a", as_of=AT, tables=tables)


DAILY = Table(
    name="daily",
    columns=(
        Column(name="date", type="date", values=("2026-11-19", "2026-11-18", "2026-11-20")),
        Column(name="arrivals", type="integer", values=(190, 180, None)),
    ),
)
HOURLY = Table(
    name="hourly",
    columns=(
        Column(name="date", type="date", values=("2026-11-20", "2026-11-20")),
        Column(name="hour", type="integer", values=(9, 10)),
        Column(name="arrivals", type="integer", values=(7, 8)),
    ),
)


def proposal(step: str) -> Proposal:
    key = "2026-11-21" if step == "day" else "2026-11-21T09"
    bands = tuple(Interval(level=level, low=1.0, high=9.0) for level in (0.5, 0.95))
    points = (SeriesPoint(key=key, expected=5.0, intervals=bands),)
    evidence = (
        RowsPointer(table="missing", start=0, stop=1, column="arrivals"),
        RowsPointer(table="daily", start=0, stop=3, column="arrivals"),
        RowsPointer(table="hourly", start=0, stop=2, column="arrivals"),
    )
    return Proposal(
        application="a",
        version="1",
        model_digest="0" * 64,
        case_digest="0" * 64,
        subject="unit:a",
        as_of=AT,
        useful_until=AT + timedelta(days=1),
        question="q",
        title=SAID,
        headline=Headline(text=SAID),
        value=SeriesValue(measure="arrivals", unit=SAID, step=step, points=points),  # type: ignore[arg-type]
        evidence=evidence,
    )


def test_history_is_of_the_forecasts_own_step_in_order_and_without_gaps() -> None:
    days, hours = history_of(proposal("day"), case(DAILY, HOURLY)), history_of(proposal("hour"), case(DAILY, HOURLY))
    assert days is not None
    assert days.latest(9) == [("2026-11-18", 180.0, 1), ("2026-11-19", 190.0, 0)]
    assert hours is not None
    assert hours.latest(1) == [("2026-11-20T10", 8.0, 1)]
    assert history_of(proposal("hour"), case(DAILY)) is None


def test_a_chart_places_now_in_the_hospitals_own_hour() -> None:
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    labels = {"2026-11-21": "samedi"}
    chart = series_chart(proposal("day"), None, PARIS, late, labels, {"2026-11-21": 4.0}, {})
    assert chart["now"] == "2026-11-22"
    assert chart["history"] == []
    assert chart["known"] == [["2026-11-21", 4.0]]
    assert [band[0] for band in chart["points"][0]["bands"]] == [0.95, 0.5]


def test_certainty_in_words() -> None:
    bar = certainty(198.4, Interval(level=0.8, low=176.2, high=221.0), "fr")
    assert bar is not None
    assert bar.spoken == "entre 176 et 221, 8 fois sur 10"
    assert 0 < bar.left < bar.mark < bar.left + bar.width < 100
    odd = certainty(3.2, Interval(level=0.9, low=1.0, high=6.0), "en")
    assert odd is not None
    assert (odd.text, odd.spoken) == ("1 – 6", "between 1 and 6, 90%")
    assert certainty(None, None, "fr") is None
