"""The contingency of all pairs of a drug and a reaction, and of their margins by stratum, as arrays."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from cognoscope.methods.disproportionality import Counts
from cognoscope.methods.disproportionality.stratified import per_report, stratified_expected

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LeftOut:
    """Reports that were not counted: earlier versions of a case, cases withdrawn, duplicates, later than asked for."""

    superseded: int = 0
    removed: int = 0
    duplicates: int = 0
    later: int = 0


@dataclass(frozen=True)
class PairCounts:
    """What was counted; rows are ordered by drug, then reaction, both in the order of their names.

    drugs, reactions: names. drug_of, reaction_of: (n,) places of each pair's names. both: (n,) reports of the pair.
    drug_strata (d, s), reaction_strata (r, s), totals (s,): reports by stratum; strata: (s,) numbers (`strata`).
    """

    drugs: tuple[str, ...]
    reactions: tuple[str, ...]
    drug_of: NDArray[np.int64]
    reaction_of: NDArray[np.int64]
    both: Array
    drug_strata: Array
    reaction_strata: Array
    totals: Array
    strata: NDArray[np.int64]
    first_month: date | None = None
    last_month: date | None = None
    left_out: LeftOut = LeftOut()

    @property
    def reports(self) -> int:
        """Reports with at least one drug and one reaction."""
        return int(self.totals.sum())

    def counts(self) -> Counts:
        """The two-by-two table of each pair, over all strata."""
        drug, reaction = self.drug_strata.sum(axis=1), self.reaction_strata.sum(axis=1)
        return Counts(
            self.both,
            drug[self.drug_of],
            reaction[self.reaction_of],
            np.broadcast_to(np.float64(self.totals.sum()), self.both.shape),
        )

    def expected(self) -> Array:
        """Expected count of each pair, summed over the strata."""
        return stratified_expected(self.drug_strata, self.reaction_strata, self.totals, self.drug_of, self.reaction_of)

    def shares(self) -> Array:
        """(d, s) share of each stratum's reports that name the drug; with `reaction_strata`, what each cell expects."""
        return per_report(self.drug_strata, self.totals)
