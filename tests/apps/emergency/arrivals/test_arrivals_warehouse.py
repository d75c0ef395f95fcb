"""Cases and outcomes from the warehouse: counts sent, visits counted, epidemics as published, nothing of people."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pyarrow as pa
import pytest

from cognoscope.apps.emergency.arrivals.app import propose
from cognoscope.apps.emergency.arrivals.case import build_case
from cognoscope.apps.emergency.arrivals.case_counts import Place, site_counts
from cognoscope.apps.emergency.arrivals.case_warehouse import cases_from_warehouse
from cognoscope.apps.emergency.arrivals.outcomes import outcomes
from cognoscope.core.case import Case, Cell
from cognoscope.core.home import Home
from cognoscope.intake.warehouse import Warehouse, open_warehouse

AS_OF = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
CANARY = "Zwetschgenkuchen"


@pytest.fixture
def warehouse(home: Home) -> Warehouse:
    return open_warehouse(home)


def column(case: Case, table: str, name: str) -> tuple[Cell, ...]:
    found = case.table(table)
    assert found is not None
    values = found.column(name)
    assert values is not None
    return values.values


def send(warehouse: Warehouse, rows: pd.DataFrame, site: str, step: str, source: str) -> None:
    table = pa.table(
        {
            "site": [site] * len(rows),
            "site_name": [f"Site {site}"] * len(rows),
            "timestamp": pa.array(rows["timestamp"], pa.timestamp("us")),
            "step": [step] * len(rows),
            "arrivals": pa.array(rows["arrivals"], pa.int64()),
            "admissions": pa.array([None] * len(rows), pa.int64()),
        }
    )
    warehouse.commit(source * 64, 0, {"site_count": table})


def days(first: str, arrivals: list[int]) -> pd.DataFrame:
    return pd.DataFrame({"timestamp": pd.date_range(first, periods=len(arrivals)), "arrivals": arrivals})


def test_empty_warehouse_gives_no_case(warehouse: Warehouse):
    assert cases_from_warehouse(warehouse, AS_OF) == []


def test_counts_sent_make_a_case_a_site(warehouse: Warehouse):
    send(warehouse, days("2026-11-18", [10, 11, 12, 999]), "N", "day", "a")
    send(warehouse, days("2026-11-19", [5, 6]), "S", "day", "b")
    north, south = cases_from_warehouse(warehouse, AS_OF)
    assert (north.subject, north.fact("site_name")) == ("unit:N", "Site N")
    assert column(north, "daily", "arrivals") == (10, 11, 12)
    assert column(south, "daily", "date") == ("2026-11-19", "2026-11-20")


def test_hours_are_completed_by_days(warehouse: Warehouse):
    hours = pd.DataFrame({"timestamp": pd.date_range("2026-11-20", periods=24, freq="h"), "arrivals": [2] * 24})
    send(warehouse, hours, "N", "hour", "a")
    send(warehouse, days("2026-11-18", [40, 41, 7]), "N", "day", "b")
    (case,) = cases_from_warehouse(warehouse, AS_OF)
    assert column(case, "daily", "arrivals") == (40, 41, 48)
    assert column(case, "hourly", "hour") == tuple(range(24))


def test_epidemics_as_published_and_past_weather(warehouse: Warehouse):
    send(warehouse, days("2026-11-18", [10, 11, 12]), "N", "day", "a")
    incidence = pa.table(
        {
            "indicator": ["ili", "ili"],
            "region": ["FR", "FR"],
            "week_start": [date(2026, 11, 2), date(2026, 11, 9)],
            "published_on": [date(2026, 11, 18), date(2026, 11, 25)],
            "per_100000": [80.0, 5000.0],
        }
    )
    weather = pa.table(
        {
            "site": ["N", "N", "elsewhere"],
            "date": [date(2026, 11, 20), date(2026, 11, 22), date(2026, 11, 20)],
            "temperature_min": [1.0, -30.0, 9.0],
            "temperature_max": [5.0, -20.0, 9.0],
            "precipitation": [0.0, 99.0, 9.0],
        }
    )
    warehouse.commit("b" * 64, 0, {"weekly_incidence": incidence, "daily_weather": weather})
    (case,) = cases_from_warehouse(warehouse, AS_OF)
    assert column(case, "incidence", "per_100000") == (80.0,)
    assert column(case, "weather", "temperature_min") == (1.0,)


def test_visits_are_counted_where_no_counts_were_sent(warehouse: Warehouse):
    starts = [
        pd.Timestamp(text) for text in ("2026-11-18 09:00", "2026-11-18 09:40", "2026-11-18 23:00", "2026-11-20 03:00")
    ]
    visits = {
        "visit_occurrence_id": [1, 2, 3, 4, 5],
        "person_id": [1, 2, 3, 1, 1],
        "visit_concept_id": [9203, 262, 0, 9203, 9201],
        "visit_start_date": [start.date() for start in starts] + [date(2026, 11, 18)],
        "visit_start_datetime": pa.array([*starts, pd.Timestamp("2026-11-18 10:00")], pa.timestamp("us")),
        "visit_end_date": [start.date() for start in starts] + [date(2026, 11, 18)],
        "visit_type_concept_id": [32817] * 5,
        "care_site_id": [7] * 5,
        "visit_source_value": [None, None, "EMER", CANARY, None],
    }
    people = {
        "person_id": [1, 2, 3],
        "gender_concept_id": [0, 0, 0],
        "year_of_birth": [1980, 1981, 1982],
        "race_concept_id": [0, 0, 0],
        "ethnicity_concept_id": [0, 0, 0],
        "person_source_value": [CANARY, CANARY, CANARY],
    }
    site = {"care_site_id": [7], "care_site_name": ["Urgences Nord"]}
    warehouse.commit(
        "a" * 64, 0, {"visit_occurrence": pa.table(visits), "person": pa.table(people), "care_site": pa.table(site)}
    )
    (case,) = cases_from_warehouse(warehouse, AS_OF)
    assert (case.subject, case.fact("site_name")) == ("unit:7", "Urgences Nord")
    # Nobody came, or nothing was sent, on the 19th: unknown, not calm.
    assert column(case, "daily", "arrivals") == (3, None, 1)
    assert column(case, "daily", "admissions") == (1, None, 0)
    assert sum(cell for cell in column(case, "hourly", "arrivals") if isinstance(cell, int)) == 4
    assert CANARY not in case.canonical().decode()
    assert all(CANARY not in proposal.canonical().decode() for proposal in propose(case))


def test_outcomes_are_whole_days_that_were_sent(warehouse: Warehouse):
    history = days("2026-05-01", [100 + index % 7 for index in range(204)])
    rows = history.assign(arrivals=history["arrivals"].astype(float), admissions=float("nan"))
    (proposal,) = propose(build_case(site_counts(rows, "N", Place(), AS_OF), AS_OF))
    send(warehouse, history, "N", "day", "a")
    send(warehouse, days("2026-11-21", [120, 0, 90, 91, 92]), "N", "day", "b")
    at = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
    known = outcomes(warehouse, [proposal], at)
    assert {outcome.element: outcome.value for outcome in known} == {"2026-11-21": 120.0, "2026-11-23": 90.0}
    assert outcomes(warehouse, [], at) == []
    assert {outcome.subject for outcome in known} == {"unit:N"} and known[0].measure == "arrivals"


def test_outcomes_by_hour(warehouse: Warehouse):
    stamps = pd.date_range("2026-06-01", periods=24 * 173, freq="h")
    history = pd.DataFrame({"timestamp": stamps, "arrivals": [3 + stamp.hour % 5 for stamp in stamps]})
    rows = history.assign(arrivals=history["arrivals"].astype(float), admissions=float("nan"))
    daily, hourly = propose(build_case(site_counts(rows, "N", Place(), AS_OF), AS_OF))
    later = pd.DataFrame({"timestamp": pd.date_range("2026-11-21", periods=24, freq="h"), "arrivals": range(24)})
    send(warehouse, pd.concat([history, later]), "N", "hour", "a")
    known = outcomes(warehouse, [daily, hourly], AS_OF + timedelta(days=1))
    assert known[0].element == "2026-11-21" and known[0].value == sum(range(24))
    assert [outcome.value for outcome in known[1:]] == [float(hour) for hour in range(24)]
    assert known[-1].element == "2026-11-21T23"
