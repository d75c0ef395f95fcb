"""Which pairs of a database enter the case: the strongest, and those that stand out once a masking drug is left out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cognoscope.apps.pharmacy.signals.rules import Rules
from cognoscope.intake.reports.pair_counts import PairCounts
from cognoscope.methods.disproportionality.information import information_component

Array = NDArray[np.float64]
Shared = Callable[[Sequence[tuple[str, str, str]]], pd.DataFrame]
MASKED_AT_MOST = 30


@dataclass(frozen=True)
class Candidates:
    """Chosen pairs, strongest first; `masking` holds what the masking drug takes away (both, drug, reaction, total)."""

    drug_of: NDArray[np.int64]
    reaction_of: NDArray[np.int64]
    both: Array
    drug: Array
    reaction: Array
    total: Array
    expected: Array
    masked_by: list[str]
    masking: tuple[Array, Array, Array, Array]


def choose(counts: PairCounts, rule: Rules, shared: Shared | None) -> Candidates:
    """The pairs with enough reports whose information component is highest at its lower bound.

    A pair whose reaction is dominated by another drug (`rules.toml`, masking) is judged without that drug's reports
    too, and chosen if it stands out then.
    """
    table, expected = counts.counts(), counts.expected()
    low = information_component(table.both, expected).low
    masking = _masking_drugs(counts, rule)
    enough = table.both >= rule.fewest
    open_pairs = np.flatnonzero(enough & (low > rule.ic025))
    chosen = open_pairs[np.argsort(-low[open_pairs], kind="stable")][: rule.candidates]
    behind = masking[counts.reaction_of]
    hidden = np.flatnonzero(enough & (low <= rule.ic025) & (behind >= 0) & (behind != counts.drug_of))
    if len(hidden):
        chosen = np.concatenate([chosen, hidden[_stand_out(counts, hidden, behind, rule)]])
    behind = np.where(behind == counts.drug_of, -1, behind)[chosen]
    taken = _taken(counts, chosen, behind, shared)
    return Candidates(
        counts.drug_of[chosen],
        counts.reaction_of[chosen],
        table.both[chosen],
        table.drug[chosen],
        table.reaction[chosen],
        table.total[chosen],
        expected[chosen],
        [counts.drugs[each] if each >= 0 else "" for each in behind],
        taken,
    )


def _masking_drugs(counts: PairCounts, rule: Rules) -> NDArray[np.int64]:
    """For each reaction the place of the drug with most of its reports, or -1."""
    found = np.full(len(counts.reactions), -1)
    reports = counts.reaction_strata.sum(axis=1)
    share = counts.both / reports[counts.reaction_of] if len(counts.both) else counts.both
    enough = (share >= rule.masking_share) & (reports[counts.reaction_of] >= rule.masking_fewest)
    for pair in np.flatnonzero(enough)[np.argsort(share[enough], kind="stable")]:
        found[counts.reaction_of[pair]] = counts.drug_of[pair]
    return found


def _stand_out(
    counts: PairCounts, hidden: NDArray[np.int64], behind: NDArray[np.int64], rule: Rules
) -> NDArray[np.int64]:
    """Of the hidden pairs those with a signal if the masking drug shared no report with them: a first look."""
    drugs, reactions = counts.drug_strata.sum(axis=1), counts.reaction_strata.sum(axis=1)
    own = np.flatnonzero(behind == counts.drug_of)
    of_masking = np.zeros(len(counts.reactions))
    of_masking[counts.reaction_of[own]] = counts.both[own]
    masked = of_masking[counts.reaction_of[hidden]]
    total = counts.totals.sum() - drugs[behind[hidden]]
    left = reactions[counts.reaction_of[hidden]] - masked
    low = information_component(
        counts.both[hidden], drugs[counts.drug_of[hidden]] * np.maximum(left, 0) / np.maximum(total, 1)
    ).low
    order = np.argsort(-low, kind="stable")
    return order[low[order] > rule.ic025][:MASKED_AT_MOST]


def _taken(
    counts: PairCounts, chosen: NDArray[np.int64], behind: NDArray[np.int64], shared: Shared | None
) -> tuple[Array, Array, Array, Array]:
    """Reports of the masking drug: with the pair, with its drug, with its reaction, and all."""
    both, drug, reaction, total = (np.zeros(len(chosen)) for _ in range(4))
    masked = np.flatnonzero(behind >= 0)
    if not len(masked):
        return both, drug, reaction, total
    drugs = counts.drug_strata.sum(axis=1)
    for index in masked:
        of_pair = (counts.drug_of == behind[index]) & (counts.reaction_of == counts.reaction_of[chosen[index]])
        reaction[index], total[index] = counts.both[of_pair].sum(), drugs[behind[index]]
    if shared is not None:
        names = [
            (
                counts.drugs[counts.drug_of[chosen[index]]],
                counts.reactions[counts.reaction_of[chosen[index]]],
                counts.drugs[behind[index]],
            )
            for index in masked
        ]
        found = shared(names)
        both[masked], drug[masked] = found["both"].to_numpy(), found["drug"].to_numpy()
    return both, drug, reaction, total
