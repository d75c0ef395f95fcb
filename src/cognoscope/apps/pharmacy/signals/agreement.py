"""How far the method's numbers are from the published formulas' on the tables of a folder."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from cognoscope.apps.pharmacy.signals.arithmetic import Pair, fitted, shrunk
from cognoscope.apps.pharmacy.signals.case_file import counts_of, is_counts, read_counts
from cognoscope.core.errors import InvalidInput
from cognoscope.intake.reports.pair_counts import PairCounts
from cognoscope.intake.reports.text_files import heading
from cognoscope.methods.disproportionality.gamma_poisson import Prior, fit
from cognoscope.methods.disproportionality.posterior import ebgm
from cognoscope.methods.disproportionality.screen import Screen, screen
from cognoscope.methods.disproportionality.squashing import squash

FORMULAS = (
    "prr", "prr_low", "prr_high", "ror", "ror_low", "ror_high", "chi_square", "ic", "ic_low", "bcpnn", "bcpnn_low",
)  # fmt: skip
CHECKED = 20_000
"""Pairs a table, evenly spread over it: one by one in plain arithmetic, more would take minutes."""

SHRUNK = 1_500
OTHERS = "Other"
SMALL = 1e-3
"""A measure nearer to nothing than this is compared by its distance, as a share of this."""

LARGEST_TABLE = 2_000_000
"""Cells up to which the prior is fitted a second time without squashing."""


@dataclass(frozen=True)
class Agreement:
    """Largest relative difference of each measure on one table, and the two priors where both were fitted."""

    table: str
    pairs: int
    differences: dict[str, float]
    ebgm: float | None
    priors: tuple[tuple[float, ...], tuple[float, ...]] | None


def tables_in(folder: Path) -> list[Path]:
    """Tables of counts by pair, and wide ones with a column AE and one column a drug."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and _is_text(path)]
    return [path for path in files if is_counts(path) or _is_wide(path)]


def agreement(path: Path) -> Agreement:
    """The differences on one table.

    Raises:
        InvalidInput: it cannot be read.
    """
    found = read_counts(path) if is_counts(path) else _without_others(counts_of(_long(path)))
    counts, expected = found.counts(), found.expected()
    cells = squash(counts.both, expected, found.shares(), found.reaction_strata)
    prior = fit(cells)
    ours = screen(counts, expected, prior)
    worst = dict.fromkeys(FORMULAS, 0.0)
    for index in _spread(len(counts), CHECKED):
        one = (int(each[index]) for each in (counts.both, counts.drug, counts.reaction, counts.total))
        for name, value in Pair(*one).measures().items():
            worst[name] = max(worst[name], _difference(float(getattr(ours, name)[index]), value))
    second = _second_prior(found) if len(found.drugs) * len(found.reactions) <= LARGEST_TABLE else None
    ebgm_worst = _shrinkage(found, ours, prior, second or prior.parameters)
    return Agreement(path.name, len(counts), worst, ebgm_worst, (prior.parameters, second) if second else None)


def _shrinkage(found: PairCounts, ours: Screen, prior: Prior, second: tuple[float, ...]) -> float:
    """EBGM and EB05 with our prior beside those with the other fit, both computed apart."""
    counts, expected = found.counts(), found.expected()
    rows = _spread(len(counts), SHRUNK)
    exact = ebgm(counts.both[rows], expected[rows], prior)
    worst = float(np.abs(ours.eb05[rows] / exact.low - 1).max(initial=0.0))
    for index in rows:
        value, low = shrunk(int(counts.both[index]), float(expected[index]), second)
        worst = max(worst, _difference(float(ours.ebgm[index]), value), _difference(float(ours.eb05[index]), low))
    return worst


def _second_prior(found: PairCounts) -> tuple[float, ...]:
    observed = np.zeros((len(found.drugs), len(found.reactions)))
    observed[found.drug_of, found.reaction_of] = found.both
    expected = np.outer(found.drug_strata.sum(axis=1), found.reaction_strata.sum(axis=1)) / found.totals.sum()
    free = fitted(observed.ravel(), expected.ravel())
    return free if free[0] / free[1] >= free[2] / free[3] else (*free[2:4], *free[:2], 1 - free[4])


def _difference(ours: float, theirs: float) -> float:
    return abs(ours - theirs) / max(abs(theirs), SMALL)


def _spread(pairs: int, wanted: int) -> list[int]:
    return sorted({int(each) for each in np.linspace(0, pairs - 1, min(pairs, wanted))}) if pairs else []


def _is_text(path: Path) -> bool:
    return path.name.endswith((".csv", ".tsv", ".csv.gz", ".tsv.gz"))


def _is_wide(path: Path) -> bool:
    names = heading(path).replace(",", "\t").split("\t")
    return len(names) > 2 and names[0].strip() == "AE" and OTHERS in [name.strip() for name in names]


def _long(path: Path) -> pd.DataFrame:
    try:
        wide = pd.read_csv(path, sep="\t" if "\t" in heading(path) else ",").groupby("AE").sum()
        long = wide.melt(ignore_index=False, var_name="drug", value_name="both").reset_index()
        long["both"] = long["both"].astype(np.int64)
    except (ValueError, TypeError) as error:
        raise InvalidInput(f"{path.name}: a column AE and one column of whole numbers a drug are needed.") from error
    long = long.rename(columns={"AE": "reaction"})
    return long[long["both"] > 0]


def _without_others(found: PairCounts) -> PairCounts:
    """The pairs of named drugs; `Other` is what they are compared with, and stays in the margins."""
    if OTHERS not in found.drugs:
        return found
    other = found.drugs.index(OTHERS)
    kept = found.drug_of != other
    return replace(
        found,
        drugs=(*found.drugs[:other], *found.drugs[other + 1 :]),
        drug_of=found.drug_of[kept] - (found.drug_of[kept] > other),
        reaction_of=found.reaction_of[kept],
        both=found.both[kept],
        drug_strata=np.delete(found.drug_strata, other, axis=0),
    )


def every(folder: Path) -> Iterator[Agreement]:
    """The differences on each table of the folder."""
    for path in tables_in(folder):
        yield agreement(path)
