"""Builds the Case of one look at a database of reports: its strongest pairs, and the counts that they are judged by.

Tables: `pair` (one row a candidate, strongest first: its key, names, counts, expected count, and what a masking drug
takes away), `cell` (all pairs of the database, those without a report included, put together by count and expected
count: what the prior is fitted to), `subgroup` (the pair's counts within one sex, age band or year), `quarter`,
`report` (the latest reports, by pseudonym). Facts: reports, period, what was left out, terminology. Nothing received
in a month after that of `as_of`.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cognoscope.apps.pharmacy.signals.candidates import Candidates, choose
from cognoscope.apps.pharmacy.signals.pair_key import pair_key
from cognoscope.apps.pharmacy.signals.rules import Rules, rules
from cognoscope.core.case import Case, Cell, Column, Fact, Table
from cognoscope.intake.reports.pair_counts import PairCounts
from cognoscope.intake.reports.strata import stratum_of
from cognoscope.methods.disproportionality.squashing import rougher, squash

KIND = "signal-screening"
SUBJECT = "unit:pharmacovigilance"
CELL_WIDTH = 0.1
"""Natural logarithm of the range of expected counts put together for the prior; moves EBGM by under 1 in 1,000."""

TABLES: dict[str, dict[str, str]] = {
    "pair": {
        **dict.fromkeys(("key", "drug", "reaction", "soc"), "text"),
        **dict.fromkeys(("both", "drug_reports", "reaction_reports", "total"), "integer"),
        "expected": "number",
        "masked_by": "text",
        **dict.fromkeys(("mask_both", "mask_drug", "mask_reaction", "mask_total"), "integer"),
    },
    "cell": {"observed": "number", "expected": "number", "weight": "integer"},
    "subgroup": {
        "pair": "integer",
        **dict.fromkeys(("kind", "level"), "text"),
        **dict.fromkeys(("both", "drug_reports", "reaction_reports", "total"), "integer"),
    },
    "quarter": {"pair": "integer", "start": "date", "both": "integer"},
    "report": {
        "pair": "integer",
        "report": "text",
        "month": "date",
        **dict.fromkeys(("sex", "age_band", "country"), "text"),
        "serious": "boolean",
    },
}
Reports = Callable[[Sequence[tuple[str, str]]], pd.DataFrame]
Shared = Callable[[Sequence[tuple[str, str, str]]], pd.DataFrame]
Soc = Callable[[str], str]


def build_case(
    counts: PairCounts,
    as_of: datetime,
    reports: Reports | None = None,
    shared: Shared | None = None,
    soc: Soc = lambda reaction: "",
    terminology: str = "",
    source: str = "",
) -> Case:
    """The case of a counted database.

    Args:
        counts: all pairs.
        as_of: nothing in `counts` was received in a later month.
        reports: gives the reports of some pairs (`pair_reports.reports_of`); without it there are counts alone.
        shared: gives what a masking drug shares with some pairs (`pair_reports.shared_with`).
        soc: the system organ class of a reaction, empty where unknown.
        terminology: name and edition of the terminology that gave the classes.
    """
    rule = rules()
    found = choose(counts, rule, shared)
    names = [(counts.drugs[d], counts.reactions[r]) for d, r in zip(found.drug_of, found.reaction_of, strict=True)]
    listed = reports(names) if reports is not None and names else None
    tables = [_table("pair", _pairs(names, found, soc)), _table("cell", _cells(counts))]
    if listed is not None:
        tables += [
            _table("subgroup", _subgroups(counts, found, listed)),
            _table("quarter", _quarters(listed)),
            _table("report", _reports(listed, rule)),
        ]
    left = counts.left_out
    facts = {
        "reports": counts.reports,
        "pairs": len(counts.both),
        "drugs": len(counts.drugs),
        "reactions": len(counts.reactions),
        "first_month": _day(counts.first_month),
        "last_month": _day(counts.last_month),
        "duplicates": left.duplicates,
        "superseded": left.superseded,
        "removed": left.removed,
        "strata": len(counts.strata),
        "terminology": terminology,
    }
    kept = tuple(table for table in tables if table.rows)
    said = tuple(Fact(name=name, value=value) for name, value in facts.items())
    return Case(kind=KIND, subject=SUBJECT, as_of=as_of, facts=said, tables=kept, source=source)


def cases_from_file(path: Path, as_of: datetime) -> list[Case]:
    """The case of a table of reports or of counts (drug, ae, n11), or of a folder of FAERS or VigiBase files.

    Raises:
        InvalidInput: it is none of these.
    """
    from cognoscope.apps.pharmacy.signals.case_file import case_of_file

    return [case_of_file(path, as_of)]


def cases_from_warehouse(warehouse: Any, as_of: datetime) -> list[Case]:
    """The case of all reports that the hospital has taken in, if there are any."""
    from cognoscope.apps.pharmacy.signals.case_warehouse import case_of_warehouse

    case = case_of_warehouse(warehouse, as_of)
    return [case] if case is not None else []


def _pairs(names: Sequence[tuple[str, str]], found: Candidates, soc: Soc) -> list[tuple[Cell, ...]]:
    return [
        (
            pair_key(drug, reaction),
            drug,
            reaction,
            soc(reaction),
            *(int(each[index]) for each in (found.both, found.drug, found.reaction, found.total)),
            round(float(found.expected[index]), 9),
            found.masked_by[index],
            *(int(each[index]) for each in found.masking),
        )
        for index, (drug, reaction) in enumerate(names)
    ]


def _cells(counts: PairCounts) -> list[tuple[Cell, ...]]:
    if not len(counts.both):
        return []
    cells = rougher(squash(counts.both, counts.expected(), counts.shares(), counts.reaction_strata), CELL_WIDTH)
    columns = zip(cells.observed, cells.expected, cells.weight, strict=True)
    return [(float(f"{n:.6g}"), float(f"{e:.9g}"), round(w)) for n, e, w in columns]


def _subgroups(counts: PairCounts, found: Candidates, listed: pd.DataFrame) -> list[tuple[Cell, ...]]:
    """Within each level of sex, age band and year: the pair's table."""
    known = [stratum_of(int(code)) for code in counts.strata]
    both = np.zeros((len(found.both), len(known)))
    place = {int(code): index for index, code in enumerate(counts.strata)}
    np.add.at(both, (listed["pair"].to_numpy(np.int64), listed["stratum"].map(place).to_numpy(np.int64)), 1.0)
    rows: list[tuple[Cell, ...]] = []
    for kind in ("sex", "age_band", "year"):
        levels = np.array([str(getattr(each, kind) or "") for each in known])
        for level in sorted({each for each in levels.tolist() if each}):
            inside = levels == level
            columns = (
                both[:, inside].sum(axis=1),
                counts.drug_strata[found.drug_of][:, inside].sum(axis=1),
                counts.reaction_strata[found.reaction_of][:, inside].sum(axis=1),
            )
            total = int(counts.totals[inside].sum())
            rows += [
                (pair, kind, level, *map(int, values), total) for pair, values in enumerate(zip(*columns, strict=True))
            ]
    return sorted(rows, key=lambda row: row[0])  # type: ignore[arg-type, return-value]


