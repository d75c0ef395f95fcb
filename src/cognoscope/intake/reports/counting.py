"""Counting in DuckDB: every pair of a drug and a reaction over all reports, without doubles, by stratum."""

# Every name in these statements is one of this file.
# ruff: noqa: S608

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cognoscope.intake.reports.pair_counts import LeftOut, PairCounts

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Array = NDArray[np.float64]
SUSPECT = ("suspect", "interacting")
"""Roles that count; a drug that was merely taken too is not suspected by the reporter."""

DENSE = 150_000_000
"""Cells up to which pairs are put in order by writing them into the whole table."""


def count_pairs(
    database: "DuckDBPyConnection", as_of: date, since: date | None = None, roles: Sequence[str] = SUSPECT
) -> PairCounts:
    """Count reports by drug, reaction and stratum.

    A case counts once: in its latest version, unless it was withdrawn, and not again when another case has the same
    fingerprint (same sex, exact age, day, country, drugs and reactions; the earliest number counts). A report counts
    once a pair however often it names the drug.

    Args:
        database: with the tables or views `adverse_report`, `report_drug`, `report_reaction`, `report_removed`.
        as_of: months that begin later are left out.
        since: months before it are left out, where given.
        roles: of the drugs that count.
    """
    left_out = _leave_out(database, as_of, since)
    allowed = ", ".join(f"'{role}'" for role in roles if role.isalpha())
    _encode(database, "drug", f"role IN ({allowed or 'NULL'})")
    _encode(database, "reaction", "true")
    drugs, reactions = (_names(database, kind) for kind in ("drug", "reaction"))
    strata, totals = _totals(database)
    drug_of, reaction_of, both = _pairs(database, len(drugs), len(reactions))
    margins = [_margins(database, kind, strata) for kind in ("drug", "reaction")]
    first, last = _row(
        database,
        "SELECT min(received_month), max(received_month) FROM adverse_report ANTI JOIN left_out USING (report_id)",
    )
    for table in ("row_drug", "row_reaction", "name_drug", "name_reaction"):
        database.execute(f"DROP TABLE {table}")
    return PairCounts(
        drugs, reactions, drug_of, reaction_of, both, margins[0], margins[1], totals, strata, first, last, left_out
    )


def _leave_out(database: "DuckDBPyConnection", as_of: date, since: date | None) -> LeftOut:
    """Make the temporary table `left_out` (report_id, why); few reports are in it."""
    _repeated(database, "case_id")
    database.execute(
        """CREATE OR REPLACE TEMP TABLE left_out AS
        WITH ranked AS (
          SELECT report_id, row_number() OVER (PARTITION BY case_id ORDER BY version DESC, report_id) AS place
          FROM adverse_report SEMI JOIN repeated_case_id USING (case_id)
          WHERE received_month IS NULL OR received_month <= $as_of),
        period AS (
          SELECT report_id FROM adverse_report
          WHERE received_month > $as_of OR received_month < coalesce($since, received_month)),
        removed AS (SELECT report_id FROM adverse_report SEMI JOIN report_removed USING (case_id))
        SELECT report_id, min(why) AS why FROM (
          SELECT report_id, 'later' AS why FROM period
          UNION ALL SELECT report_id, 'removed' FROM removed
          UNION ALL SELECT report_id, 'superseded' FROM ranked WHERE place > 1)
        GROUP BY report_id""",
        {"as_of": as_of, "since": since},
    )
    _repeated(database, "fingerprint")
    database.execute(
        """INSERT INTO left_out
        SELECT report_id, 'duplicate' FROM adverse_report ANTI JOIN left_out USING (report_id)
        SEMI JOIN repeated_fingerprint USING (fingerprint)
        QUALIFY row_number() OVER (PARTITION BY fingerprint ORDER BY received_month, report_id) > 1"""
    )
    found: dict[str, int] = dict(database.execute("SELECT why, count(*) FROM left_out GROUP BY why").fetchall())
    return LeftOut(
        found.get("superseded", 0), found.get("removed", 0), found.get("duplicate", 0), found.get("later", 0)
    )


