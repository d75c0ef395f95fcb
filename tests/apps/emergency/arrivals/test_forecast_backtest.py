from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from tests.apps.emergency.arrivals.made_counts import made_counts, made_incidence, made_weather

from cognoscope.apps.emergency.arrivals.backtest import REFIT_DAYS, backtest
from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.apps.emergency.arrivals.model import forecast_daily

ALSACE = Calendar("FR", None, "B", alsace_moselle=True)
FIRST, LAST = date(2022, 9, 1), date(2022, 10, 20)
HORIZONS = (1, 3, 5, 7)
LEVELS = (0.5, 0.8)


def read(counts: pd.Series, incidence: pd.DataFrame, weather: pd.DataFrame) -> pd.DataFrame:
    return backtest(counts, ALSACE, incidence, weather, FIRST, LAST, HORIZONS, LEVELS)


@pytest.fixture(scope="module")
def clean() -> pd.DataFrame:
    return read(made_counts(), made_incidence(), made_weather())


def test_every_day_is_forecast_once_at_every_horizon(clean: pd.DataFrame) -> None:
    assert (LAST - FIRST).days + 1 > REFIT_DAYS
    for horizon in HORIZONS:
        days = clean.loc[clean["horizon"] == horizon, "day"]
        assert list(days) == list(pd.date_range(FIRST, LAST))
    assert np.isfinite(clean.drop(columns="day").to_numpy(dtype=float)).all()


@pytest.mark.parametrize("origin", [date(2022, 9, 4), date(2022, 9, 22), date(2022, 10, 13)])
def test_the_backtest_shows_what_the_application_would_have_said(clean: pd.DataFrame, origin: date) -> None:
    forecast = forecast_daily(made_counts(), ALSACE, made_incidence(), made_weather(), origin, 7, LEVELS)
    for horizon in HORIZONS:
        said = forecast.days[horizon - 1]
        then = clean[(clean["horizon"] == horizon) & (clean["day"] == pd.Timestamp(said.day))].iloc[0]
        # The weather's season and persistence are learned once a fit, up to four weeks before the application would.
        assert then["expected"] == pytest.approx(said.expected, rel=2e-3)
        assert (then["low_80"], then["high_80"]) == pytest.approx(said.intervals[0.8], rel=5e-3)


def test_without_weather_both_say_exactly_the_same() -> None:
    found = backtest(made_counts(), ALSACE, made_incidence(), None, FIRST, LAST, (4,), LEVELS)
    for ahead in (0, 20, 49):
        day = FIRST + timedelta(days=ahead)
        said = forecast_daily(made_counts(), ALSACE, made_incidence(), None, day - timedelta(days=4), 4, LEVELS).days[3]
        assert found["expected"].iloc[ahead] == pytest.approx(said.expected, rel=1e-8)
        assert (found["low_50"].iloc[ahead], found["high_50"].iloc[ahead]) == pytest.approx(
            said.intervals[0.5], rel=1e-8
        )


@pytest.mark.parametrize("origin", [date(2022, 9, 10), date(2022, 10, 1)])
def test_a_poisoned_future_changes_nothing_before_it(clean: pd.DataFrame, origin: date) -> None:
    counts, incidence, weather = made_counts(), made_incidence(), made_weather()
    counts[counts.index > pd.Timestamp(origin)] = 2000.0
    incidence.loc[incidence["published_on"] > pd.Timestamp(origin), "per_100000"] = 1e6
    weather.loc[weather["date"] > pd.Timestamp(origin), ["temperature_min", "temperature_max"]] = 60.0
    found = read(counts, incidence, weather)
    made_by_then = found["day"] - pd.to_timedelta(found["horizon"], unit="D") <= pd.Timestamp(origin)
    assert made_by_then.sum() > 20
    pd.testing.assert_frame_equal(found[made_by_then], clean[made_by_then], rtol=1e-9)
    assert not np.allclose(found["expected"][~made_by_then], clean["expected"][~made_by_then], rtol=1e-3)
