"""The two-by-two table of every pair of a drug and a reaction."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cognoscope.core.errors import InvalidInput

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Counts:
    """For each pair: `both` (a), and the margins `drug` (a + b), `reaction` (a + c) and `total` (a + b + c + d).

    ::

                        reaction   no reaction
        drug                a           b        drug
        no drug             c           d
                        reaction                 total

    Arrays of one length; `total` may be one number. Counts of reports, or of report-pair rows (as PhViD counts them).
    """

    both: Array
    drug: Array
    reaction: Array
    total: Array

    @classmethod
    def of(cls, both: ArrayLike, drug: ArrayLike, reaction: ArrayLike, total: ArrayLike) -> "Counts":
        """Counts from anything array-like, `total` spread over the pairs.

        Raises:
            InvalidInput: lengths differ, a count is negative or no number, or a margin is smaller than what it holds.
        """
        columns = [np.asarray(each, dtype=np.float64) for each in (both, drug, reaction, total)]
        try:
            a, drugs, reactions, n = np.broadcast_arrays(*(np.atleast_1d(each) for each in columns))
        except ValueError as error:
            raise InvalidInput("The counts of the pairs differ in length: one of each a pair is needed.") from error
        counts = cls(a, drugs, reactions, n)
        if not all(np.isfinite(each).all() for each in (a, drugs, reactions, n)):
            raise InvalidInput("A count of a pair is not a number.")
        # A stratified or weighted count may miss its margin by a rounding error, not by a report.
        if any((each < -1e-9).any() for each in (a, counts.drug_only, counts.reaction_only, counts.neither)):
            raise InvalidInput("A margin is smaller than the count of its pair: the counts do not belong together.")
        return counts

    @property
    def drug_only(self) -> Array:
        """Reports of the drug without the reaction (b)."""
        return self.drug - self.both

    @property
    def reaction_only(self) -> Array:
        """Reports of the reaction without the drug (c)."""
        return self.reaction - self.both

    @property
    def neither(self) -> Array:
        """Reports with neither (d)."""
        return self.total - self.drug - self.reaction + self.both

    @property
    def expected(self) -> Array:
        """E = drug x reaction / total: the count if reactions were spread over drugs by chance; 0 without reports."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.total > 0, self.drug * self.reaction / self.total, 0.0)

    def __len__(self) -> int:
        return len(self.both)
