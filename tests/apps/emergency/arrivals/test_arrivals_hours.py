"""Hours that add up to their day, whatever the clock does, with intervals that cover; and the words for visitors."""

from datetime import UTC, date, datetime
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognoscope.apps.emergency.arrivals.app_hourly import hourly_headline, hourly_series, profile_of
from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.apps.emergency.arrivals.crowding import PARTS, PERCENTILES, crowding, marks
from cognoscope.apps.emergency.arrivals.hourly import (
    HourProfile,
    day_kind,
    hour_intervals,
    hour_means,
    learn_profile,
    spread,
)
from cognoscope.apps.emergency.arrivals.sentences import NOUNS
from cognoscope.core.evidence import FactPointer
from cognoscope.core.interval import Interval
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Abstention, Headline, Proposal
from cognoscope.core.values import Mark, SeriesPoint, SeriesValue

SHAPE = np.array(
    [2, 1.6, 1.3, 1.1, 1, 1.2, 1.8, 3, 4.6, 6, 6.6, 6.4, 6, 6.1, 6, 5.8, 5.7, 5.8, 6, 6, 5.4, 4.6, 3.6, 2.8]
)
FRANCE = Calendar(country="FR", school_zone="B")
LEVELS = (0.5, 0.8, 0.95)


def hours(days: int = 300, mean: float = 130.0, seed: int = 3, last: str = "2026-11-20") -> pd.DataFrame:
    random = np.random.default_rng(seed)
    stamps = pd.date_range(end=f"{last} 23:00", periods=24 * days, freq="h")
    night_owls = np.where((stamps.dayofweek == 5) & (stamps.hour < 6), 2.0, 1.0)
    rates = mean * SHAPE[stamps.hour] * night_owls / SHAPE.sum()
    return pd.DataFrame(
        {"date": stamps.normalize(), "hour": stamps.hour, "arrivals": random.poisson(rates).astype(float)}
    )


def daily_value(first: str, days: int = 7, expected: float = 130.0) -> SeriesValue:
    points = tuple(
        SeriesPoint(
            key=f"{day:%Y-%m-%d}",
            expected=expected,
            intervals=tuple(
                Interval(level=level, low=expected - width, high=expected + width)
                for level, width in zip(LEVELS, (9.0, 17.0, 26.0), strict=True)
            ),
        )
        for day in pd.date_range(first, periods=days)
    )
    return SeriesValue(measure="arrivals", unit=NOUNS["arrivals"], step="day", points=points)


def proposal(value: SeriesValue | None, question: str = "arrivals-hourly", subject: str = "unit:N") -> Proposal:
    common = {
        "application": "emergency.arrivals",
        "version": "1.0.0",
        "model_digest": "0" * 64,
        "case_digest": "1" * 64,
        "subject": subject,
        "as_of": datetime(2026, 11, 21, 7, tzinfo=UTC),
        "useful_until": datetime(2026, 11, 28, tzinfo=UTC),
        "question": question,
        "title": Sentence(fr="Heures", en="Hours"),
    }
    if value is None:
        return Proposal(
            **common, abstention=Abstention(code="too-short", sentence=Sentence(fr="Trop court.", en="Too short."))
        )
    return Proposal(
        **common,
        value=value,
        evidence=(FactPointer(fact="school_zone"),),
        headline=Headline(text=Sentence(fr="x", en="y")),
    )


def learned(**given: float) -> HourProfile:
    found = learn_profile(hours(**given), "arrivals", set())  # type: ignore[arg-type]
    assert found is not None
    return found


def test_learns_the_shape_of_each_weekday():
    profile = learned(days=380)
    assert profile.shares.sum(axis=1) == pytest.approx(np.ones(7))
    friday, saturday = profile.shares[4], profile.shares[5]
    assert friday == pytest.approx(SHAPE / SHAPE.sum(), abs=0.01)
    assert saturday[:6].sum() > 1.5 * friday[:6].sum()
    assert profile.dispersion == pytest.approx(1.0, abs=0.1)


def test_too_few_whole_days_give_no_profile():
    assert learn_profile(hours(days=55), "arrivals", set()) is None
    assert learn_profile(hours().assign(arrivals=0.0), "arrivals", set()) is None
    assert profile_of(hours(), "admissions", FRANCE) is None


def test_days_with_a_hole_teach_nothing():
    whole = hours(days=80)
    holed = whole.copy()
    holed.loc[holed["hour"] == 4, "arrivals"] = np.where(np.arange(80) < 30, np.nan, 5.0)
    found = learn_profile(holed, "arrivals", set())
    assert found is None, "50 whole days are too few"


def test_a_public_holiday_is_a_sunday():
    assert day_kind(date(2026, 12, 25), {date(2026, 12, 25)}) == 6
    assert day_kind(date(2026, 12, 25), set()) == 4


@given(total=st.floats(0.5, 1000), kind=st.integers(0, 6), skipped=st.integers(0, 23), twice=st.integers(0, 23))
def test_hours_add_up_whatever_the_clock_does(total: float, kind: int, skipped: int, twice: int):
    shares = np.tile(SHAPE / SHAPE.sum(), (7, 1))
    lengths = {hour: 0 if hour == skipped else 2 if hour == twice else 1 for hour in range(24)}
    means = hour_means(HourProfile(shares, 1.0, 100), kind, total, lengths)
    assert sum(means.values()) == pytest.approx(total)
    assert skipped not in means


