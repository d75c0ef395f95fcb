"""A drug that makes up most reports of a reaction hides the reaction's signals with other drugs.

Juhlin et al. 2013 and Maignen et al. 2014 (both in Pharmacoepidemiology and Drug Safety): the measure is computed again
without the reports of the masking drug, and the ratio of the two says how much was hidden.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cognoscope.methods.disproportionality.counts import Counts

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Masking:
    """For each pair: its counts without the masking drug's reports, and how many times larger its ratio of observed
    to expected is without them (the masking ratio; above 1: something was hidden; NaN where nothing is left)."""

    counts: Counts
    ratio: Array


def without(counts: Counts, both: Array, drug: Array, reaction: Array, total: Array) -> Masking:
    """Take the masking drug's reports out.

    Args:
        counts: of the pairs, with all reports.
        both: (n,) reports of drug, reaction and masking drug together.
        drug: (n,) reports of drug and masking drug together.
        reaction: (n,) reports of the reaction with the masking drug.
        total: (n,) reports of the masking drug.

    Raises:
        InvalidInput: more would be taken out than there is.
    """
    left = Counts.of(
        counts.both - both, counts.drug - drug, counts.reaction - reaction, counts.total - np.asarray(total)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        before, after = counts.both / counts.expected, left.both / left.expected
        ratio = after / before
    return Masking(left, np.where(left.expected > 0, ratio, np.nan))
