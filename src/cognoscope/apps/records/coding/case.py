"""Builds the Case of one stay: reports, what was read in them, codes, drugs, acts, results, and the hospital's habits.

Tables: `note` (note_date, note_title, note_text), `mention` (the reading's mentions, by row of `note`), `diagnosis`
(code, role), `drug` (atc, date, source), `act` (code, date), `biology` (label, value, unit, date, source),
`nomenclature` (what the local CIM-10 says of the codes in question), `association` (in how many other stays of the
hospital a code and a token were seen together). Facts: `age_years`, `sex`, `days`. Nothing dated after `as_of`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cognoscope.apps.records.coding.association import Seen
from cognoscope.apps.records.coding.candidates import diagnoses
from cognoscope.apps.records.coding.nomenclature import look_up
from cognoscope.apps.records.coding.stay import KIND, Pair, Stay, read_stay
from cognoscope.apps.records.coding.tokens import evidence_tokens, families
from cognoscope.core.case import Case, Column, Fact, Table
from cognoscope.core.errors import InvalidInput

Row = dict[str, Any]


@dataclass
class StayRecord:
    """A stay as it was sent, before it is a case. Rows are dictionaries with the columns of the case's tables."""

    stay: str
    person: int
    end: date
    age: int | None = None
    sex: str = ""
    days: int | None = None
    notes: list[Row] = field(default_factory=list)
    mentions: list[Row] = field(default_factory=list)
    diagnoses: list[Row] = field(default_factory=list)
    drugs: list[Row] = field(default_factory=list)
    acts: list[Row] = field(default_factory=list)
    biology: list[Row] = field(default_factory=list)


TABLES: dict[str, dict[str, str]] = {
    "note": {"note_date": "date", "note_title": "text", "note_text": "text"},
    "mention": {
        "note": "integer",
        "start": "integer",
        "stop": "integer",
        **dict.fromkeys(("group", "label", "code", "status", "severity"), "text"),
        **dict.fromkeys(("negated", "hypothesis", "family", "history", "reported"), "boolean"),
    },
    "diagnosis": {"code": "text", "role": "text"},
    "drug": {"atc": "text", "date": "date", "source": "text"},
    "act": {"code": "text", "date": "date"},
    "biology": {"label": "text", "value": "number", "unit": "text", "date": "date", "source": "text"},
    "nomenclature": {"code": "text", "label": "text", "exists": "boolean"},
    "association": {
        "family": "text",
        "token": "text",
        **dict.fromkeys(("stays", "with_code", "with_token", "with_both"), "integer"),
    },
}


def build_case(record: StayRecord, as_of: datetime, pairs: Sequence[Pair] = (), source: str = "") -> Case:
    """The case of one stay, as of an instant.

    pairs: what the other stays of the hospital say (`association.Book.pairs`).
    """
    case = stay_case(record, as_of, source)
    stay = read_back(case)
    codes = {coded.code for coded in stay.coded} | {each.code for each in diagnoses(stay)} if stay else set()
    known = [{"code": code, "label": each.label, "exists": each.exists} for code, each in look_up(codes).items()]
    counts = [{name: getattr(pair, name) for name in TABLES["association"]} for pair in pairs]
    more = (_table("nomenclature", known), _table("association", counts))
    return case.model_copy(update={"tables": (*case.tables, *(table for table in more if table.rows))})


def seen(record: StayRecord, as_of: datetime) -> Seen:
    """The stay as co-occurrence counts it."""
    stay = read_back(stay_case(record, as_of))
    if stay is None:
        return Seen(record.person, frozenset(), frozenset())
    return Seen(record.person, families(stay), evidence_tokens(stay, diagnoses(stay)))


def read_back(case: Case) -> Stay | None:
    """The stay of a case, or None where there is nothing to be had from it."""
    try:
        return read_stay(case)
    except InvalidInput:
        return None


def cases_from_file(path: Path, as_of: datetime) -> list[Case]:
    """One case a stay of a JSON file (see `case_file`).

    Raises:
        InvalidInput: the file cannot be used; the message says where and what to do.
    """
    from cognoscope.apps.records.coding.case_file import read_records

    return cases_of(read_records(path), as_of, "file")


def cases_of(records: list[StayRecord], as_of: datetime, source: str, others: Sequence[StayRecord] = ()) -> list[Case]:
    """The cases of some stays, each with what the other ones (and `others`) say of its codes."""
    from cognoscope.apps.records.coding.association import Book

    judged = [seen(record, as_of) for record in records]
    book = Book([*judged, *(seen(record, as_of) for record in others)])
    return [build_case(record, as_of, book.pairs(one), source) for record, one in zip(records, judged, strict=True)]


def known_by(record: StayRecord, day: date) -> StayRecord:
    """The record without what is dated after a day."""
    last = day.isoformat()
    notes = [row for row in record.notes if _day(row) <= last]
    places = {id(row): index for index, row in enumerate(notes)}
    moved = {index: places[id(row)] for index, row in enumerate(record.notes) if id(row) in places}
    return replace(
        record,
        notes=notes,
        mentions=[row | {"note": moved[row["note"]]} for row in record.mentions if row["note"] in moved],
        drugs=[row for row in record.drugs if _day(row) <= last],
        acts=[row for row in record.acts if _day(row) <= last],
        biology=[row for row in record.biology if _day(row) <= last],
    )


def _day(row: Row) -> str:
    return str(row.get("date") or row.get("note_date") or "")


def stay_case(record: StayRecord, as_of: datetime, source: str = "") -> Case:
    """The case without what other stays and nomenclatures say."""
    record = known_by(record, as_of.date())
    tables = (
        _table("note", record.notes),
        _table("mention", record.mentions),
        _table("diagnosis", record.diagnoses),
        _table("drug", record.drugs),
        _table("act", record.acts),
        _table("biology", record.biology),
    )
    facts = (
        Fact(name="age_years", value=record.age, unit="a"),
        Fact(name="sex", value=record.sex or None),
        Fact(name="days", value=record.days, unit="d"),
    )
    subject = f"stay:{record.stay}"
    kept = tuple(table for table in tables if table.rows)
    return Case(kind=KIND, subject=subject, as_of=as_of, facts=facts, tables=kept, source=source)


def _table(name: str, found: Sequence[Row]) -> Table:
    columns: list[Column] = []
    for column, kind in TABLES[name].items():
        values = tuple(row.get(column) for row in found)
        columns.append(Column(name=column, type=kind, values=values))
    return Table(name=name, columns=tuple(columns))
