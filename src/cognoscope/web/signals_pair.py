"""One pair: its contingency table, measures, subgroups, quarters, masking and reports."""

import math
from datetime import date

import numpy as np

from cognoscope.apps.pharmacy.signals.model import Judged
from cognoscope.apps.pharmacy.signals.reading import Reading
from cognoscope.core.case import Case, Cell
from cognoscope.intake.reports.strata import AGE_BANDS
from cognoscope.methods.disproportionality.counts import Counts
from cognoscope.methods.disproportionality.ratios import ror
from cognoscope.web import words
from cognoscope.web.forest import ForestView, forest
from cognoscope.web.signals_view import Line, Measure, PairView, Quarter, Within, line_of, quarter_label

SOURCES = {
    "PRR": "Evans 2001",
    "ROR": "van Puijenbroek 2002",
    "EBGM": "DuMouchel 1999",
    "IC": "Norén 2013",
    "BCPNN": "Bate 1998",
}


def pair_view(case: Case, reading: Reading, judged: Judged, index: int, language: str) -> PairView:
    """Everything that the case knows of one candidate."""
    line = line_of(reading, judged, index, None, language)
    within, drawn = _subgroups(case, index, language)
    return PairView(
        line=line,
        cells=_contingency(reading.counts, index, language),
        measures=_measures(judged, index, language),
        subgroups=within,
        drawn=drawn,
        quarters=_quarters(case, index, language),
        reports=_reports(case, index, language),
        masking=_masking(reading, judged, index, line, language),
    )


def _contingency(counts: Counts, index: int, language: str) -> list[list[str]]:
    """Rows: with the drug, with other drugs, all; columns: with the reaction, with others, all."""
    a, drug, reaction, total = (
        float(each[index]) for each in (counts.both, counts.drug, counts.reaction, counts.total)
    )
    rows = (
        (a, drug - a, drug),
        (reaction - a, total - drug - reaction + a, total - drug),
        (reaction, total - reaction, total),
    )
    return [[words.number(cell, language) for cell in row] for row in rows]


def _measures(judged: Judged, index: int, language: str) -> list[Measure]:
    m = judged.measures
    rows = (
        ("EBGM", m.ebgm, m.eb05, m.eb95),
        ("ROR", m.ror, m.ror_low, m.ror_high),
        ("PRR", m.prr, m.prr_low, m.prr_high),
        ("IC", m.ic, m.ic_low, m.ic_high),
        ("BCPNN", m.bcpnn, m.bcpnn_low, m.bcpnn_high),
    )
    found = []
    for name, value, low, high in rows:
        shown = [_shown(float(each[index]), language) for each in (value, low, high)]
        found.append(Measure(name, shown[0], f"{shown[1]} – {shown[2]}", SOURCES[name]))
    found.append(Measure("χ² (Yates)", _shown(float(m.chi_square[index]), language), "", "Yates 1934"))
    found.append(Measure("ln LR", _shown(float(m.log_likelihood_ratio[index]), language), "", "Huang 2011"))
    return found


def _shown(value: float, language: str) -> str:
    if math.isnan(value):
        return "–"
    return "∞" if math.isinf(value) else words.number(value, language, 2)


def _rows(case: Case, table: str, index: int) -> list[dict[str, Cell]]:
    held = case.table(table)
    pairs = held.column("pair") if held else None
    if held is None or pairs is None:
        return []
    places = [place for place, pair in enumerate(pairs.values) if pair == index]
    return [{column.name: column.values[place] for column in held.columns} for place in places]


def _subgroups(case: Case, index: int, language: str) -> tuple[list[Within], ForestView | None]:
    rows = sorted(_rows(case, "subgroup", index), key=_by_age)
    if not rows:
        return [], None
    names = ("both", "drug_reports", "reaction_reports", "total")
    columns = [np.array([float(row[name] or 0) for row in rows]) for name in names]
    found = ror(Counts(*columns))
    bounds = zip(found.value, found.low, found.high, strict=True)
    estimates = [(float(value), float(low), float(high)) for value, low, high in bounds]
    drawn = forest(estimates, 1.0, language, logarithmic=True)
    figures = drawn.rows if drawn else [None] * len(rows)
    within = []
    for row, one, figure in zip(rows, estimates, figures, strict=True):
        if row["total"]:
            said = words.number(float(row["both"] or 0), language)
            value = _shown(one[0], language) if row["both"] else "–"
            within.append(Within(str(row["kind"]), str(row["level"]), said, value, figure))
    return within, drawn


def _by_age(row: dict[str, Cell]) -> int:
    """Age bands from young to old, before years; everything else stays where it is."""
    kind, level = row["kind"], str(row["level"])
    if kind == "age_band" and level in AGE_BANDS:
        return 1 + AGE_BANDS.index(level)
    return 0 if kind == "sex" else 1 + len(AGE_BANDS)


def _quarters(case: Case, index: int, language: str) -> list[Quarter]:
    """Consecutive quarters, those without a report included."""
    known = {date.fromisoformat(str(row["start"])): int(row["both"] or 0) for row in _rows(case, "quarter", index)}
    if not known:
        return []
    first, last = min(known), max(known)
    places = range(first.year * 4 + (first.month - 1) // 3, last.year * 4 + (last.month - 1) // 3 + 1)
    starts = [date(place // 4, place % 4 * 3 + 1, 1) for place in places]
    most, width = max(known.values()), 100 / len(starts)
    bars = []
    for number, start in enumerate(starts):
        reports = known.get(start, 0)
        at, height = round(number * width + width * 0.1, 2), round(90 * reports / most, 1)
        bars.append(Quarter(quarter_label(start, language), reports, at, round(width * 0.8, 2), height))
    return bars


def _reports(case: Case, index: int, language: str) -> list[list[str]]:
    rows = _rows(case, "report", index)
    return [
        [str(row["report"]), *(words.cell(row[name], language, "date" if name == "month" else "text") for name in
         ("month", "sex", "age_band", "country", "serious"))]
        for row in rows
    ]  # fmt: skip


def _masking(
    reading: Reading, judged: Judged, index: int, line: Line, language: str
) -> tuple[str, str, str, str] | None:
    """The masking drug, EBGM without its reports, its interval, and the masking ratio."""
    if not reading.masked_by[index]:
        return None
    value, low, high = (_shown(float(each[index]), language) for each in judged.unmasked)
    ratio = _shown(float(judged.masking_ratio[index]), language)
    return reading.masked_by[index], value, f"{low} – {high}", ratio
