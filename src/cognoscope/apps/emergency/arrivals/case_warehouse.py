"""Reads counts, epidemics and weather from the warehouse.

A site's counts come from `site_count`, hours before days; where the hospital sent no counts, its emergency visits in
`visit_occurrence` are counted (concept 9203 or 262, or the source value EMER), care site by care site.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pandas as pd

from cognoscope.apps.emergency.arrivals.case import build_case
from cognoscope.apps.emergency.arrivals.case_clock import hour_lengths
from cognoscope.apps.emergency.arrivals.case_counts import Place, SiteCounts, site_code, site_counts
from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Settings
from cognoscope.intake.warehouse import Warehouse

EMERGENCY_VISIT = 9203
EMERGENCY_AND_INPATIENT_VISIT = 262
INPATIENT_VISIT = 9201
INPATIENT_HOSPITAL = 8717
EMERGENCY_SOURCE_VALUE = "EMER"
UNNAMED_SITE = "hospital"


def cases_from_warehouse(warehouse: Warehouse, as_of: datetime) -> list[Case]:
    """One case a site of the warehouse, as known at an instant, in the order of site codes."""
    place = place_of(warehouse.home.settings())
    with _connected(warehouse) as backend:
        incidence = backend.table("weekly_incidence").to_pandas()
        weather = backend.table("daily_weather").to_pandas()
        counts = _all_counts(backend, place, as_of)
    cases = []
    for site in sorted(counts):
        here = weather[weather["site"].map(site_code) == site].drop(columns="site")
        cases.append(build_case(counts[site], as_of, incidence, here, source="warehouse"))
    return cases


def known_counts(warehouse: Warehouse, as_of: datetime) -> dict[str, SiteCounts]:
    """Every site's counts of the days that are over at an instant, by site code."""
    with _connected(warehouse) as backend:
        return _all_counts(backend, place_of(warehouse.home.settings()), as_of)


def place_of(settings: Settings) -> Place:
    """Where the hospital says it is."""
    return Place(
        time_zone=settings.time_zone,
        country="FR" if settings.time_zone == Place.time_zone else None,
        alsace_moselle=settings.alsace_moselle,
        school_zone=settings.school_zone,
    )


@contextmanager
def _connected(warehouse: Warehouse) -> Iterator[Any]:
    backend = warehouse.connect()
    try:
        yield backend
    finally:
        backend.disconnect()


def _all_counts(backend: Any, place: Place, as_of: datetime) -> dict[str, SiteCounts]:
    sent = backend.table("site_count").to_pandas()
    found: dict[str, SiteCounts] = {}
    for site, rows in sent.groupby("site", sort=True):
        names = rows["site_name"].dropna()
        name = str(names.iloc[0]) if len(names) else str(site)
        counts = _from_counts(rows, str(site), name, place, as_of)
        if counts.site in found:
            raise InvalidInput(f"Two sites of the warehouse have the same code {counts.site!r}: rename one of them.")
        found[counts.site] = counts
    return found or _from_visits(backend, place, as_of)


def _from_counts(rows: pd.DataFrame, site: str, name: str, place: Place, as_of: datetime) -> SiteCounts:
    """Hours where the hospital sends hours, completed by its daily counts for the days without."""
    by_step = {step: part[["timestamp", "arrivals", "admissions"]] for step, part in rows.groupby("step")}
    days = by_step.get("day")
    hours = by_step.get("hour")
    daily = None if days is None else site_counts(_floats(days), name, place, as_of)
    hourly = None if hours is None else site_counts(_floats(hours), name, place, as_of)
    kept = hourly or daily
    if kept is None:
        raise InvalidInput(f"The counts of the site {site} are neither by day nor by hour: ingest them again.")
    merged = kept.daily
    if hourly is not None and daily is not None:
        merged = hourly.daily.combine_first(daily.daily).asfreq("D")
    return SiteCounts(site_code(site), name, place, merged, kept.hourly)


def _floats(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.astype({"arrivals": float, "admissions": float})


def _from_visits(backend: Any, place: Place, as_of: datetime) -> dict[str, SiteCounts]:
    visits = backend.table("visit_occurrence")
    emergency = visits.filter(
        visits.visit_concept_id.isin([EMERGENCY_VISIT, EMERGENCY_AND_INPATIENT_VISIT])
        | (visits.visit_source_value == EMERGENCY_SOURCE_VALUE)
    )
    admitted = (emergency.visit_concept_id == EMERGENCY_AND_INPATIENT_VISIT) | (
        emergency.discharged_to_concept_id.isin([INPATIENT_VISIT, INPATIENT_HOSPITAL])
    )
    start = emergency.visit_start_datetime.coalesce(emergency.visit_start_date.cast("timestamp"))
    hours = (
        emergency.mutate(
            # As text: keys of 63 bits would lose their last digits beside a missing one.
            site=emergency.care_site_id.cast("string").fill_null(UNNAMED_SITE),
            timestamp=start.truncate("h"),
            admitted=admitted.fill_null(False).cast("int64"),
        )
        .group_by(["site", "timestamp"])
        .agg(arrivals=lambda rows: rows.count(), admissions=lambda rows: rows.admitted.sum())
        .to_pandas()
    )
    sites = backend.table("care_site")
    named = sites.select(site=sites.care_site_id.cast("string"), name=sites.care_site_name).to_pandas()
    names = {row.site: str(row.name) for row in named.dropna().itertuples(index=False)}
    found = {}
    for site, rows in hours.groupby("site", sort=True):
        name = names.get(str(site), str(site))
        counted = site_counts(_whole_days(_floats(rows), place.time_zone), name, place, as_of)
        found[str(site)] = SiteCounts(str(site), name, place, counted.daily, counted.hourly)
    return found


def _whole_days(rows: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Counted visits: an hour without a visit is an empty hour on a day that has some, unknown on a day without any."""
    if not rows["admissions"].any():
        rows = rows.assign(admissions=float("nan"))
    stamps = rows["timestamp"]
    if (stamps == stamps.dt.normalize()).all():
        return rows[["timestamp", "arrivals", "admissions"]]
    lengths = hour_lengths(stamps.min().date(), stamps.max().date(), zone)
    hours = pd.DatetimeIndex(lengths.index)
    seen = hours[(lengths > 0).to_numpy() & hours.normalize().isin(stamps.dt.normalize())]
    filled = rows.set_index("timestamp")[["arrivals", "admissions"]].reindex(seen.union(pd.DatetimeIndex(stamps)))
    filled["arrivals"] = filled["arrivals"].fillna(0.0)
    if rows["admissions"].notna().any():
        filled["admissions"] = filled["admissions"].fillna(0.0)
    return filled.rename_axis("timestamp").reset_index()
