"""`propose` of emergency.arrivals, from the case to the points."""

import importlib.util
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from cognoscope.apps.emergency.arrivals.app import propose
from cognoscope.apps.emergency.arrivals.case import build_case
from cognoscope.apps.emergency.arrivals.case_counts import Place, site_counts
from cognoscope.core.case import Case, Fact
from cognoscope.core.proposal import Proposal
from cognoscope.core.values import SeriesValue


def _samples() -> ModuleType:
    spec = importlib.util.spec_from_file_location("arrivals_samples", Path(__file__).parent / "cases.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


samples = _samples()
AS_OF: datetime = samples.AS_OF


def series(proposals: list[Proposal], question: str) -> SeriesValue:
    value = next(proposal.value for proposal in proposals if proposal.question == question)
    assert isinstance(value, SeriesValue)
    return value


def case_as_of(rows: pd.DataFrame, as_of: datetime, place: Place | None = None) -> Case:
    return build_case(site_counts(rows, "Nord", place or Place(), as_of), as_of)


@pytest.fixture(scope="module")
def hourly() -> list[Proposal]:
    return propose(samples.usable()[0])


def test_four_questions_with_hours_and_admissions(hourly: list[Proposal]):
    questions = [proposal.question for proposal in hourly]
    assert questions == ["arrivals-daily", "arrivals-hourly", "admissions-daily", "admissions-hourly"]
    assert series(hourly, "arrivals-hourly").marks


def test_seven_days_from_today(hourly: list[Proposal]):
    keys = [point.key for point in series(hourly, "arrivals-daily").points]
    assert keys == [f"2026-11-{day}" for day in range(21, 28)]
    assert hourly[0].useful_until.isoformat() == "2026-11-27T23:00:00+00:00"


def test_hours_add_up_to_days(hourly: list[Proposal]):
    for measure in ("arrivals", "admissions"):
        hours = series(hourly, f"{measure}-hourly").points
        for day in series(hourly, f"{measure}-daily").points:
            inside = [point.expected for point in hours if point.key.startswith(day.key)]
            assert len(inside) == 24 and sum(inside) == pytest.approx(day.expected, abs=1e-3)


def test_drivers_add_up_and_intervals_widen(hourly: list[Proposal]):
    for point in series(hourly, "arrivals-daily").points:
        assert sum(driver.amount for driver in point.drivers) == pytest.approx(point.expected, rel=1e-6)
        assert [interval.level for interval in point.intervals] == [0.5, 0.8, 0.95]
        assert point.intervals[0].low < point.expected < point.intervals[0].high


def test_is_near_the_truth_it_was_made_from(hourly: list[Proposal]):
    level = 120 * samples.WEEK[[5, 6, 0, 1, 2, 3, 4]] * (1 + 0.05 * np.cos(2 * np.pi * 325 / 365.25))
    expected = [point.expected for point in series(hourly, "arrivals-daily").points]
    assert expected == pytest.approx(level, rel=0.08)


def test_a_poisoned_future_changes_nothing():
    days = samples.invented_days(250)
    future = pd.DataFrame(
        {"timestamp": pd.date_range("2026-11-21", periods=30), "arrivals": 999.0, "admissions": 999.0}
    )
    clean, poisoned = case_as_of(days, AS_OF), case_as_of(pd.concat([days, future]), AS_OF)
    assert [each.digest for each in propose(poisoned)] == [each.digest for each in propose(clean)]


def test_two_days_late_still_starts_today():
    days = samples.invented_days(250)
    value = series(propose(case_as_of(days.iloc[:-2], AS_OF)), "arrivals-daily")
    assert value.points[0].key == "2026-11-21" and len(value.points) == 7


def test_days_not_transmitted_are_not_calm():
    """Two zeros in the last week are set aside: the forecast is that without these days, not a lower one."""
    days = samples.invented_days(250)
    zeros, gone = days.copy(), days.copy()
    zeros.loc[[244, 246], ["arrivals", "admissions"]] = 0.0
    gone.loc[[244, 246], ["arrivals", "admissions"]] = np.nan
    with_zeros = [point.expected for point in series(propose(case_as_of(zeros, AS_OF)), "arrivals-daily").points]
    without = [point.expected for point in series(propose(case_as_of(gone, AS_OF)), "arrivals-daily").points]
    assert with_zeros == without


def test_arrivals_and_admissions_abstain_apart():
    days = samples.invented_days(250)
    days.loc[days.index[-5:], "admissions"] = 0.0
    arrivals, admissions = propose(case_as_of(days, AS_OF))
    assert arrivals.value is not None
    assert admissions.abstention is not None and admissions.abstention.code == "not-transmitted"
    assert "hospitalisations" not in arrivals.title.fr


def test_few_hours_give_days_only():
    hours = samples.invented_hours(250)
    hours.loc[hours["timestamp"].dt.hour == 3, ["arrivals", "admissions"]] = np.nan
    recent = hours["timestamp"] >= pd.Timestamp("2026-10-15")
    days = samples.invented_days(250)
    case = case_as_of(days, AS_OF)
    partial = case_as_of(hours[recent], AS_OF).table("hourly")
    assert partial is not None
    proposals = propose(case.model_copy(update={"tables": (*case.tables, partial)}))
    assert proposals[0].value is not None
    assert proposals[1].abstention is not None and proposals[1].abstention.sentence.en.startswith("No forecast by hour")


@pytest.mark.parametrize(("fact", "value"), [("country", "XX"), ("school_zone", "Z"), ("time_zone", "Mars/Olympus")])
def test_an_unknown_place_is_said(fact: str, value: str):
    case = samples.usable()[1]
    facts = tuple(Fact(name=each.name, value=value) if each.name == fact else each for each in case.facts)
    (proposal,) = propose(case.model_copy(update={"facts": facts}))
    assert proposal.abstention is not None and proposal.abstention.code == "unknown-place"


def test_the_week_the_clocks_change():
    as_of = AS_OF.replace(month=10, day=23, hour=5)
    rows = samples.invented_hours(200, last=(as_of - timedelta(days=1)).date())
    proposals = propose(case_as_of(rows, as_of))
    keys = [point.key for point in series(proposals, "arrivals-hourly").points]
    assert len(keys) == len(set(keys)) == 168
    assert proposals[0].useful_until.isoformat() == "2026-10-29T23:00:00+00:00"
