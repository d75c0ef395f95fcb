"""The invented counts: the same for a seed, unchanged when the series grows, and shaped as described."""

from datetime import date, timedelta

import pandas as pd
import pytest

from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.demo.counts import first_day, hourly_counts
from cognoscope.demo.epidemics import daily_incidence, published
from cognoscope.demo.hospital import hospital
from cognoscope.demo.sending import history, morning, records

TODAY = date(2026, 11, 21)
CALENDAR = Calendar(school_zone="B")


def days(until: date = TODAY) -> pd.DatetimeIndex:
    return pd.date_range(first_day(until, 4), until - timedelta(days=1))


def counts(site: int = 0, seed: int = 1, until: date = TODAY) -> pd.DataFrame:
    return hourly_counts(hospital().sites[site], hospital().hours, CALENDAR, days(until), seed)


def test_the_same_seed_gives_the_same_counts_and_another_others():
    pd.testing.assert_frame_equal(counts(), counts())
    assert not counts().equals(counts(seed=2))


def test_tomorrow_the_history_is_the_same():
    today, later = counts(2 - 1), counts(2 - 1, until=TODAY + timedelta(days=20))
    both = today.merge(later, on="timestamp", suffixes=("", "_later"))
    assert len(both) >= len(today) - 48  # the day that was not transmitted moves with today
    assert (both["arrivals"] == both["arrivals_later"]).all()
    assert (both["admissions"] == both["admissions_later"]).all()


def test_admissions_are_among_arrivals_and_nothing_is_negative():
    frame = counts()
    assert (frame["admissions"] <= frame["arrivals"]).all()
    assert (frame["admissions"] >= 0).all()


def test_mondays_are_busier_and_nights_are_calmer():
    frame = counts()
    by_weekday = frame.groupby(frame["timestamp"].dt.dayofweek)["arrivals"].sum()
    assert by_weekday.idxmax() == 0
    by_hour = frame.groupby(frame["timestamp"].dt.hour)["arrivals"].mean()
    assert by_hour.idxmin() in (3, 4, 5) and by_hour.idxmax() in (10, 11)


def test_an_epidemic_brings_more_people():
    site = hospital().sites[1]
    daily = counts(1).set_index("timestamp")["arrivals"].resample("D").sum()
    flu = pd.Series(daily_incidence(days(), 1)["influenza"], index=days())
    high, low = daily[flu[daily.index] > 200], daily[flu[daily.index] < 20]
    assert high.mean() > low.mean() * (1 + site.influenza / 2)


def test_days_not_transmitted_are_absent_not_zero():
    site = hospital().sites[1]
    silent = TODAY - timedelta(days=site.not_transmitted_days_ago[0])
    assert silent not in set(counts(1)["timestamp"].dt.date)


def test_a_site_that_opened_lately_has_only_those_days():
    assert counts(2)["timestamp"].dt.date.nunique() == hospital().sites[2].opened_days_ago


def test_incidence_is_published_after_its_week():
    frame = published(daily_incidence(days(), 1), days(), 1)
    assert set(frame["indicator"]) == {"influenza", "gastroenteritis"}
    assert (frame["published_on"] > frame["week_start"] + timedelta(days=6)).all()
    assert (frame["published_on"] < TODAY).all()


def test_each_morning_brings_the_day_before_and_nothing_later(tmp_path):
    known = records(hospital(), TODAY, 1)
    for day in (TODAY - timedelta(days=2), TODAY):
        sent = [pd.read_csv(sending.path) for sending in morning(tmp_path, known, day) if sending.mapping is None]
        (frame,) = sent
        assert set(frame["timestamp"].str[:10]) == {str(day - timedelta(days=1))}
    (first, *_rest) = history(tmp_path, known, TODAY - timedelta(days=5))
    assert pd.read_csv(first.path)["timestamp"].max() < str(TODAY - timedelta(days=5))


@pytest.mark.parametrize("measure", ["arrivals", "admissions"])
def test_the_truth_is_the_sum_of_the_hours(measure):
    known = records(hospital(), TODAY, 1)
    key = ("urgences-nord", measure, "2026-11-20")
    rows = known.counts[(known.counts["site"] == key[0]) & (known.counts["timestamp"].dt.date == date(2026, 11, 20))]
    assert known.daily()[key] == rows[measure].sum()