def _quarters(listed: pd.DataFrame) -> list[tuple[Cell, ...]]:
    dated = listed.dropna(subset=["month"])
    starts = pd.to_datetime(dated["month"]).dt.to_period("Q").dt.start_time
    counted = pd.DataFrame({"pair": dated["pair"], "start": starts}).value_counts(sort=False).reset_index(name="both")
    rows: list[dict[Any, Any]] = counted.sort_values(["pair", "start"]).to_dict("records")
    return [(int(row["pair"]), f"{row['start']:%Y-%m-%d}", int(row["both"])) for row in rows]


def _reports(listed: pd.DataFrame, rule: Rules) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    found: list[dict[Any, Any]] = listed.groupby("pair", sort=True).head(rule.reports_shown).to_dict("records")
    for row in found:
        known = {name: None if pd.isna(value) else value for name, value in row.items()}
        month = f"{known['month']:%Y-%m-%d}" if known["month"] is not None else None
        texts = (known["sex"], known["age_band"], known["country"])
        serious = None if known["serious"] is None else bool(known["serious"])
        rows.append((int(row["pair"]), row["report"], month, *texts, serious))
    return rows


def _table(name: str, rows: Sequence[tuple[Cell, ...]]) -> Table:
    columns: list[Column] = []
    for index, (column, kind) in enumerate(TABLES[name].items()):
        columns.append(Column(name=column, type=kind, values=tuple(row[index] for row in rows)))
    return Table(name=name, columns=tuple(columns))


def _day(month: date | None) -> str | None:
    return month.isoformat() if month else None
