"""What is said of a day: words follow from its numbers and drivers."""

from datetime import date

import pytest

from cognoscope.apps.emergency.arrivals.app_daily import daily_series, usual_count
from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.apps.emergency.arrivals.components import DRIVERS as MODEL_DRIVERS
from cognoscope.apps.emergency.arrivals.model import DailyForecast, DayForecast
from cognoscope.apps.emergency.arrivals.sentences import (
    DRIVERS,
    Said,
    cause_phrase,
    counted,
    describe_day,
    would_change,
)

FRANCE = Calendar(country="FR", school_zone="B", alsace_moselle=True)
THURSDAY = date(2026, 11, 26)


def said(expected: float, usual: float | None, day: date = THURSDAY, **drivers: float) -> Said:
    return describe_day(day, "arrivals", expected, (expected - 22, expected + 23), drivers, usual, FRANCE)


def test_every_driver_of_the_model_has_words():
    assert set(MODEL_DRIVERS) <= set(DRIVERS)


def test_as_usual():
    day = said(198, 195, level=190, weekday=8)
    assert day.sentence.fr == "Jeudi 26/11 : 198 passages attendus, entre 176 et 221 ; comme d'habitude."
    assert day.sentence.en == "Thursday 26 November: 198 visits expected, between 176 and 221; as usual."
    assert day.cause is None


def test_more_because_of_an_epidemic():
    day = said(210, 190, level=180, weekday=10, epidemic=14, recent=6)
    assert day.sentence.fr.endswith(
        " ; plus que d'habitude, à cause des épidémies saisonnières (grippe, gastro-entérite)."
    )
    assert day.cause == "epidemic" and day.departure == pytest.approx(210 / 190 - 1)


def test_clearly_fewer_in_school_holidays():
    day = said(150, 190, day=date(2026, 12, 22), level=190, school=-36, season=-4)
    assert day.sentence.fr.endswith(" ; nettement moins que d'habitude, à cause des vacances de Noël.")
    assert day.sentence.en.endswith("; clearly fewer than usual, because of the Christmas school holidays.")


def test_no_cause_is_named_when_none_explains_it():
    assert said(210, 190, level=200, weekday=10).cause is None
    assert said(210, 190, level=200, epidemic=2, weekday=8).cause is None, "2 of 20 is no explanation"
    assert said(210, 190, level=200, epidemic=-9, weekday=19).cause is None, "it pushes the other way"


def test_without_a_usual_nothing_is_compared():
    assert said(198, None).sentence.fr == "Jeudi 26/11 : 198 passages attendus, entre 176 et 221."


@pytest.mark.parametrize(
    ("day", "phrase"),
    [
        (date(2026, 12, 25), "à cause du jour férié (Noël)"),
        (date(2026, 12, 24), "à cause de la veille de férié (Noël)"),
        (date(2026, 12, 27), "à cause du lendemain de férié (Saint-Étienne)"),
        (date(2026, 11, 26), "à cause de la place du jour dans le calendrier"),
    ],
)
def test_holidays_are_named(day: date, phrase: str):
    assert cause_phrase("holiday", day, FRANCE).fr == phrase


def test_what_would_change_is_computed():
    first, second, last = would_change(
        THURSDAY, "arrivals", 210.0, {"level": 190.0, "weekday": 4.0, "epidemic": 14.2, "school": -6.0, "recent": 0.3}
    )
    assert first.fr == "Sans l'effet « épidémies saisonnières » (+14), jeudi 26/11 serait à 196 passages."
    assert second.en == (
        "Without the effect of “school holidays” (\N{MINUS SIGN}6), Thursday 26 November would be at 216 visits."
    )
    assert "environ 19 passages" in last.fr


def forecast(*expected: float) -> DailyForecast:
    days = tuple(
        DayForecast(
            day=date(2026, 11, 21 + number),
            expected=value,
            intervals={0.5: (value - 9, value + 9), 0.8: (value - 17, value + 18), 0.95: (value - 300, value + 30)},
            contributions={"level": 120.0, "weekday": value - 120.0},
        )
        for number, value in enumerate(expected)
    )
    return DailyForecast(date(2026, 11, 20), days)


def test_headline_is_the_day_that_departs_most_among_five():
    import pandas as pd

    counts = pd.Series(120.0, index=pd.date_range(end="2026-11-20", periods=200))
    series = daily_series(forecast(121, 118, 130, 122, 119, 200, 210), "arrivals", counts, FRANCE)
    assert series.headline.element == "2026-11-23"
    assert series.headline.expected == 130 and series.headline.interval is not None
    assert series.headline.urgency == pytest.approx((130 / 120 - 1) / 0.3, abs=1e-3)
    assert len(series.value.points) == 7
    assert all(interval.low >= 0 for point in series.value.points for interval in point.intervals)


def test_usual_is_the_median_of_eight_same_weekdays():
    import pandas as pd

    counts = pd.Series(range(200), index=pd.date_range(end="2026-11-20", periods=200), dtype=float)
    # The last Thursday known is the 19th; the eighth before it 49 days earlier.
    assert usual_count(counts, THURSDAY) == pytest.approx(198 - 24.5)
    assert usual_count(counts.iloc[-20:], THURSDAY) is None


@pytest.mark.parametrize(
    ("expected", "french", "english"),
    [
        (0, "0 hospitalisation attendue, entre", "0 admissions expected"),
        (1, "1 hospitalisation attendue, entre", "1 admission expected"),
        (2, "2 hospitalisations attendues, entre", "2 admissions expected"),
    ],
)
def test_one_is_singular_and_in_french_none_too(expected: int, french: str, english: str):
    day = describe_day(THURSDAY, "admissions", expected, (0, 4), {}, None, FRANCE).sentence
    assert french in day.fr
    assert english in day.en


def test_a_number_below_two_is_singular_in_french():
    assert counted(1.5, "arrivals").fr == "passage"
    assert counted(1.5, "arrivals").en == "visits"
    assert counted(2, "arrivals").fr == "passages"
