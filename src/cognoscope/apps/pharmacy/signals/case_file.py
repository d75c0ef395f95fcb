"""The case of files that no installation has taken in: a table of counts, a table of reports, FAERS, VigiBase."""

import csv
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from cognoscope.apps.pharmacy.signals.case import build_case
from cognoscope.apps.pharmacy.signals.case_warehouse import case_of_database
from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.intake.reports.in_memory import database_of
from cognoscope.intake.reports.pair_counts import PairCounts
from cognoscope.intake.reports.text_files import heading

COUNT = ("n11", "count", "n")
DRUG = ("drug", "medicament")
REACTION = ("ae", "reaction", "event", "effet")


def case_of_file(path: Path, as_of: datetime) -> Case:
    """The case of a file or folder.

    Raises:
        InvalidInput: it cannot be read; the message says where and what to do.
    """
    if path.is_file() and is_counts(path):
        return build_case(read_counts(path), as_of, source="file")
    with duckdb.connect() as database:
        database_of(path, as_of, database)
        case = case_of_database(database, as_of, source="file")
    if case is None:
        raise InvalidInput(f"{path.name} holds no usable report: each needs a case, a drug and a reaction.")
    return case


def is_counts(path: Path) -> bool:
    """Whether the file is a table of counts by pair."""
    names = {name.strip().casefold() for name in next(csv.reader([heading(path).replace("\t", ",")]), [])}
    return all(names & set(usual) for usual in (COUNT, DRUG, REACTION))


def read_counts(path: Path) -> PairCounts:
    """A table drug, ae, n11 (CSV or TSV, gzip too); margins are the sums over its pairs, as PhViD takes them.

    Raises:
        InvalidInput: a count is not a whole number above 0, or a pair comes twice.
    """
    try:
        rows = pd.read_csv(path, sep="\t" if "\t" in heading(path) else ",", dtype=str, keep_default_na=False)
        names = {name.strip().casefold(): name for name in rows.columns}
        drug, reaction, count = (
            rows[next(names[one] for one in usual if one in names)] for usual in (DRUG, REACTION, COUNT)
        )
        both = count.astype(np.int64)
    except (ValueError, StopIteration, OverflowError) as error:
        raise InvalidInput(f"{path.name}: the columns drug, ae and n11 are needed, n11 as whole numbers.") from error
    table = pd.DataFrame({"drug": drug, "reaction": reaction, "both": both})
    if (both < 0).any() or table.duplicated(["drug", "reaction"]).any():
        raise InvalidInput(f"{path.name}: a pair comes twice, or a count is below 0: send the table again.")
    return counts_of(table[both > 0])


def counts_of(table: pd.DataFrame) -> PairCounts:
    """Pairs (drug, reaction, both) as one stratum whose reports are the pairs' counts."""
    table = table.sort_values(["drug", "reaction"], kind="stable")
    drugs, reactions = sorted(set(table["drug"])), sorted(set(table["reaction"]))
    drug_of = np.searchsorted(np.array(drugs, dtype=object), table["drug"].to_numpy(object)).astype(np.int64)
    reaction_of = np.searchsorted(np.array(reactions, dtype=object), table["reaction"].to_numpy(object)).astype(
        np.int64
    )
    both = table["both"].to_numpy(np.float64)
    return PairCounts(
        tuple(drugs),
        tuple(reactions),
        drug_of,
        reaction_of,
        both,
        np.bincount(drug_of, weights=both, minlength=len(drugs)).astype(np.float64)[:, None],
        np.bincount(reaction_of, weights=both, minlength=len(reactions)).astype(np.float64)[:, None],
        np.array([both.sum()]),
        np.zeros(1, dtype=np.int64),
    )
