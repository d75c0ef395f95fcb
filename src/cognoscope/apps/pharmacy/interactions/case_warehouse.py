"""Reads the prescriptions of the stays in progress from the warehouse."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from cognoscope.apps.pharmacy.interactions.case_fhir import CIM10, system_of
from cognoscope.apps.pharmacy.interactions.gather import gather, open_reference
from cognoscope.apps.pharmacy.interactions.orders import Measurement, Order, Patient
from cognoscope.apps.pharmacy.interactions.prescription_case import case_of
from cognoscope.core.case import Case
from cognoscope.intake.knowledge.store import open_knowledge
from cognoscope.intake.warehouse import Warehouse

INPATIENT = (9201, 262, 8717, 32037)
"""OMOP visit concepts: inpatient, emergency and inpatient, inpatient hospital, intensive care."""
ALLERGIES = ("416098002", "419199007", "439224")
"""Source codes of an observation that is an allergy (SNOMED CT, and the OMOP concept)."""
ATC = re.compile(r"^[A-Z]\d\d[A-Z]{2}\d\d$")
Row = dict[str, Any]


def cases_from_warehouse(warehouse: Warehouse, as_of: datetime) -> list[Case]:
    """One case a stay in progress that has a current prescription, in the order of their keys.

    A case is dated by the last thing that happened in the stay, or by the beginning of the day of `as_of`, whichever is
    later, so that running again on the same data the same day proposes nothing anew.
    """
    backend = warehouse.connect()
    try:
        stays = _stays(backend, as_of.date())
        if not stays:
            return []
        people = {row["person_id"]: row for row in backend.table("person").to_pyarrow().to_pylist()}
        found = {name: _of_persons(backend, name, stays) for name in _NEEDED}
    finally:
        backend.disconnect()
    reference = open_reference(open_knowledge(warehouse.home))
    cases = []
    for stay in stays:
        patient, orders, at = _read(stay, people.get(stay["person_id"], {}), found, as_of)
        if orders:
            cases.append(case_of(gather(patient, orders, reference, at), "warehouse"))
    return cases


_NEEDED = {
    "drug_exposure": ("drug_exposure_id", "drug_exposure_start_date"),
    "condition_occurrence": ("condition_occurrence_id", "condition_start_date"),
    "measurement": ("measurement_id", "measurement_date"),
    "observation": ("observation_id", "observation_date"),
}
Found = dict[str, dict[int, list[Row]]]


def _stays(backend: Any, today: date) -> list[Row]:
    visits = backend.table("visit_occurrence")
    # Intake ends an open visit on the day of the ingest, which may be the day before.
    open_ = visits.filter(
        visits.visit_start_date <= today,
        visits.visit_end_date >= today - timedelta(days=1),
        visits.visit_concept_id.isin(INPATIENT),
    )
    rows: list[Row] = open_.order_by("visit_occurrence_id").to_pyarrow().to_pylist()
    return rows


def _of_persons(backend: Any, name: str, stays: Iterable[Row]) -> dict[int, list[Row]]:
    table = backend.table(name)
    persons = sorted({stay["person_id"] for stay in stays})
    found: dict[int, list[Row]] = defaultdict(list)
    for row in table.filter(table.person_id.isin(persons)).order_by(_NEEDED[name][0]).to_pyarrow().to_pylist():
        found[row["person_id"]].append(row)
    return found


def _read(stay: Row, person: Row, found: Found, as_of: datetime) -> tuple[Patient, list[Order], datetime]:
    of = {name: rows.get(stay["person_id"], []) for name, rows in found.items()}
    here = stay["visit_occurrence_id"]
    drugs = [row for row in of["drug_exposure"] if row["visit_occurrence_id"] == here and _current(row, as_of.date())]
    results = [row for row in of["measurement"] if row["measurement_date"] <= as_of.date()]
    measurements = tuple(
        Measurement(
            str(row["measurement_source_value"] or ""),
            row["value_as_number"],
            str(row["unit_source_value"] or ""),
            _moment(row, "measurement_datetime", "measurement_date"),
        )
        for row in results
    )
    patient = Patient(
        f"stay:{here}",
        age=_age(person, as_of),
        sex={8532: "f", 8507: "m"}.get(person.get("gender_concept_id") or 0),
        allergies=tuple(dict.fromkeys(filter(None, map(_allergy, of["observation"])))),
        conditions=tuple(
            dict.fromkeys(filter(None, (_condition(row, as_of.date()) for row in of["condition_occurrence"])))
        ),
        measurements=measurements,
        ward=str(stay.get("care_site_id") or ""),
    )
    orders = [_order(row) for row in drugs]
    happened = [order.start for order in orders if order.start] + [each.at for each in measurements if each.at]
    day = datetime.combine(as_of.date(), time(), as_of.tzinfo)
    at = max([moment for moment in happened if moment <= as_of] + [day])
    return patient, orders, at


def _current(row: Row, today: date) -> bool:
    """Begun, and not ended; one that ends the day it began (its end is unknown) lasts as its supply or stay."""
    start, end = row["drug_exposure_start_date"], row["drug_exposure_end_date"]
    if start > today:
        return False
    if row.get("days_supply") is not None:
        return bool(start + timedelta(days=int(row["days_supply"])) >= today)
    return bool(end is None or end == start or end >= today)


def _order(row: Row) -> Order:
    source = str(row["drug_source_value"] or "")
    address, separator, code = source.rpartition("|")
    system = system_of(address, code) if separator else ""
    if not system and ATC.match(code):
        system = "ATC"
    return Order(
        key=f"d{row['drug_exposure_id']}",
        text="" if system else code,
        system=system,
        code=code if system else "",
        route=str(row.get("route_source_value") or "").rpartition("|")[2],
        dose=str(row.get("sig") or "")[:60],
        start=_moment(row, "drug_exposure_start_datetime", "drug_exposure_start_date"),
    )


def _allergy(row: Row) -> str | None:
    source = str(row["observation_source_value"] or "").rpartition("|")[2]
    if source not in ALLERGIES and row["observation_concept_id"] not in (439224, 4166257):
        return None
    return str(row["value_source_value"] or "").rpartition("|")[2] or None


def _condition(row: Row, today: date) -> str | None:
    code = str(row["condition_source_value"] or "").rpartition("|")[2].strip().upper()
    return code if row["condition_start_date"] <= today and CIM10.match(code) else None


def _age(person: Row, as_of: datetime) -> float | None:
    year = person.get("year_of_birth")
    if not year:
        return None
    age = as_of.year - year - (as_of.month < (person.get("month_of_birth") or 1))
    return float(age) if 0 <= age <= 125 else None


def _moment(row: Row, instant: str, day: str) -> datetime | None:
    moment = row.get(instant)
    if moment is None and row.get(day) is not None:
        moment = datetime.combine(row[day], time())
    return None if moment is None else moment.replace(tzinfo=moment.tzinfo or UTC)
