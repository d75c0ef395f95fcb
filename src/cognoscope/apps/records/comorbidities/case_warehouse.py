"""Builds the cases of the persons whose reports the warehouse holds."""

from datetime import datetime
from typing import Any

import pandas as pd

from cognoscope.apps.records.comorbidities.case import FLAGS, TEXTS, Note, build_case
from cognoscope.apps.records.comorbidities.model import rows_of
from cognoscope.core.case import Case
from cognoscope.intake.reading.mention import Mention
from cognoscope.intake.warehouse import Warehouse

GROUPS = ("condition", "drug", "measurement", "stage")
Person = tuple[Any, Any, Any, Any]
"""Pseudonym, year and month of birth, concept of the sex."""
SEXES = {8507: "male", 8532: "female"}
"""OMOP concepts of `person.gender_concept_id`."""


def cases_from_warehouse(warehouse: Warehouse, as_of: datetime) -> list[Case]:
    """One case a person with a report known at an instant, in the order of subjects.

    A person who refused the reuse has no rows in the warehouse's views, so no case.
    """
    backend = warehouse.connect()
    try:
        notes = _notes(backend, as_of)
        found = _mentions(backend, as_of)
        read = _read(backend)
        people = _people(backend)
    finally:
        backend.disconnect()
    by_note: dict[int, list[Mention]] = {}
    for row in rows_of(found):
        by_note.setdefault(row.note_id, []).append(_mention(row))
    cases = []
    for rows in (rows for _, rows in notes.groupby("person_id", sort=False)):
        person = int(rows["person_id"].iloc[0])
        subject, age, sex = _about(people.get(person), person, as_of)
        texts = [
            Note(str(key), day, title, text, by_note.get(key, []), key in read)
            for key, _, day, title, text in rows_of(rows)
        ]
        cases.append(build_case(subject, texts, as_of, age, sex, source="warehouse"))
    return sorted(cases, key=lambda case: case.subject)


def subject_of(pseudonym: Any, person_id: int) -> str:
    """`person:` and the pseudonym; its beginning, which is the person's key, where the pseudonym is not known."""
    known = isinstance(pseudonym, str) and len(pseudonym) == 32 and pseudonym.isalnum()
    return f"person:{pseudonym}" if known else f"person:{person_id:016x}"


def _notes(backend: Any, as_of: datetime) -> pd.DataFrame:
    table = backend.table("note")
    known = table.filter(table.note_date <= as_of.date()).select(
        "note_id",
        "person_id",
        note_date=table.note_date.cast("string"),
        note_title=table.note_title.fill_null(""),
        note_text=table.note_text.fill_null(""),
    )
    frame: pd.DataFrame = known.to_pandas()
    return frame


def _mentions(backend: Any, as_of: datetime) -> pd.DataFrame:
    # Ibis takes a second to import, and what proposes does not need it.
    from cognoscope.intake.reading.rows import mentions

    rows = mentions(backend)
    wanted = rows.filter(rows.group.isin(GROUPS) & (rows.note_date <= as_of.date()))
    frame: pd.DataFrame = wanted.select("note_id", "start", "stop", *TEXTS, *FLAGS, "value").to_pandas()
    return frame


def _read(backend: Any) -> frozenset[int]:
    readings = backend.table("note_reading")
    return frozenset(readings.filter(readings.component == "conditions").note_id.to_pandas())


def _people(backend: Any) -> dict[int, Person]:
    table = backend.table("person")
    rows = table.select(
        "person_id", "person_source_value", "year_of_birth", "month_of_birth", "gender_concept_id"
    ).to_pyarrow()
    return {
        row["person_id"]: (
            row["person_source_value"],
            row["year_of_birth"],
            row["month_of_birth"],
            row["gender_concept_id"],
        )
        for row in rows.to_pylist()
    }


def _about(
    known: tuple[Any, Any, Any, Any] | None, person_id: int, as_of: datetime
) -> tuple[str, int | None, str | None]:
    pseudonym, year, month, gender = known or (None, None, None, None)
    age = as_of.year - year - (as_of.month < (month or 1)) if year else None
    return (
        subject_of(pseudonym, person_id),
        age if age is not None and 0 <= age <= 125 else None,
        SEXES.get(gender or 0),
    )


def _mention(row: Any) -> Mention:
    said: dict[str, Any] = {name: getattr(row, name) or "" for name in TEXTS} | {
        name: bool(getattr(row, name)) for name in FLAGS
    }
    value = None if pd.isna(row.value) else float(row.value)
    return Mention(start=int(row.start), stop=int(row.stop), value=value, **said)
