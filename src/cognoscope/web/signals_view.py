"""The signals of the latest case in words and figures, for the pages `/signals`."""

from dataclasses import dataclass, field
from datetime import date

from cognoscope.apps.pharmacy.signals.case import SUBJECT
from cognoscope.apps.pharmacy.signals.model import Judged, judge
from cognoscope.apps.pharmacy.signals.proposing import QUESTION, scores
from cognoscope.apps.pharmacy.signals.reading import Reading, read
from cognoscope.apps.pharmacy.signals.rules import rules
from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.core.ledger import Ledger
from cognoscope.core.proposal import Proposal
from cognoscope.core.queries import latest
from cognoscope.web import words
from cognoscope.web.forest import ForestRow, ForestView, forest
from cognoscope.web.recall import Recent, read_case

NAME = "pharmacy.signals"


@dataclass(frozen=True)
class Look:
    """The latest proposal, its case, and the case measured (None where it abstained)."""

    proposal: Proposal
    case: Case
    reading: Reading | None
    judged: Judged | None


_LOOKS: Recent[Look] = Recent(4)


def look(ledger: Ledger) -> Look | None:
    """What was last proposed, or None."""
    made = latest(ledger, NAME, SUBJECT, QUESTION)
    return _LOOKS.get(ledger, made.proposal.digest, lambda _, __: _read(ledger, made.proposal)) if made else None


def _read(ledger: Ledger, proposal: Proposal) -> Look | None:
    case = read_case(ledger, proposal.case_digest)
    if case is None:
        return None
    try:
        reading = read(case, rules().fewest_reports)
        return Look(proposal, case, reading, judge(reading, rules()))
    except InvalidInput:
        return Look(proposal, case, None, None)


@dataclass(frozen=True)
class Line:
    """A pair of the list. `new`: waits for a decision; `signal`: passes the rules."""

    key: str
    drug: str
    reaction: str
    soc: str
    reports: str
    expected: str
    times: str
    ic: str
    new: bool
    signal: bool
    without: str
    drawn: ForestRow | None = None


@dataclass(frozen=True)
class Asked:
    """The filters."""

    drug: str = ""
    reaction: str = ""
    soc: str = ""
    every: bool = False


@dataclass(frozen=True)
class Listed:
    """Lines with the scale of their figures, and the classes that can be chosen."""

    lines: list[Line]
    drawn: ForestView | None
    socs: list[str]
    candidates: int


def listed(reading: Reading, judged: Judged, asked: Asked, language: str) -> Listed:
    """The pairs that match, strongest first."""
    chosen = [int(index) for index in judged.order() if _matches(reading, judged, int(index), asked)]
    drawn = forest([scores(judged, index) for index in chosen], 1.0, language, logarithmic=True)
    rows = drawn.rows if drawn else [None] * len(chosen)
    lines = [line_of(reading, judged, index, row, language) for index, row in zip(chosen, rows, strict=True)]
    return Listed(lines, drawn, sorted({soc for soc in reading.socs if soc}), len(reading.keys))


def _matches(reading: Reading, judged: Judged, index: int, asked: Asked) -> bool:
    return (
        (asked.every or bool(judged.new[index]))
        and asked.drug.casefold() in reading.drugs[index].casefold()
        and asked.reaction.casefold() in reading.reactions[index].casefold()
        and asked.soc in ("", reading.socs[index])
    )


def line_of(reading: Reading, judged: Judged, index: int, row: ForestRow | None, language: str) -> Line:
    """A candidate as a line of the list."""
    value = scores(judged, index)[0]
    return Line(
        key=reading.keys[index],
        drug=reading.drugs[index],
        reaction=reading.reactions[index],
        soc=reading.socs[index],
        reports=words.number(judged.reports[index], language),
        expected=words.number(judged.expected[index], language, 1),
        times=words.number(value, language, 1),
        ic=words.number(judged.ic_low[index], language, 2),
        new=bool(judged.new[index]),
        signal=bool(judged.signal[index] or judged.uncovered[index]),
        without=reading.masked_by[index] if judged.uncovered[index] else "",
        drawn=row,
    )


@dataclass(frozen=True)
class Measure:
    """One measure in words: its name, value and interval."""

    name: str
    value: str
    interval: str
    source: str


@dataclass(frozen=True)
class Within:
    """The pair within one sex, age band or year."""

    kind: str
    level: str
    reports: str
    ror: str
    drawn: ForestRow | None


@dataclass(frozen=True)
class Quarter:
    """A bar: where it stands and how high, in percent; its quarter and number in words."""

    label: str
    reports: int
    at: float
    width: float
    height: float


@dataclass(frozen=True)
class PairView:
    """One pair with everything that is known of it."""

    line: Line
    cells: list[list[str]]
    measures: list[Measure]
    subgroups: list[Within] = field(default_factory=list)
    drawn: ForestView | None = None
    quarters: list[Quarter] = field(default_factory=list)
    reports: list[list[str]] = field(default_factory=list)
    masking: tuple[str, str, str, str] | None = None


def place_of(reading: Reading, key: str) -> int | None:
    """Where the pair of that key stands among the candidates."""
    return reading.keys.index(key) if key in reading.keys else None


def quarter_label(start: date, language: str) -> str:
    """`T1 2025`, in English `Q1 2025`."""
    return f"{'T' if language == 'fr' else 'Q'}{(start.month + 2) // 3} {start.year}"
