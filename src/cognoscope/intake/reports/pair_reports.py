"""The reports behind some pairs, and what a masking drug shares with them. To be asked after `count_pairs`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from cognoscope.intake.reports.counting import SUSPECT

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROLES = ", ".join(f"'{role}'" for role in SUSPECT)


def reports_of(database: "DuckDBPyConnection", pairs: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """The counted reports of each pair, latest first: pair, report, month, sex, age_band, country, serious, stratum.

    Args:
        database: as `count_pairs` left it.
        pairs: drug and reaction; `pair` is the place in this sequence.
    """
    _register(database, [(index, *pair) for index, pair in enumerate(pairs)], ("pair", "drug", "reaction"))
    found = database.execute(
        f"""SELECT wanted.pair, translate(printf('%016x', report_id), '0123456789', 'ghijklmnop') AS report,
          received_month AS month, sex, age_band, country, serious, adverse_report.stratum
        FROM wanted JOIN report_drug USING (drug) JOIN report_reaction USING (report_id, reaction)
        JOIN adverse_report USING (report_id) ANTI JOIN left_out USING (report_id)
        WHERE role IN ({ROLES}) ORDER BY pair, month DESC NULLS LAST, report_id"""  # noqa: S608 - our own names
    ).df()
    database.unregister("wanted")
    return found


def shared_with(database: "DuckDBPyConnection", wanted: Sequence[tuple[str, str, str]]) -> pd.DataFrame:
    """For each drug, reaction and masking drug: reports with all three (both) and with the two drugs (drug)."""
    rows = [(index, *each) for index, each in enumerate(wanted)]
    _register(database, rows, ("pair", "drug", "reaction", "masking"))
    found = database.execute(
        f"""WITH named AS (SELECT report_id, drug FROM report_drug ANTI JOIN left_out USING (report_id)
          WHERE role IN ({ROLES})),
        together AS (
          SELECT wanted.pair, wanted.reaction, one.report_id FROM wanted JOIN named one ON one.drug = wanted.drug
          JOIN named other ON other.drug = wanted.masking AND other.report_id = one.report_id)
        SELECT pair, count(report_reaction.report_id)::DOUBLE AS both, count(*)::DOUBLE AS drug
        FROM together LEFT JOIN report_reaction USING (report_id, reaction) GROUP BY pair"""  # noqa: S608 - our own
    ).df()
    database.unregister("wanted")
    return found.set_index("pair").reindex(range(len(wanted))).fillna(0.0)


def _register(database: "DuckDBPyConnection", rows: Sequence[tuple[object, ...]], names: tuple[str, ...]) -> None:
    kinds = [pa.int64(), *([pa.string()] * (len(names) - 1))]
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    arrays = [pa.array(list(column), kind) for column, kind in zip(columns, kinds, strict=True)]
    database.register("wanted", pa.table(arrays, names=list(names)))
