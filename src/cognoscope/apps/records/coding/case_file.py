"""Reads stays from a JSON file: one stay, a list of stays, `{"stays": [...]}`, or one stay a line (JSON Lines).

    {"stay": "s1", "person": 1, "age_years": 70, "sex": "f", "start": "2026-11-02", "end": "2026-11-09",
     "reports": [{"date": "2026-11-09", "title": "CRH", "text": "..."}],
     "diagnoses": [{"code": "J18.9", "role": "dp"}], "acts": [{"code": "ZBQK002", "date": "2026-11-02"}],
     "drugs": [{"atc": "J01CR02", "date": "2026-11-02"}],
     "biology": [{"label": "crp", "value": 140, "unit": "mg/L", "date": "2026-11-02"}]}

Only `stay` is needed. Reports are taken to be pseudonymised already. Where the extra `text` is installed they are read
by the platform's own components; without it, by the words of `terms.csv` alone.
"""

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from cognoscope.apps.records.coding.case import StayRecord
from cognoscope.core.errors import InvalidInput

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
Day = date


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Report(_Part):
    """A report of the stay."""

    text: str
    date: Day | None = None
    title: str | None = None


class Diagnosis(_Part):
    """A code that the stay carries."""

    code: Code
    role: Literal["dp", "das", "dr", ""] = ""


class Drug(_Part):
    """A drug given."""

    atc: Code
    date: Day | None = None


class Act(_Part):
    """An act done."""

    code: Code
    date: Day | None = None


class Measured(_Part):
    """A result."""

    label: Code
    value: float
    unit: str | None = None
    date: Day | None = None


class FileStay(_Part):
    """One stay of the file."""

    stay: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
    person: int | None = None
    age_years: Annotated[int, Field(ge=0, le=130)] | None = None
    sex: Literal["f", "m"] | None = None
    start: Day | None = None
    end: Day | None = None
    reports: tuple[Report, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    drugs: tuple[Drug, ...] = ()
    acts: tuple[Act, ...] = ()
    biology: tuple[Measured, ...] = ()


def read_records(path: Path) -> list[StayRecord]:
    """The stays of a file, with what the reading finds in their reports.

    Raises:
        InvalidInput: no such file, not JSON, a stay that is not as above, or two of one name.
    """
    stays = read_stays(path)
    if len({stay.stay for stay in stays}) != len(stays):
        raise InvalidInput(f"{path}: two stays have the same name; give each its own `stay`.")
    records = [record_of(stay, number) for number, stay in enumerate(stays)]
    _read(records)
    return records


def read_stays(path: Path) -> list[FileStay]:
    """The stays of a file as they are written.

    Raises:
        InvalidInput: as `read_records`.
    """
    found = objects(path)
    if not found:
        raise InvalidInput(f"{path}: the file holds no stay.")
    return [stay_from(one, f"{path}, stay {number}") for number, one in enumerate(found, start=1)]


def objects(path: Path) -> list[Any]:
    """What stands in the file's list of stays, unchecked.

    Raises:
        InvalidInput: no such file, or not JSON.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: the file cannot be read as UTF-8 text; send stays as JSON.") from error
    try:
        return _objects(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path}: this is not JSON; send one stay, a list of stays, or one stay a line.") from error


def stay_from(one: Any, where: str) -> FileStay:
    """One stay of a file.

    Raises:
        InvalidInput: it is not as above; the message begins with `where`.
    """
    try:
        return FileStay.model_validate_json(json.dumps(one))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the stay"
        raise InvalidInput(f"{where}: {place} is not as it should be ({first['msg']}).") from error


def _objects(text: str) -> list[Any]:
    try:
        whole = json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    if isinstance(whole, dict) and "stays" in whole:
        whole = whole["stays"]
    return whole if isinstance(whole, list) else [whole]


def record_of(stay: FileStay, number: int) -> StayRecord:
    """A stay of the file as a case is built from; `number` is its place in the file."""
    end = stay.end or stay.start or date.min
    days = (stay.end - stay.start).days if stay.end and stay.start else None
    return StayRecord(
        stay=stay.stay,
        # Stays of unknown persons count as of one person each, never as of a person that the file names.
        person=stay.person if stay.person is not None else -1 - number,
        end=end,
        age=stay.age_years,
        sex=stay.sex or "",
        days=days,
        notes=[
            {"note_date": _iso(each.date), "note_title": each.title, "note_text": each.text} for each in stay.reports
        ],
        diagnoses=[{"code": each.code, "role": each.role} for each in stay.diagnoses],
        drugs=[{"atc": each.atc.upper(), "date": _iso(each.date), "source": "file"} for each in stay.drugs],
        acts=[{"code": each.code.upper(), "date": _iso(each.date)} for each in stay.acts],
        biology=[
            {"label": each.label, "value": each.value, "unit": each.unit, "date": _iso(each.date), "source": "file"}
            for each in stay.biology
        ],
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _read(records: list[StayRecord]) -> None:
    """Let the platform's components read the reports, where they can run."""
    from cognoscope.apps.records.coding.case_reading import add_mentions, read_texts

    for record, found in zip(records, read_texts([record.notes for record in records]), strict=True):
        add_mentions(record, found)
