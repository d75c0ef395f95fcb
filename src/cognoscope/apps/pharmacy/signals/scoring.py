"""Scores of reference pairs from a table of reports (one outcome, several terms: a report counts once) or of labels."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cognoscope.apps.pharmacy.signals.reference_pairs import Scored, read_set, terms
from cognoscope.intake.reports.counting import count_pairs
from cognoscope.intake.reports.in_memory import database_of
from cognoscope.intake.reports.pairs import columns_of
from cognoscope.intake.reports.text_files import heading
from cognoscope.methods.disproportionality.counts import Counts
from cognoscope.methods.disproportionality.gamma_poisson import fit
from cognoscope.methods.disproportionality.screen import screen
from cognoscope.methods.disproportionality.squashing import squash

from datetime import UTC, datetime  # isort: skip

Array = NDArray[np.float64]
LATEST = datetime(2199, 12, 31, tzinfo=UTC)
SALTS = frozenset(
    (
        *("sodium", "potassium", "calcium", "hydrochloride", "sulfate", "tartrate"),
        *("maleate", "mesylate", "besylate", "acetate", "citrate"),
    )
)
LABELS = "meddra_all_se.tsv.gz"
DRUG_NAMES = "indications_drugbank.tsv.gz"


def report_tables(folder: Path) -> list[Path]:
    """Tables of reports (CASEID, DRUG, AE) of the folder."""
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name.endswith((".tsv.gz", ".csv.gz", ".tsv", ".csv"))
    ]
    return [path for path in files if {"case", "drug", "reaction"} <= set(columns_of(path)) and "AE" in heading(path)]


def from_reports(reference: Path, reports: Path) -> Scored:
    """EBGM's lower bound, ROR's lower bound, IC025 and PRR of each reference pair among the reports of a table."""
    pairs, known = read_set(reference), terms()
    with duckdb.connect() as database:
        database_of(reports, LATEST, database)
        counts = count_pairs(database, LATEST.date())
        both, drug, reaction = _outcome_counts(database, pairs, known)
    table = counts.counts()
    prior = fit(squash(table.both, counts.expected(), counts.shares(), counts.reaction_strata))
    usable = (drug > 0) & (reaction > 0)
    measured = Counts.of(both[usable], drug[usable], reaction[usable], float(counts.reports))
    found = screen(measured, measured.expected, prior)
    scores = {}
    for name, values in (("eb05", found.eb05), ("ic025", found.ic_low), ("prr", found.prr), ("reports", measured.both)):
        full = np.full(len(pairs), np.nan)
        full[usable] = values
        scores[name] = full
    truth = (pairs["groundTruth"] == "1").to_numpy()
    return Scored(reference.name, truth, pairs["outcomeName"].to_numpy(object), scores)


def from_labels(reference: Path, labels: Path) -> Scored:
    """Whether the drug's label lists one of the outcome's terms (SIDER); the reference was made from labels in part."""
    pairs, known = read_set(reference), terms()
    listed = pd.read_csv(labels, sep="\t", header=None, dtype=str, usecols=[0, 5], names=list("abcdef")).dropna()
    names = pd.read_csv(labels.parent / DRUG_NAMES, sep="\t", dtype=str)[["stitch_id_flat", "drugbank_name"]].dropna()
    stitch = dict(zip(names["drugbank_name"].str.casefold(), names["stitch_id_flat"], strict=True))
    held = {drug: set(effects.str.casefold()) for drug, effects in listed.groupby("a")["f"]}
    score = np.full(len(pairs), np.nan)
    for index, (drug, outcome) in enumerate(zip(pairs["exposureName"], pairs["outcomeName"], strict=True)):
        effects = held.get(stitch.get(drug.casefold(), ""))
        if effects is not None and outcome in known:
            score[index] = float(bool(effects & set(known[outcome])))
    truth = (pairs["groundTruth"] == "1").to_numpy()
    return Scored(reference.name, truth, pairs["outcomeName"].to_numpy(object), {"label": score})


def _outcome_counts(
    database: duckdb.DuckDBPyConnection, pairs: pd.DataFrame, known: dict[str, list[str]]
) -> tuple[Array, Array, Array]:
    """Reports with drug and outcome, with the drug, with the outcome."""
    drugs = database.execute("SELECT drug, report_id FROM report_drug WHERE role <> 'concomitant'").df()
    drugs["plain"] = drugs["drug"].map({name: plain_drug(name) for name in drugs["drug"].unique()})
    reactions = database.execute("SELECT lower(reaction) AS reaction, report_id FROM report_reaction").df()
    of_drug = {name: set(rows) for name, rows in drugs.groupby("plain")["report_id"]}
    of_term = {name: set(rows) for name, rows in reactions.groupby("reaction")["report_id"]}
    with_outcome = {name: {each for term in words for each in of_term.get(term, ())} for name, words in known.items()}
    rows = []
    for drug, outcome in zip(pairs["exposureName"], pairs["outcomeName"], strict=True):
        taking, suffering = of_drug.get(plain_drug(drug), set()), with_outcome.get(outcome, set())
        rows.append((len(taking & suffering), len(taking), len(suffering)))
    both, drug_reports, outcome_reports = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    return both, drug_reports, outcome_reports


def plain_drug(name: str) -> str:
    """A substance's name in small letters without its salt."""
    return " ".join(word for word in name.casefold().split() if word not in SALTS)
