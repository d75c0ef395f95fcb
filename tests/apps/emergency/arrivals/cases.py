"""The sample cases of emergency.arrivals: what `tests/test_every_application.py` asks of every application.

An invented department of about 120 visits a day, by hour, made from a seed.
"""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from cognoscope.apps.emergency.arrivals.case import build_case
from cognoscope.apps.emergency.arrivals.case_counts import Place, site_counts
from cognoscope.core.case import Case, Column, Table
from cognoscope.core.home import Home
from cognoscope.intake.warehouse import open_warehouse

AS_OF = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
WEEK = np.array([1.12, 1.0, 0.97, 0.97, 1.0, 0.97, 0.97])
HOURS = np.array(
    [2, 1.6, 1.3, 1.1, 1, 1.2, 1.8, 3, 4.6, 6, 6.6, 6.4, 6, 6.1, 6, 5.8, 5.7, 5.8, 6, 6, 5.4, 4.6, 3.6, 2.8]
)


def invented_hours(
    days: int, mean: float = 120.0, seed: int = 1, last: date = TODAY - timedelta(days=1)
) -> pd.DataFrame:
    """Hourly counts up to `last`: columns timestamp, arrivals, admissions (float)."""
    random = np.random.default_rng(seed)
    stamps = pd.date_range(end=pd.Timestamp(last) + pd.Timedelta(hours=23), periods=24 * days, freq="h")
    level = mean * WEEK[stamps.dayofweek] * (1 + 0.05 * np.cos(2 * np.pi * stamps.dayofyear / 365.25))
    arrivals = random.poisson(level * HOURS[stamps.hour] / HOURS.sum())
    admissions = random.binomial(arrivals, 0.22)
    return pd.DataFrame({"timestamp": stamps, "arrivals": arrivals * 1.0, "admissions": admissions * 1.0})


def invented_days(
    days: int, mean: float = 120.0, seed: int = 1, last: date = TODAY - timedelta(days=1)
) -> pd.DataFrame:
    """The same by day."""
    hours = invented_hours(days, mean, seed, last)
    return (
        hours.groupby(hours["timestamp"].dt.normalize()).sum(numeric_only=True).rename_axis("timestamp").reset_index()
    )


def case_of(rows: pd.DataFrame, name: str = "Nord") -> Case:
    """The case of these rows as of 21 November 2026."""
    return build_case(site_counts(rows, name, Place(), AS_OF), AS_OF)


def usable() -> list[Case]:
    """Cases on which there is something to propose."""
    return [case_of(invented_hours(420)), case_of(invented_days(300, mean=45.0, seed=2), "Petit")]


def abstaining() -> dict[str, Case]:
    """Cases on which there is nothing honest to say, by what is wrong with them."""
    empty = case_of(invented_days(1).iloc[:0])
    normal = case_of(invented_days(200))
    return {
        "empty": empty,
        "no table": empty.model_copy(update={"tables": ()}),
        "too short": case_of(invented_days(30)),
        "out of range": _with_counts(normal, (10**9,)),
        "negative": _with_counts(normal, (-3,)),
        "garbage": _with_counts(normal, ("many", None, 3.5, True)),
        "wrong dates": normal.model_copy(
            update={"tables": (Table(name="daily", columns=(
                Column(name="date", type="date", values=("soon", "2026-02-30")),
                Column(name="arrivals", type="integer", values=(1, 2)),
            )),)}
        ),
        "another's case": Case(kind="lung-scan", subject="person:abc", as_of=AS_OF),
    }  # fmt: skip


def happen(home: Home) -> datetime:
    """Let the days proposed by the first usable case come to pass in the warehouse; returns when that is known."""
    rows = invented_days(430, seed=3, last=TODAY + timedelta(days=3))
    table = pa.table(
        {
            "site": ["Nord"] * len(rows),
            "site_name": ["Nord"] * len(rows),
            "timestamp": pa.array(rows["timestamp"], pa.timestamp("us")),
            "step": ["day"] * len(rows),
            "arrivals": pa.array(rows["arrivals"].astype(int)),
            "admissions": pa.array(rows["admissions"].astype(int)),
        }
    )
    open_warehouse(home).commit("a" * 64, 0, {"site_count": table})
    return AS_OF + timedelta(days=4)


def _with_counts(case: Case, ends: tuple[int | float | str | bool | None, ...]) -> Case:
    """The case with its last counts replaced."""
    daily = case.table("daily")
    assert daily is not None
    dates, arrivals = daily.columns[:2]
    spoilt = Column(name="arrivals", type="integer", values=(*arrivals.values[: -len(ends)], *ends))
    return case.model_copy(update={"tables": (Table(name="daily", columns=(dates, spoilt)),)})
