"""A prescription as a case, and back: every row that a proposal cites is a row of the case."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from cognoscope.apps.pharmacy.interactions.prescription import (
    Allergy,
    Criterion,
    Drug,
    Earlier,
    Option,
    Pair,
    Prescription,
    Result,
)
from cognoscope.core.case import Case, Cell, Column, Fact, Table
from cognoscope.core.errors import InvalidInput

KIND = "prescription"
JOIN = "|"
_LISTS = {"substances", "atc", "routes"}
_TYPES: dict[str, str] = {
    "first": "integer",
    "second": "integer",
    "number": "integer",
    "drug": "integer",
    "value": "number",
    "local": "boolean",
    "draft": "boolean",
    "start": "datetime",
    "end": "datetime",
    "at": "datetime",
}
_ROWS: dict[str, tuple[str, type]] = {
    "drug": ("drugs", Drug),
    "option": ("options", Option),
    "thesaurus": ("pairs", Pair),
    "criterion": ("criteria", Criterion),
    "measurement": ("results", Result),
    "allergy": ("allergies", Allergy),
    "earlier": ("earlier", Earlier),
}
_UNITS = {"age_years": "years", "egfr": "mL/min"}
_EDITION = "edition_"
_KINDS: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


def case_of(asked: Prescription, source: str = "") -> Case:
    """The case that holds the prescription."""
    tables = [_table(name, getattr(asked, held), row) for name, (held, row) in _ROWS.items() if getattr(asked, held)]
    if asked.conditions:
        codes = Column(name="code", type="text", values=tuple(asked.conditions))
        tables.append(Table(name="condition", columns=(codes,)))
    facts: dict[str, Cell] = {
        "age_years": asked.age,
        "sex": asked.sex,
        "pregnant": asked.pregnant,
        "egfr": asked.egfr,
        "hepatic": asked.hepatic,
        "ward": asked.ward or None,
        "policy": asked.policy,
        "not_loaded": " ".join(asked.missing) or None,
        **{f"{_EDITION}{name}": edition for name, edition in sorted(asked.editions.items())},
    }
    return Case(
        kind=KIND,
        subject=asked.subject,
        as_of=asked.as_of,
        facts=tuple(
            Fact(name=name, value=value, unit=_UNITS.get(name)) for name, value in facts.items() if value is not None
        ),
        tables=tuple(tables),
        source=source,
    )


def prescription_of(case: Case) -> Prescription:
    """The prescription that a case holds.

    Raises:
        InvalidInput: the case is of another kind, or its tables are not what this application wrote; the message is
            the code of the abstention.
    """
    if case.kind != KIND:
        raise InvalidInput("another-case")
    facts = {fact.name: fact.value for fact in case.facts}
    asked = Prescription(
        case.subject,
        case.as_of,
        age=_fact(facts, "age_years", float, int),
        sex=_fact(facts, "sex", str),
        pregnant=_fact(facts, "pregnant", bool),
        egfr=_fact(facts, "egfr", float, int),
        hepatic=_fact(facts, "hepatic", str),
        ward=_fact(facts, "ward", str) or "",
        policy=_fact(facts, "policy", str),
        editions={
            name.removeprefix(_EDITION): str(value) for name, value in facts.items() if name.startswith(_EDITION)
        },
        missing=tuple((_fact(facts, "not_loaded", str) or "").split()),
    )
    for name, (held, row) in _ROWS.items():
        setattr(asked, held, _read(case.table(name), row))
    asked.conditions = _texts(case.table("condition"))
    count = len(asked.drugs)
    if any(not 0 <= place < count for pair in asked.pairs for place in (pair.first, pair.second)):
        raise InvalidInput("unreadable")
    if any(not 0 <= option.drug < count for option in asked.options):
        raise InvalidInput("unreadable")
    return asked


def _table(name: str, rows: Sequence[Any], row: type) -> Table:
    columns = []
    for field in row.__dataclass_fields__:  # type: ignore[attr-defined]
        values = tuple(getattr(one, field) for one in rows)
        if field in _LISTS:
            values = tuple(JOIN.join(value) for value in values)
        columns.append(Column(name=field, type=_TYPES.get(field, "text"), values=values))
    return Table(name=name, columns=tuple(columns))


def _read(table: Table | None, row: type) -> list[Any]:
    if table is None:
        return []
    held = {column.name: column.values for column in table.columns}
    fields = tuple(row.__dataclass_fields__)  # type: ignore[attr-defined]
    if set(held) != set(fields):
        raise InvalidInput("unreadable")
    checks = [_check(field) for field in fields]
    return [
        row(*(check(cell) for check, cell in zip(checks, cells, strict=True)))
        for cells in zip(*(held[field] for field in fields), strict=True)
    ]


def _check(field: str) -> Callable[[Cell], Any]:
    kind = _TYPES.get(field, "text")
    if field in _LISTS:
        return lambda cell: tuple(filter(None, _of(cell, str).split(JOIN)))
    if kind == "datetime":
        return lambda cell: None if cell is None else _of(cell, str)
    return lambda cell: _of(cell, *_KINDS[kind])


def _of(cell: Cell, *kinds: type) -> Any:
    if not isinstance(cell, kinds) or (isinstance(cell, bool) and bool not in kinds):
        raise InvalidInput("unreadable")
    return cell


def _fact(facts: dict[str, Cell], name: str, *kinds: type) -> Any:
    value = facts.get(name)
    return None if value is None else _of(value, *kinds)


def _texts(table: Table | None) -> list[str]:
    column = table.column("code") if table else None
    return [] if column is None else [_of(cell, str) for cell in column.values]


def instant_text(moment: datetime | None) -> str | None:
    """ISO 8601, to the second, as cells hold instants."""
    return None if moment is None else moment.isoformat(timespec="seconds")


def with_recalled(case: Case, earlier: Sequence[Earlier], policy: str | None) -> Case:
    """The case with what the ledger knows: its table `earlier`, its fact `policy`."""
    tables = [table for table in case.tables if table.name != "earlier"]
    if earlier:
        tables.append(_table("earlier", earlier, Earlier))
    facts = [fact for fact in case.facts if fact.name != "policy"]
    if policy is not None:
        facts.append(Fact(name="policy", value=policy))
    return Case(
        kind=case.kind,
        subject=case.subject,
        as_of=case.as_of,
        facts=tuple(facts),
        tables=tuple(tables),
        source=case.source,
    )
