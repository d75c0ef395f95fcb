"""A stay as the method sees it, read back from its Case; what cannot be read is refused with a coded reason."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cognoscope.apps.records.coding.biology import Result, canonical
from cognoscope.apps.records.coding.knowledge import bare, dotted
from cognoscope.core.case import Case, Table
from cognoscope.core.errors import InvalidInput

KIND = "coding-stay"
OLDEST = 130
SHORTEST_TEXT = 30


@dataclass(frozen=True)
class Coded:
    """A diagnosis that the stay already carries; `role` is `dp`, `das`, `dr` or empty. `row` is its row in the case."""

    code: str
    role: str
    row: int


@dataclass(frozen=True)
class Given:
    """A drug by its ATC code, or an act by its CCAM code, and its row in the case."""

    code: str
    row: int


@dataclass(frozen=True)
class Read:
    """A mention of the reading (see `intake.reading.mention`) in report `note`."""

    note: int
    start: int
    stop: int
    group: str
    label: str
    code: str
    status: str
    severity: str
    negated: bool
    hypothesis: bool
    family: bool
    history: bool
    row: int


@dataclass(frozen=True)
class Known:
    """What the hospital's own nomenclature says of a code; `exists` is None where no nomenclature was there."""

    label: str
    exists: bool | None


@dataclass(frozen=True)
class Pair:
    """In how many other stays a code family and a token were seen, together and alone."""

    family: str
    token: str
    stays: int
    with_code: int
    with_token: int
    with_both: int
    row: int


@dataclass(frozen=True)
class Stay:
    """Everything known of a stay. `age` in years, `sex` `m`, `f` or empty."""

    age: int | None
    sex: str
    notes: tuple[str, ...] = ()
    mentions: tuple[Read, ...] = ()
    coded: tuple[Coded, ...] = ()
    drugs: tuple[Given, ...] = ()
    acts: tuple[Given, ...] = ()
    results: tuple[Result, ...] = ()
    known: Mapping[str, Known] = field(default_factory=dict)
    pairs: tuple[Pair, ...] = ()

    @cached_property
    def results_by_label(self) -> Mapping[str, list[Result]]:
        """Results of each kind, in the order of the case."""
        found: dict[str, list[Result]] = defaultdict(list)
        for result in self.results:
            found[result.label].append(result)
        return found

    @cached_property
    def pairs_by_family(self) -> Mapping[str, list[Pair]]:
        """Co-occurrences of each code family."""
        found: dict[str, list[Pair]] = defaultdict(list)
        for pair in self.pairs:
            found[pair.family].append(pair)
        return found


def read_stay(case: Case) -> Stay:
    """The stay of a case.

    Raises:
        InvalidInput: its message is a reason code: `another-case`, `unreadable`, `out-of-range`, `empty`, `too-short`.
    """
    if case.kind != KIND:
        raise InvalidInput("another-case")
    try:
        stay = Stay(
            age=_age(case.fact("age_years")),
            sex=_sex(case.fact("sex")),
            notes=tuple(str(row["note_text"] or "") for row in _records(case.table("note"))),
            mentions=tuple(_read(row, index) for index, row in enumerate(_records(case.table("mention")))),
            coded=tuple(
                Coded(dotted(_text(row["code"])), str(row.get("role") or "").lower(), index)
                for index, row in enumerate(_records(case.table("diagnosis")))
            ),
            drugs=_given(case.table("drug"), "atc"),
            acts=_given(case.table("act"), "code"),
            results=tuple(
                result
                for index, row in enumerate(_records(case.table("biology")))
                if (result := canonical(_text(row["label"]), row["value"], str(row.get("unit") or ""), index))
            ),
            known={
                bare(_text(row["code"])): Known(str(row["label"] or ""), row["exists"])
                for row in _records(case.table("nomenclature"))
            },
            pairs=tuple(
                Pair(
                    family=_text(row["family"]),
                    token=_text(row["token"]),
                    stays=int(row["stays"]),
                    with_code=int(row["with_code"]),
                    with_token=int(row["with_token"]),
                    with_both=int(row["with_both"]),
                    row=index,
                )
                for index, row in enumerate(_records(case.table("association")))
            ),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput("unreadable") from error
    for mention in stay.mentions:
        if not 0 <= mention.note < len(stay.notes) or not 0 <= mention.start < mention.stop <= len(
            stay.notes[mention.note]
        ):
            raise InvalidInput("unreadable")
    if not any((stay.notes, stay.coded, stay.drugs, stay.acts, stay.results)):
        raise InvalidInput("empty")
    written = sum(len(note.strip()) for note in stay.notes)
    if written < SHORTEST_TEXT and not any((stay.coded, stay.drugs, stay.acts, stay.results)):
        raise InvalidInput("too-short")
    return stay


def _records(table: Table | None) -> list[dict[str, Any]]:
    if table is None:
        return []
    names = [column.name for column in table.columns]
    return [
        dict(zip(names, cells, strict=True)) for cells in zip(*(column.values for column in table.columns), strict=True)
    ]


def _given(table: Table | None, column: str) -> tuple[Given, ...]:
    return tuple(Given(bare(_text(row[column])), index) for index, row in enumerate(_records(table)))


def _read(row: dict[str, Any], index: int) -> Read:
    return Read(
        note=int(row["note"]),
        start=int(row["start"]),
        stop=int(row["stop"]),
        group=str(row["group"] or ""),
        label=str(row["label"] or ""),
        code=str(row["code"] or ""),
        status=str(row["status"] or ""),
        severity=str(row["severity"] or ""),
        negated=bool(row["negated"]) or bool(row["reported"]),
        hypothesis=bool(row["hypothesis"]),
        family=bool(row["family"]),
        history=bool(row["history"]),
        row=index,
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("not a text")
    return value.strip()


def _age(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not an age")
    if not 0 <= value <= OLDEST:
        raise InvalidInput("out-of-range")
    return int(value)


def _sex(value: Any) -> str:
    sex = str(value or "").strip().lower()[:1]
    return {"f": "f", "w": "f", "m": "m", "h": "m"}.get(sex, "")
