from datetime import date

import numpy as np
import pandas as pd
import pytest
from tests.apps.emergency.arrivals.made_counts import made_counts, made_incidence, made_weather

from cognoscope.apps.emergency.arrivals.calendar import Calendar, features, year_phase
from cognoscope.apps.emergency.arrivals.cleaning import believable
from cognoscope.apps.emergency.arrivals.incidence import known_incidence
from cognoscope.apps.emergency.arrivals.presumed_calendar import DEFAULT, presumed_calendar
from cognoscope.apps.emergency.arrivals.weather import warmth
from cognoscope.core.errors import InvalidInput

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def test_alsace_has_two_holidays_more() -> None:
    everywhere = Calendar("FR").public_holidays(*YEAR)
    here = Calendar("FR", alsace_moselle=True).public_holidays(*YEAR)
    assert {day: here[day] for day in here.keys() - everywhere.keys()} == {
        date(2026, 4, 3): "Good Friday",
        date(2026, 12, 26): "Saint Stephen's Day",
    }


def test_school_zones_differ_and_their_end_is_known() -> None:
    zones = {zone: Calendar("FR", None, zone).school_holidays(*YEAR) for zone in "ABC"}
    assert len({frozenset(days) for days in zones.values()}) == 3
    assert zones["B"][date(2026, 12, 25)] == "Vacances de Noël"
    until = Calendar("FR", None, "B").school_known_until()
    assert until is not None and until >= date(2027, 12, 31)
    assert Calendar("FR").school_known_until() is None


def test_no_country_has_no_holiday() -> None:
    assert Calendar(None).public_holidays(*YEAR) == {}
    assert set(features(pd.date_range("2026-01-01", periods=30), Calendar(None))) == {"holiday", "around", "turn"}


@pytest.mark.parametrize("wrong", [{"country": "XX"}, {"country": "US", "subdivision": "ZZ"}, {"school_zone": "D"}])
def test_an_unknown_place_is_said(wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match="known"):
        Calendar(**wrong)


def test_bridges_eves_and_morrows() -> None:
    days = pd.date_range("2026-05-11", "2026-05-17")  # Ascension on Thursday 14 May 2026
    around = pd.DataFrame(features(days, Calendar("FR"))["around"], index=days.strftime("%a"))
    eve, morrow, weekend, second, bridge = (around[column] for column in around)
    assert eve[eve > 0].index.tolist() == ["Wed"]
    assert morrow[morrow > 0].index.tolist() == ["Fri"] == bridge[bridge > 0].index.tolist()
    assert weekend.sum() == 0 == second.sum()


def test_the_same_date_has_the_same_place_in_every_year() -> None:
    phases = year_phase(pd.DatetimeIndex(["2024-03-01", "2025-03-01", "2024-12-31", "2025-12-31", "2025-01-01"]))
    assert phases[0] == phases[1] and phases[2] == phases[3] < 1 and phases[4] == 0


def test_zeros_and_partial_days_are_not_calm_days() -> None:
    counts = made_counts(100, mean=82)
    counts.iloc[[40, 41, 70]] = [0, 3, 1]
    assert believable(counts).isna().to_numpy().nonzero()[0].tolist() == [40, 41, 70]


def test_a_tiny_site_may_have_an_empty_day() -> None:
    counts = made_counts(200, mean=1.5)
    assert (counts == 0).sum() > 10
    assert (believable(counts)[10:] == counts[10:]).all()


def test_a_quiet_day_of_a_small_site_is_believed_and_a_part_of_a_large_one_is_not() -> None:
    small, large = made_counts(100, mean=12), made_counts(100, mean=150)
    small.iloc[60], large.iloc[60] = 3.0, 40.0
    assert believable(small).iloc[60] == 3.0
    assert np.isnan(believable(large).iloc[60])


def test_weeks_of_partial_days_never_become_the_usual_but_a_lasting_closure_does() -> None:
    partial, closed = made_counts(150, mean=70), made_counts(150, mean=70)
    partial.iloc[60:79] = [1, 3, 0, 5, 5, 0, 1, 1, 3, 0, 2, 2, 1, 3, 3, 15, 10, 2, 7]
    assert believable(partial).isna().to_numpy().nonzero()[0].tolist() == list(range(60, 79))
    closed.iloc[60:] = 9.0
    assert believable(closed).isna().to_numpy().nonzero()[0].tolist() == list(range(60, 88))


def test_a_later_day_does_not_change_what_is_believed_of_an_earlier_one() -> None:
    counts = made_counts(120)
    changed = counts.copy()
    changed.iloc[60:] = 5000.0
    pd.testing.assert_series_equal(believable(counts).iloc[:60], believable(changed).iloc[:60])


def test_incidence_is_read_a_week_after_its_publication() -> None:
    days = pd.date_range("2021-01-01", periods=60)
    incidence = made_incidence()
    (values,) = known_incidence(days, incidence, date(2021, 2, 20)).values()
    published = incidence.set_index("published_on")["per_100000"]
    day = pd.Timestamp("2021-02-10")
    known = published[published.index <= day - pd.Timedelta(days=7)].iloc[-1]
    assert values[days.get_loc(day)] == pytest.approx(np.log1p(known / 50))


def test_an_incidence_no_longer_published_is_left_out() -> None:
    days = pd.date_range("2021-01-01", periods=300)
    stopped = made_incidence()
    stopped = stopped[stopped["published_on"] < "2021-03-01"]
    assert known_incidence(days, stopped, date(2021, 3, 20)).keys() == {"influenza 42"}
    assert known_incidence(days, stopped, date(2021, 10, 20)) == {}
    assert (
        known_incidence(days, stopped.iloc[:0], date(2021, 3, 20))
        == {}
        == known_incidence(days, None, date(2021, 3, 20))
    )


def test_warmth_after_the_last_origin_is_what_persistence_leaves() -> None:
    days = pd.date_range("2021-01-01", periods=507)
    origin = days[-8].date()
    found = warmth(days, made_weather(), origin, origin)
    assert found is not None
    assert found.persistence[1] == pytest.approx(0.8, abs=0.08)
    assert (np.diff(found.persistence[:4]) < 0).all()
    np.testing.assert_allclose(found.anomaly[-7:], found.persistence[1:] * found.anomaly[-8])
    assert found.surprise(3)[-5] == pytest.approx(0.0)


def test_warmth_needs_most_of_a_year() -> None:
    days = pd.date_range("2021-01-01", periods=200)
    assert warmth(days, made_weather(), days[-8].date(), days[-8].date()) is None
    assert warmth(days, None, days[-8].date(), days[-8].date()) is None


def test_the_country_shows_in_the_counts() -> None:
    days = pd.date_range("2020-01-01", periods=900)
    counts = pd.Series(np.random.default_rng(5).poisson(150, 900).astype(float), index=days)
    american = Calendar("US").public_holidays(days[0].date(), days[-1].date())
    counts[[stamp for stamp in days if stamp.date() in american]] *= 0.7
    assert presumed_calendar(counts, days[-1].date()) == Calendar("US")
    assert presumed_calendar(made_counts(400, mean=20), date(2022, 2, 1)) == DEFAULT
