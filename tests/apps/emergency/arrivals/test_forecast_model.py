import math
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from tests.apps.emergency.arrivals.made_counts import made_counts, made_incidence, made_weather

from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.apps.emergency.arrivals.components import DRIVERS
from cognoscope.apps.emergency.arrivals.fitting import LONGEST_HISTORY
from cognoscope.apps.emergency.arrivals.model import forecast_daily
from cognoscope.core.errors import InvalidInput

ALSACE = Calendar("FR", None, "B", alsace_moselle=True)
ORIGIN = date(2022, 11, 15)


def test_contributions_add_up_and_intervals_are_nested() -> None:
    forecast = forecast_daily(made_counts(), ALSACE, made_incidence(), made_weather(), ORIGIN)
    assert [day.day for day in forecast.days] == [ORIGIN + timedelta(days=ahead) for ahead in range(1, 8)]
    for day in forecast.days:
        assert set(day.contributions) == set(DRIVERS)
        assert math.fsum(day.contributions.values()) == pytest.approx(day.expected, rel=1e-9)
        for inner, outer in pairwise(sorted(day.intervals)):
            assert (
                day.intervals[outer][0] <= day.intervals[inner][0] < day.intervals[inner][1] <= day.intervals[outer][1]
            )


def test_monday_is_seen_and_the_expected_value_is_near_the_truth() -> None:
    forecast = forecast_daily(made_counts(mean=200), ALSACE, None, None, ORIGIN)
    monday = next(day for day in forecast.days if day.day.weekday() == 0)
    assert monday.contributions["weekday"] > 15
    truth = 200 * 1.15 * (1 + 0.05 * math.cos(2 * math.pi * monday.day.timetuple().tm_yday / 365.25))
    assert monday.expected == pytest.approx(truth, rel=0.05)


def test_same_input_same_bits() -> None:
    given = (made_counts(), ALSACE, made_incidence(), made_weather(), ORIGIN)
    assert forecast_daily(*given) == forecast_daily(*given)


def poisoned(origin: date) -> tuple[pd.Series, pd.DataFrame, pd.DataFrame]:
    """Everything that became known after the origin, made absurd."""
    counts, incidence, weather = made_counts(), made_incidence(), made_weather()
    counts[counts.index > pd.Timestamp(origin)] = 9999.0
    incidence.loc[incidence["published_on"] > pd.Timestamp(origin), "per_100000"] = 1e6
    late = weather["date"] > pd.Timestamp(origin)
    weather.loc[late, ["temperature_min", "temperature_max"]] = 60.0
    return counts, incidence, weather


def test_nothing_known_after_the_origin_is_used() -> None:
    clean = forecast_daily(made_counts(), ALSACE, made_incidence(), made_weather(), ORIGIN)
    assert forecast_daily(poisoned(ORIGIN)[0], ALSACE, *poisoned(ORIGIN)[1:], ORIGIN) == clean


def test_the_poison_would_have_been_noticed_a_week_later() -> None:
    later = ORIGIN + timedelta(days=7)
    clean = forecast_daily(made_counts(), ALSACE, made_incidence(), made_weather(), later)
    assert forecast_daily(poisoned(ORIGIN)[0], ALSACE, *poisoned(ORIGIN)[1:], later) != clean


def test_missing_days_and_untransmitted_zeros_do_not_lower_the_forecast() -> None:
    whole = made_counts()
    holed, zeroed = whole.copy(), whole.copy()
    holed.iloc[-40:-20] = np.nan
    zeroed.iloc[-40:-20] = 0.0
    origin = whole.index[-1].date()
    forecasts = [forecast_daily(counts, ALSACE, None, None, origin) for counts in (whole, holed, zeroed)]
    assert forecasts[1] == forecasts[2]
    for one, other in zip(forecasts[0].days, forecasts[1].days, strict=True):
        assert other.expected == pytest.approx(one.expected, rel=0.05)


@pytest.mark.parametrize("mean", [0.4, 3.0, 12.0, 600.0])
def test_sites_of_every_size_have_a_finite_forecast(mean: float) -> None:
    forecast = forecast_daily(made_counts(mean=mean), ALSACE, None, None, ORIGIN)
    for day in forecast.days:
        low, high = day.intervals[0.8]
        assert 0 < low < high < 10 * mean + 10
        assert day.expected == pytest.approx(mean, rel=0.4, abs=1.0)


def test_a_constant_series_is_forecast_as_such() -> None:
    counts = pd.Series(50.0, index=pd.date_range("2022-01-01", periods=300))
    forecast = forecast_daily(counts, Calendar(None), None, None, counts.index[-1].date())
    assert [day.expected for day in forecast.days] == pytest.approx([50.0] * 7, rel=0.03)


def test_only_the_latest_history_counts() -> None:
    long = made_counts(LONGEST_HISTORY + 300)
    origin = long.index[-1].date()
    changed = long.copy()
    changed.iloc[:250] = 7.0
    assert forecast_daily(long, ALSACE, None, None, origin) == forecast_daily(changed, ALSACE, None, None, origin)


@pytest.mark.parametrize("counts", [made_counts(40), made_counts(200) * np.nan, made_counts(0)])
def test_too_little_history_is_said(counts: pd.Series) -> None:
    with pytest.raises(InvalidInput, match="Fewer than 60 days"):
        forecast_daily(counts, ALSACE, None, None, date(2021, 7, 1))


@pytest.mark.parametrize("horizons", [0, 8])
def test_horizons_out_of_range_are_said(horizons: int) -> None:
    with pytest.raises(InvalidInput, match="1 to 7 days"):
        forecast_daily(made_counts(), ALSACE, None, None, ORIGIN, horizons)
