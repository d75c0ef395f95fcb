"""The files the invented hospital sends: its history once, then each morning the day before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.demo.counts import first_day, hourly_counts
from cognoscope.demo.epidemics import daily_incidence, published
from cognoscope.demo.hospital import Hospital

INCIDENCE_MAPPING = """table = "weekly_incidence"

[columns]
indicator = "indicator"
region = "region"
week_start = "week_start"
published_on = "published_on"
per_100000 = "per_100000"
"""


@dataclass(frozen=True)
class Sending:
    """One file and whether it needs the mapping beside it."""

    path: Path
    mapping: Path | None


@dataclass(frozen=True)
class Records:
    """Everything that happens until yesterday; `counts` has site, site_name, timestamp, arrivals, admissions."""

    counts: pd.DataFrame
    incidence: pd.DataFrame

    def daily(self) -> dict[tuple[str, str, str], float]:
        """The truth by site, measure (`arrivals`, `admissions`) and day."""
        day = self.counts["timestamp"].dt.strftime("%Y-%m-%d")
        summed = self.counts.groupby(["site", day])[["arrivals", "admissions"]].sum().reset_index()
        return {
            (str(row.site), measure, str(row.timestamp)): float(getattr(row, measure))
            for row in summed.itertuples(index=False)
            for measure in ("arrivals", "admissions")
        }


def records(hospital: Hospital, today: date, seed: int) -> Records:
    """The hospital's counts and the published epidemics, until the day before `today`."""
    days = pd.date_range(first_day(today, hospital.years), today - timedelta(days=1))
    calendar = Calendar(school_zone=hospital.school_zone)
    counts = [
        hourly_counts(site, hospital.hours, calendar, days, seed).assign(site=site.code, site_name=site.name)
        for site in hospital.sites
    ]
    columns = ["site", "site_name", "timestamp", "arrivals", "admissions"]
    return Records(pd.concat(counts)[columns], published(daily_incidence(days, seed), days, seed))


def history(folder: Path, known: Records, until: date) -> Iterator[Sending]:
    """What was known on the morning of `until`: every day before it, and what had been published."""
    yield from _send(folder, "historique", known, date.min, until)


def morning(folder: Path, known: Records, day: date) -> Iterator[Sending]:
    """What arrives on the morning of `day`: the counts of the day before and what was published since."""
    yield from _send(folder, f"{day:%Y-%m-%d}", known, day - timedelta(days=1), day)


def _send(folder: Path, name: str, known: Records, first: date, until: date) -> Iterator[Sending]:
    days = known.counts["timestamp"].dt.date
    path = folder / f"passages-{name}.csv"
    known.counts[(days >= first) & (days < until)].to_csv(path, index=False)
    yield Sending(path, None)
    out = known.incidence[(known.incidence["published_on"] >= first) & (known.incidence["published_on"] < until)]
    if len(out):
        mapping = folder / "incidence.toml"
        mapping.write_text(INCIDENCE_MAPPING, encoding="utf-8")
        path = folder / f"incidence-{name}.csv"
        out.to_csv(path, index=False)
        yield Sending(path, mapping)
