"""Reads hospital stays that ended lately from the warehouse, and the earlier ones that say what goes with what.

Codes are those of the source (`http://hl7.org/fhir/sid/icd-10-fr|E11.9`): the CIM-10 of `condition_occurrence`, the
ATC of `drug_exposure`, the CCAM of `procedure_occurrence`; rows in other nomenclatures are left out.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

import pandas as pd

from cognoscope.apps.records.coding.case import Row, StayRecord, cases_of
from cognoscope.apps.records.coding.case_reading import InNote, add_mentions
from cognoscope.core.case import Case
from cognoscope.intake.reading.mention import Mention
from cognoscope.intake.warehouse import Warehouse

INPATIENT = (9201, 262, 8717, 32037)
"""OMOP visit concepts: inpatient, emergency and inpatient, inpatient hospital, intensive care."""
RECENT_DAYS = 30
HABIT_DAYS = 730
HABIT_STAYS = 5000
CIM10 = re.compile(r"^[A-Z]\d[0-9A-Z](\.?[0-9A-Z+*.-]{1,6})?$")
ATC = re.compile(r"^[A-DGHJLMNPRSV]\d\d([A-Z]([A-Z](\d\d)?)?)?$")
CCAM = re.compile(r"^[A-Z]{4}\d{3}$")
ROLES = {"dp": "dp", "das": "das", "dr": "dr", "principal": "dp", "primary": "dp", "associated": "das"}
PRIMARY_STATUS = (32902, 32903, 32908)
"""OMOP condition status: primary, primary admission and primary discharge diagnosis."""


def cases_from_warehouse(warehouse: Warehouse, as_of: datetime) -> list[Case]:
    """One case a hospital stay that ended within the 30 days before `as_of`, in the order of their keys.

    A case is dated by the day its stay ended, or `as_of` itself where that is earlier, so that running again the next
    day on the same data proposes nothing anew.
    """
    today = as_of.date()
    backend = warehouse.connect()
    try:
        records = read_records(backend, today - timedelta(days=HABIT_DAYS), today)
    finally:
        backend.disconnect()
    recent = [record for record in records if record.end > today - timedelta(days=RECENT_DAYS)]
    earlier = [record for record in records if record.end <= today - timedelta(days=RECENT_DAYS)]
    others = sorted(earlier, key=lambda record: (record.end, record.stay))[-HABIT_STAYS:]
    cases = cases_of(recent, as_of, "warehouse", others)
    return [_dated(case, record, as_of) for case, record in zip(cases, recent, strict=True)]


def read_records(backend: Any, after: date, until: date) -> list[StayRecord]:
    """The hospital stays that ended after a day and by another one, in the order of their keys."""
    visits = backend.table("visit_occurrence")
    ended = visits.filter(
        visits.visit_end_date > after, visits.visit_end_date <= until, visits.visit_concept_id.isin(INPATIENT)
    )
    persons = backend.table("person").to_pandas().set_index("person_id")
    records: dict[int, StayRecord] = {}
    for row in ended.order_by("visit_occurrence_id").to_pandas().to_dict("records"):
        records[row["visit_occurrence_id"]] = _record(row, persons)
    _fill(backend, records)
    return list(records.values())


def code_in(source: object, form: re.Pattern[str]) -> str | None:
    """The code of a source value (`system|code` or a bare code) if it has the form wanted."""
    code = str(source or "").rpartition("|")[2].strip().upper()
    return code if form.match(code) else None


def _record(row: Row, persons: pd.DataFrame) -> StayRecord:
    start, end = pd.Timestamp(row["visit_start_date"]).date(), pd.Timestamp(row["visit_end_date"]).date()
    person = row["person_id"]
    age: int | None = None
    sex = ""
    if person in persons.index:
        known = persons.loc[person]
        age = max(0, start.year - int(str(known["year_of_birth"]))) if pd.notna(known["year_of_birth"]) else None
        sex = {8532: "f", 8507: "m"}.get(int(str(known["gender_concept_id"])), "")
    days = (end - start).days
    return StayRecord(str(row["visit_occurrence_id"]), int(person), end, age, sex, days)


def _fill(backend: Any, records: dict[int, StayRecord]) -> None:
    for row in _rows(backend, "condition_occurrence", records, "condition_occurrence_id"):
        if code := code_in(row["condition_source_value"], CIM10):
            record = records[row["visit_occurrence_id"]]
            record.diagnoses.append({"code": code, "role": _role(row)})
    _events(backend, records, "drug_exposure", lambda record: record.drugs, "atc", ATC, "drug_exposure_start_date")
    _events(backend, records, "procedure_occurrence", lambda record: record.acts, "code", CCAM, "procedure_date")
    for row in _rows(backend, "measurement", records, "measurement_id"):
        if pd.notna(row["value_as_number"]):
            records[row["visit_occurrence_id"]].biology.append(
                {
                    "label": str(row["measurement_source_value"] or ""),
                    "value": float(row["value_as_number"]),
                    "unit": str(row["unit_source_value"] or "").rpartition("|")[2] or None,
                    "date": _iso(row["measurement_date"]),
                    "source": "warehouse",
                }
            )
    places: dict[int, tuple[StayRecord, int]] = {}
    for row in _rows(backend, "note", records, "note_id"):
        if row["note_text"]:
            record = records[row["visit_occurrence_id"]]
            places[row["note_id"]] = (record, len(record.notes))
            title: str | None = None if pd.isna(row["note_title"]) else str(row["note_title"])
            note: Row = {"note_date": _iso(row["note_date"]), "note_title": title, "note_text": str(row["note_text"])}
            record.notes.append(note)
    _mentions(backend, places)
    for record in records.values():
        record.biology = [row for row in record.biology if row["label"]]


def _events(
    backend: Any,
    records: dict[int, StayRecord],
    table: str,
    into: Callable[[StayRecord], list[Row]],
    column: str,
    form: re.Pattern[str],
    day: str,
) -> None:
    source = f"{'drug' if table == 'drug_exposure' else 'procedure'}_source_value"
    for row in _rows(backend, table, records, f"{table}_id"):
        if code := code_in(row[source], form):
            found: Row = {column: code, "date": _iso(row[day])}
            into(records[row["visit_occurrence_id"]]).append(
                found | ({"source": "warehouse"} if column == "atc" else {})
            )


def _mentions(backend: Any, places: dict[int, tuple[StayRecord, int]]) -> None:
    if not places:
        return
    # Ibis takes a second to import, which only reading a warehouse need wait for.
    from cognoscope.intake.reading.rows import mentions

    table = mentions(backend)
    chosen = table.filter(table.note_id.isin(list(places))).order_by("note_id", "start", "note_nlp_id")
    found: dict[int, list[InNote]] = defaultdict(list)
    names = [name for name in Mention.__struct_fields__ if name != "value"]
    for row in chosen.to_pandas().to_dict("records"):
        value = None if pd.isna(row["value"]) else float(row["value"])
        mention = Mention(value=value, **{name: row[name] for name in names})
        found[row["note_id"]].append(InNote(places[row["note_id"]][1], mention))
    for note_id, each in found.items():
        add_mentions(places[note_id][0], each)


def _rows(backend: Any, name: str, records: Iterable[int], key: str) -> list[Row]:
    table = backend.table(name)
    wanted = table.filter(table.visit_occurrence_id.isin(list(records))).order_by(key)
    found: list[Row] = wanted.to_pandas().to_dict("records")
    return found


def _role(row: Row) -> str:
    status = str(row["condition_status_source_value"] or "").rpartition("|")[2].strip().lower()
    if status in ROLES:
        return ROLES[status]
    concept = row["condition_status_concept_id"]
    return "dp" if pd.notna(concept) and int(concept) in PRIMARY_STATUS else ""


def _iso(value: Any) -> str | None:
    return None if pd.isna(value) else pd.Timestamp(value).date().isoformat()


def _dated(case: Case, record: StayRecord, as_of: datetime) -> Case:
    last = max([record.end.isoformat(), *(str(cell) for cell in _days(case))])
    end = datetime.combine(date.fromisoformat(last), time(23, 59, 59), as_of.tzinfo)
    return case.model_copy(update={"as_of": min(end, as_of)})


def _days(case: Case) -> Iterable[object]:
    for table in case.tables:
        for column in table.columns:
            if column.type == "date":
                yield from (cell for cell in column.values if cell is not None)
