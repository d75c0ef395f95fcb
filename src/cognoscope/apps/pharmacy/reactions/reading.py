"""A declaration as it was read: the case taken apart, before anything is said of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cognoscope.apps.pharmacy.reactions.contract import KIND
from cognoscope.apps.pharmacy.reactions.declaration import LONGEST
from cognoscope.apps.pharmacy.reactions.language import READ
from cognoscope.apps.pharmacy.reactions.tokens import Token, tokens_of
from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput

Span = tuple[int, int]
SHORTEST = 3
"""Words from which something can be read."""


@dataclass
class Reaction:
    """Something that happened to the patient. `row`: its row in the case's `term`, None where no terminology is
    loaded.
    """

    code: str
    spans: list[Span]
    sentence: int
    certainty: float
    source: str
    row: int | None = None
    key: str = ""
    onset: str = ""
    onset_span: Span | None = None
    latency_days: float | None = None
    outcome: str = ""
    outcome_span: Span | None = None
    grade: int | None = None
    grade_basis: str = ""
    grade_span: Span | None = None
    frequency: str = ""
    frequency_rows: list[int] = field(default_factory=list)
    expected: bool | None = None
    serious: bool = False


@dataclass
class Aside:
    """A reaction that was read and does not count, and why."""

    code: str
    spans: list[Span]
    qualifiers: tuple[str, ...]
    row: int | None = None
    key: str = ""


@dataclass
class Drug:
    """A medicine named; `rows`: its candidates in the case's `medicine`, several where the name is ambiguous."""

    said: str
    status: str
    spans: list[Span]
    sentences: list[int]
    rows: list[int]
    label: str = ""
    substances: str = ""
    atc: str = ""
    cis: str = ""
    form: str = ""
    route: str = ""
    key: str = ""
    role: str = "suspect"
    weight: float = 0.0
    certainty: float = 0.5
    role_span: Span | None = None
    dose: str = ""
    dose_value: float | None = None
    dose_unit: str = ""
    dose_span: Span | None = None
    started: str = ""
    started_span: Span | None = None
    stopped: str = ""
    action: str = ""
    action_span: Span | None = None
    dechallenge: str = ""
    rechallenge: str = ""
    rechallenge_span: Span | None = None
    indication: str = ""
    latency_days: float | None = None


@dataclass(frozen=True)
class Criterion:
    """A criterion of ICH E2A with the words that justify it, or the reactions that do (`reactions`: their keys)."""

    key: str
    spans: tuple[Span, ...]
    reactions: tuple[str, ...]
    certainty: float


@dataclass(frozen=True)
class Note:
    """The text that is read, as words, and the facts and rows of the case."""

    text: str
    words: list[Token]
    facts: Mapping[str, Any]
    medicine: list[dict[str, Any]]
    mention: list[dict[str, Any]]
    term: list[dict[str, Any]]
    frequency: list[dict[str, Any]]
    whole: bool

    def first_at(self, start: int) -> int:
        """The number of the first word that does not end before a character."""
        low, high = 0, len(self.words)
        while low < high:
            middle = (low + high) // 2
            if self.words[middle].stop <= start:
                low = middle + 1
            else:
                high = middle
        return low


def read_note(case: Case) -> Note:
    """The declaration of a case.

    Raises:
        InvalidInput: with the code of the abstention as its message: `another-case`, `empty`, `too-short`,
            `out-of-range`, `other-language`, `unreadable`.
    """
    if case.kind != KIND:
        raise InvalidInput("another-case")
    facts = {fact.name: fact.value for fact in case.facts}
    age = facts.get("age_years")
    if age is not None and (isinstance(age, bool | str) or not 0 <= age <= 130):
        raise InvalidInput("out-of-range")
    tables = {table.name: table for table in case.tables}
    try:
        rows = {name: _rows(tables.get(name)) for name in ("note", "medicine", "mention", "term", "frequency")}
        note = rows["note"][0]["note_text"] if rows["note"] else ""
        if not isinstance(note, str):
            raise InvalidInput("unreadable")
        text = note[:LONGEST]
        for row in (*rows["medicine"], *rows["mention"]):
            if not 0 <= row["start"] < row["stop"] <= len(text):
                raise InvalidInput("unreadable")
        if any(not isinstance(row["code"], str) for row in (*rows["mention"], *rows["term"], *rows["frequency"])):
            raise InvalidInput("unreadable")
    except (KeyError, TypeError) as error:
        raise InvalidInput("unreadable") from error
    if not text.strip():
        raise InvalidInput("empty")
    if facts.get("language", "fr") not in READ:
        raise InvalidInput("other-language")
    words = tokens_of(text)
    if len(words) < SHORTEST and not rows["mention"]:
        raise InvalidInput("too-short" if words else "unreadable")
    return Note(
        text=text,
        words=words,
        facts=facts,
        medicine=rows["medicine"],
        mention=rows["mention"],
        term=rows["term"],
        frequency=rows["frequency"],
        whole=len(note) <= LONGEST,
    )


def _rows(table: Any) -> list[dict[str, Any]]:
    if table is None:
        return []
    return [{column.name: column.values[number] for column in table.columns} for number in range(table.rows)]