@given(mean=st.floats(0, 60), share=st.floats(0.001, 0.9), sd=st.floats(0, 60), dispersion=st.floats(1, 3))
def test_intervals_are_whole_nested_and_hold_the_mean(mean: float, share: float, sd: float, dispersion: float):
    profile = HourProfile(np.full((7, 24), 1 / 24), dispersion, 100)
    found = hour_intervals(profile, mean, max(mean / share, 1e-6), sd, LEVELS)
    assert [level for level, _, _ in found] == list(LEVELS)
    for (_, low, high), (_, outer_low, outer_high) in pairwise(found):
        assert outer_low <= low <= high <= outer_high
        assert low == int(low) and high == int(high) and outer_low >= 0


def test_intervals_cover_counts_that_follow_the_profile():
    """Days drawn around the forecast: 80 % of the hours fall into the 80 % interval, within chance."""
    random = np.random.default_rng(11)
    profile, hit, asked = learned(), 0, 0
    total, sd = 130.0, 13.0
    means = hour_means(profile, 2, total, dict.fromkeys(range(24), 1))
    bounds = {hour: hour_intervals(profile, mean, total, sd, (0.8,))[0] for hour, mean in means.items()}
    for _ in range(400):
        day = max(random.normal(total, np.sqrt(sd**2 - total)), 1.0)
        for hour, mean in means.items():
            asked += 1
            hit += bounds[hour][1] <= random.poisson(mean * day / total) <= bounds[hour][2]
    assert hit / asked == pytest.approx(0.8, abs=0.03)


def test_spread_undoes_an_interval():
    assert spread(0.8, 100 - 1.2815515655 * 7, 100 + 1.2815515655 * 7) == pytest.approx(7.0)


@pytest.mark.parametrize(
    ("first", "points"),
    [("2026-11-21", 168), ("2026-10-23", 168), ("2027-03-26", 167)],
    ids=["plain", "autumn", "spring"],
)
def test_series_over_days_of_23_and_25_hours(first: str, points: int):
    history, daily = hours(), daily_value(first)
    profile = profile_of(history, "arrivals", FRANCE)
    assert profile is not None
    value = hourly_series(daily, profile, history, FRANCE, "Europe/Paris")
    assert len(value.points) == points and value.step == "hour"
    assert len({point.key for point in value.points}) == points
    for day in daily.points:
        inside = [point.expected for point in value.points if point.key.startswith(day.key)]
        assert sum(inside) == pytest.approx(day.expected, abs=1e-4)
    if points == 167:
        assert "2027-03-28T02" not in {point.key for point in value.points}
    if first == "2026-10-23":
        night = {point.key: point.expected for point in value.points if point.key.startswith("2026-10-25T0")}
        assert night["2026-10-25T02"] > 1.4 * night["2026-10-25T01"]


def test_headline_is_the_busiest_hour_of_the_first_day():
    history = hours()
    profile = profile_of(history, "arrivals", FRANCE)
    assert profile is not None
    value = hourly_series(daily_value("2026-11-21"), profile, history, FRANCE, "Europe/Paris")
    headline = hourly_headline(value, date(2026, 11, 21))
    assert headline.element is not None and headline.element.startswith("2026-11-21T")
    assert headline.expected == max(point.expected for point in value.points if point.key.startswith("2026-11-21"))
    assert headline.text.fr.startswith("Samedi 21/11 : l'heure la plus chargée")


def series_with(morning: float) -> SeriesValue:
    points = tuple(SeriesPoint(key=f"2026-11-22T{hour:02d}", expected=morning / 6) for hour in PARTS["morning"])
    limits = tuple(
        Mark(name=f"morning.{name}", amount=amount) for name, amount in zip(PERCENTILES, (30, 40, 50), strict=True)
    )
    return SeriesValue(measure="arrivals", unit=NOUNS["arrivals"], step="hour", points=points, marks=limits)


@pytest.mark.parametrize(
    ("expected", "word"),
    [(29.9, "calm"), (30.1, "usual"), (39.9, "usual"), (40.1, "busy"), (49.9, "busy"), (50.1, "very_busy")],
)
def test_words_by_the_sites_own_percentiles(expected: float, word: str):
    (part,) = crowding([proposal(series_with(expected))])
    assert (part.site, part.day, part.part, part.level) == ("N", date(2026, 11, 22), "morning", word)


def test_an_abstention_and_missing_marks_are_unknown():
    assert {part.level for part in crowding([proposal(None)])} == {"unknown"}
    without = series_with(35).model_copy(update={"marks": ()})
    assert [part.level for part in crowding([proposal(without)])] == ["unknown"]


def test_other_questions_are_ignored_and_sites_ordered():
    given = [
        proposal(series_with(35), subject="unit:Z"),
        proposal(None),
        proposal(daily_value("2026-11-21"), "arrivals-daily"),
    ]
    assert [part.site for part in crowding(given)] == ["N", "N", "N", "N", "Z"]


def test_marks_are_percentiles_of_whole_parts():
    history = hours(days=60)
    history.loc[0, "arrivals"] = np.nan
    found = {mark.name: mark.amount for mark in marks(history, "arrivals")}
    mornings = history[history["hour"].between(6, 11)].groupby("date")["arrivals"].sum()
    assert found["morning.usual"] == pytest.approx(float(np.quantile(mornings, 0.7)))
    nights = history[history["hour"] < 6].groupby("date")["arrivals"].sum().iloc[1:]
    assert found["night.calm"] == pytest.approx(float(np.quantile(nights, 0.3)))
    assert len(found) == 12
