"""The proposal on a case: one row a new signal, each to be decided alone."""

from datetime import timedelta
from typing import Any

from cognoscope.apps.pharmacy.signals.card import CARD
from cognoscope.apps.pharmacy.signals.model import Judged, judge
from cognoscope.apps.pharmacy.signals.reading import Reading, read
from cognoscope.apps.pharmacy.signals.rules import Rules
from cognoscope.apps.pharmacy.signals.words import COLUMNS, NOTHING_NEW, SILENCE, TITLE, WOULD_CHANGE, headline
from cognoscope.core.case import Case, Cell
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evidence import FactPointer, Pointer, RowsPointer
from cognoscope.core.interval import Interval
from cognoscope.core.proposal import Abstention, Headline, Proposal
from cognoscope.core.values import Forest, TableRow, TableValue

QUESTION = "signals"
USEFUL_DAYS = 92
LEVEL = 0.9
"""Between EB05 and EB95."""


def proposal_on(case: Case, digest: str, rule: Rules) -> Proposal:
    """The strongest new signals, or why none was looked for."""
    frame: dict[str, Any] = {
        "application": CARD.name,
        "version": CARD.version,
        "model_digest": digest,
        "case_digest": case.digest,
        "subject": case.subject,
        "as_of": case.as_of,
        "useful_until": case.as_of + timedelta(days=USEFUL_DAYS),
        "question": QUESTION,
        "title": TITLE,
    }
    try:
        reading = read(case, rule.fewest_reports)
        judged = judge(reading, rule)
    except InvalidInput as error:
        code = str(error) if str(error) in SILENCE else "unreadable"
        return Proposal(**frame, abstention=Abstention(code=code, sentence=SILENCE[code]))
    order = [int(index) for index in judged.order() if judged.new[index]]
    shown = order[: rule.shown]
    rows = tuple(TableRow(key=reading.keys[index], cells=_cells(reading, judged, index)) for index in shown)
    value = TableValue(
        columns=COLUMNS,
        rows=rows,
        forest=Forest(estimate="ebgm", low="eb05", high="eb95", reference=1.0, logarithmic=True),
    )
    said = _headline(reading, judged, shown, len(order))
    return Proposal(**frame, headline=said, value=value, evidence=_evidence(case, shown), would_change=WOULD_CHANGE)


def _cells(reading: Reading, judged: Judged, index: int) -> tuple[Cell, ...]:
    value, low, high = scores(judged, index)
    return (
        f"{reading.drugs[index]} – {reading.reactions[index]}",
        int(judged.reports[index]),
        round(float(judged.expected[index]), 2),
        *(round(each, 2) for each in (value, low, high)),
        round(float(judged.ic_low[index]), 2),
        reading.masked_by[index] if judged.uncovered[index] else None,
    )


def scores(judged: Judged, index: int) -> tuple[float, float, float]:
    """EBGM, EB05 and EB95 of a candidate; of an uncovered one without the masking drug's reports."""
    found = (
        judged.unmasked
        if judged.uncovered[index]
        else (judged.measures.ebgm, judged.measures.eb05, judged.measures.eb95)
    )
    value, low, high = (float(each[index]) for each in found)
    return value, low, high


def _headline(reading: Reading, judged: Judged, shown: list[int], signals: int) -> Headline:
    if not shown:
        return Headline(text=NOTHING_NEW)
    first = shown[0]
    value, low, high = (round(each, 2) for each in scores(judged, first))
    without = reading.masked_by[first] if judged.uncovered[first] else ""
    pair = reading.drugs[first], reading.reactions[first]
    text = headline(*pair, signals, int(judged.reports[first]), value, without)
    interval = Interval(level=LEVEL, low=low, high=high)
    return Headline(element=reading.keys[first], text=text, expected=value, interval=interval, urgency=0.4)


def _evidence(case: Case, shown: list[int]) -> tuple[Pointer, ...]:
    """The contingency of each pair, its reports, and all cells that the prior rests on."""
    cited: list[Pointer] = [RowsPointer(table="pair", start=index, stop=index + 1) for index in shown]
    reports = case.table("report")
    column = reports.column("pair") if reports else None
    if column is not None:
        for index in shown:
            places = [place for place, pair in enumerate(column.values) if pair == index]
            if places:
                cited.append(RowsPointer(table="report", start=places[0], stop=places[-1] + 1))
    cells = case.table("cell")
    if cells is not None:
        cited.append(RowsPointer(table="cell", start=0, stop=cells.rows))
    return (*cited, FactPointer(fact="reports"))