def _repeated(database: "DuckDBPyConnection", column: str) -> None:
    """The temporary table of the values that several reports have; sorting finds them ten times faster than groups."""
    (values,) = _columns(database, f"SELECT {column} FROM adverse_report WHERE {column} IS NOT NULL")
    values = np.sort(values.astype(np.int64))
    twice = np.unique(values[1:][values[1:] == values[:-1]])
    database.register("several", pa.table({column: pa.array(twice, pa.int64())}))
    database.execute(f"CREATE OR REPLACE TEMP TABLE repeated_{column} AS SELECT * FROM several")
    database.unregister("several")


def _encode(database: "DuckDBPyConnection", kind: str, where: str) -> None:
    """Numbers instead of names: `name_<kind>` and the rows that count, `row_<kind>` (report_id, code, stratum)."""
    code = f"code_{kind[0]}"
    some = database.execute("SELECT 1 FROM left_out LIMIT 1").fetchone()
    rows = f"report_{kind} {'ANTI JOIN left_out USING (report_id)' if some else ''}"
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE name_{kind} AS SELECT {kind}, "
        f"(row_number() OVER (ORDER BY {kind}) - 1)::INTEGER AS {code} "
        f"FROM (SELECT DISTINCT {kind} FROM {rows} WHERE {where})"
    )
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE row_{kind} AS SELECT report_id, {code}, stratum::INTEGER AS stratum "
        f"FROM {rows} JOIN name_{kind} USING ({kind}) WHERE {where}"
    )


def _names(database: "DuckDBPyConnection", kind: str) -> tuple[str, ...]:
    return tuple(row[0] for row in database.execute(f"SELECT {kind} FROM name_{kind} ORDER BY 1").fetchall())


def _totals(database: "DuckDBPyConnection") -> tuple[NDArray[np.int64], Array]:
    """Strata, and reports in each."""
    strata, reports = _columns(
        database,
        "SELECT stratum, count(*) AS n FROM adverse_report ANTI JOIN left_out USING (report_id) "
        "GROUP BY stratum ORDER BY stratum",
    )
    return strata.astype(np.int64), reports.astype(np.float64)


def _margins(database: "DuckDBPyConnection", kind: str, strata: NDArray[np.int64]) -> Array:
    """(names, strata) reports."""
    codes, of_rows = _columns(database, f"SELECT code_{kind[0]} AS code, stratum FROM row_{kind}")
    names = int(_row(database, f"SELECT count(*) FROM name_{kind}")[0])
    place = np.zeros(int(strata.max(initial=0)) + 1, dtype=np.int32)
    place[strata] = np.arange(len(strata))
    cells = codes * np.int32(len(strata)) + place[of_rows]
    return np.bincount(cells, minlength=names * len(strata)).reshape(names, len(strata)).astype(np.float64)


def _pairs(
    database: "DuckDBPyConnection", drugs: int, reactions: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """The pairs by drug, then reaction, so that the same reports give the same bytes."""
    joined = f"code_d::BIGINT * {max(reactions, 1)} + code_r"
    pairs = "FROM row_drug JOIN row_reaction USING (report_id)"
    if drugs * reactions <= DENSE:
        # Counting into the whole table takes a third less time than grouping, and leaves the pairs in order.
        (cells,) = _columns(database, f"SELECT ({joined})::INTEGER AS cell {pairs}")
        table = np.bincount(cells, minlength=drugs * reactions)
        key = np.flatnonzero(table)
        both = table[key]
    else:
        key, both = _columns(
            database,
            f"SELECT {joined} AS cell, count(*) AS n {pairs} GROUP BY cell ORDER BY cell",
        )
    drug_of, reaction_of = np.divmod(key, max(reactions, 1))
    return drug_of, reaction_of, both.astype(np.float64)


def _columns(database: "DuckDBPyConnection", sql: str) -> tuple[NDArray[Any], ...]:
    return tuple(np.asarray(column) for column in database.execute(sql).fetchnumpy().values())


def _row(database: "DuckDBPyConnection", sql: str) -> tuple[Any, ...]:
    row = database.execute(sql).fetchone()
    assert row is not None
    return tuple(row)
