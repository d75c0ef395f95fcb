"""Sample cases of pharmacy.signals: an invented database of reports in which two pairs stand out, and one is masked."""

from datetime import UTC, date, datetime

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from cognoscope.apps.pharmacy.signals.case import build_case
from cognoscope.apps.pharmacy.signals.case_file import counts_of
from cognoscope.apps.pharmacy.signals.case_warehouse import case_of_database
from cognoscope.core.case import Case, Column, Fact, Table
from cognoscope.core.home import Home
from cognoscope.intake.cdm import TABLES
from cognoscope.intake.reports.strata import AGE_BANDS, SEXES
from cognoscope.intake.warehouse import open_warehouse

AS_OF = datetime(2026, 6, 15, tzinfo=UTC)
DRUGS = [f"Drug {letter}" for letter in "ABCDEFGHIJKLMN"]
REACTIONS = [f"Reaction {number:02d}" for number in range(24)]
STRONG = ("Drug C", "Reaction 07")
MASKED = ("Drug E", "Reaction 11")
MASKING = "Drug A"


def tables(reports: int = 4000, seed: int = 4, first: int = 2024, only_strong: bool = False) -> dict[str, pa.Table]:
    """Rows of the warehouse: invented reports with two planted pairs and a masking drug."""
    generator = np.random.default_rng(seed)
    rows: dict[str, list[tuple[object, ...]]] = {
        name: [] for name in ("adverse_report", "report_drug", "report_reaction")
    }
    for number in range(reports):
        drug = int(generator.integers(0, 14)) if generator.random() < 0.8 else 0
        chosen = {int(min(generator.exponential(5), 23))}
        if DRUGS[drug] == STRONG[0] and generator.random() < 0.15:
            chosen = {7}
        if not only_strong and DRUGS[drug] == MASKED[0] and generator.random() < 0.10:
            chosen = {11}
        if not only_strong and DRUGS[drug] == MASKING and generator.random() < 0.55:
            chosen = {11}
        key, sex, band = number + seed * 10**7, int(generator.integers(1, 3)), int(generator.integers(3, 8))
        month = date(first + number * 2 // reports, int(generator.integers(1, 13)), 1)
        stratum = month.year * 100 + band * 10 + sex
        rows["adverse_report"].append(
            (key, key, 1, "table", month, SEXES[sex], AGE_BANDS[band], "FR", number % 3 == 0, stratum, None)
        )
        rows["report_drug"].append((key, DRUGS[drug], "suspect", stratum))
        if generator.random() < 0.1:
            rows["report_drug"].append((key, DRUGS[(drug + 3) % 14], "suspect", stratum))
        rows["report_reaction"] += [(key, REACTIONS[each], stratum) for each in chosen]
    return {
        name: pa.table(
            [pa.array([row[i] for row in of_table]).cast(field.type) for i, field in enumerate(TABLES[name].schema)],
            TABLES[name].schema,
        )
        for name, of_table in rows.items()
    }


def case(reports: int = 4000, as_of: datetime = AS_OF) -> Case:
    """The case of such a database."""
    with duckdb.connect() as database:
        for name, rows in tables(reports).items():
            database.register("arriving", rows)
            database.execute(f"CREATE TABLE {name} AS SELECT * FROM arriving")
        database.execute("CREATE TABLE report_removed (case_id BIGINT)")
        found = case_of_database(database, as_of, source="file")
    assert found is not None
    return found


def usable() -> list[Case]:
    """Cases on which there is something to propose."""
    generator = np.random.default_rng(9)
    both = generator.poisson(generator.gamma(1.2, 12, (30, 40)))
    both[4, 9] += 160
    drug, reaction = np.nonzero(both)
    counts = pd.DataFrame(
        {
            "drug": [f"Produit {each:02d}" for each in drug],
            "reaction": [f"Effet {each:02d}" for each in reaction],
            "both": both[drug, reaction],
        }
    )
    return [case(), build_case(counts_of(counts), AS_OF, source="file")]


def abstaining() -> dict[str, Case]:
    """Cases on which there is nothing honest to say, by what is wrong with them."""
    normal = case()

    def with_pair(name: str, value: object) -> Case:
        changed = [
            Table(
                name=table.name,
                columns=tuple(
                    Column(name=column.name, type=column.type, values=(value,) * table.rows)  # type: ignore[arg-type]
                    if table.name == "pair" and column.name == name
                    else column
                    for column in table.columns
                ),
            )
            for table in normal.tables
        ]
        return normal.model_copy(update={"tables": tuple(changed)})

    return {
        "empty": Case(kind="signal-screening", subject="unit:pharmacovigilance", as_of=AS_OF),
        "too short": case(120),
        "out of range": with_pair("both", 10**9),
        "negative": with_pair("total", -1),
        "garbage": with_pair("both", "beaucoup"),
        "impossible number of reports": normal.model_copy(update={"facts": (Fact(name="reports", value=-5),)}),
        "no cells": normal.model_copy(update={"tables": tuple(t for t in normal.tables if t.name != "cell")}),
        "another's case": Case(kind="lung-scan", subject="person:abc", as_of=AS_OF),
    }


def happen(home: Home) -> datetime:
    """Let reports of the following year arrive, in which the strongest pair is seen again."""
    open_warehouse(home).commit("d" * 64, 0, tables(2500, seed=8, first=2027, only_strong=True))
    return datetime(2028, 12, 31, tzinfo=UTC)
