"""From a case to judged pairs: the prior is fitted to all cells of the database, each candidate measured with it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cognoscope.apps.pharmacy.signals.reading import Reading
from cognoscope.apps.pharmacy.signals.rules import Rules
from cognoscope.core.errors import InvalidInput
from cognoscope.methods.disproportionality.counts import Counts
from cognoscope.methods.disproportionality.gamma_poisson import Prior, fit
from cognoscope.methods.disproportionality.information import information_component
from cognoscope.methods.disproportionality.masking import without
from cognoscope.methods.disproportionality.posterior import ebgm
from cognoscope.methods.disproportionality.screen import Screen, screen

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """The candidates measured.

    measures: of each. signal: whether it passes the rules. unmasked: EBGM, EB05 and EB95 without the masking drug's
    reports (NaN where there is none); uncovered: passes the rules only then. reports, expected, ic_low: what each is
    said to have, of an uncovered one without the masking drug's reports. growth: reports now for one at the last
    decision (infinite where it was never decided). new: a signal, uncovered or not, that waits for a decision.
    """

    prior: Prior
    measures: Screen
    signal: NDArray[np.bool_]
    unmasked: tuple[Array, Array, Array]
    masking_ratio: Array
    uncovered: NDArray[np.bool_]
    reports: Array
    expected: Array
    ic_low: Array
    growth: Array
    new: NDArray[np.bool_]

    def order(self) -> NDArray[np.int64]:
        """Candidates by EB05, strongest first; uncovered ones by what they are without the masking drug."""
        strength = np.where(self.uncovered, self.unmasked[1], self.measures.eb05)
        return np.argsort(-strength, kind="stable").astype(np.int64)


def judge(reading: Reading, rule: Rules) -> Judged:
    """Measure the candidates of a case and hold them to the rules.

    Raises:
        InvalidInput: the prior cannot be fitted; the message is the code of a sentence.
    """
    try:
        prior = fit(reading.cells)
    except InvalidInput as error:
        raise InvalidInput("too-few-pairs") from error
    counts, expected = reading.counts, reading.expected
    measures = screen(counts, expected, prior)
    signal = _passes(counts.both, measures.eb05, measures.ic_low, rule)
    masked = np.flatnonzero([bool(name) for name in reading.masked_by])
    unmasked = tuple(np.full(len(counts), np.nan) for _ in range(3))
    ratio, uncovered = np.full(len(counts), np.nan), np.zeros(len(counts), dtype=bool)
    said = [counts.both.astype(np.float64), expected.copy(), measures.ic_low.copy()]
    if len(masked):
        part = Counts(counts.both[masked], counts.drug[masked], counts.reaction[masked], counts.total[masked])
        left = without(part, *(each[masked] for each in reading.masking))
        # Strata enter as they do with all reports: by the ratio of stratified to crude expectation.
        left_expected = left.counts.expected * expected[masked] / np.maximum(part.expected, 1e-300)
        found = ebgm(left.counts.both, left_expected, prior)
        for into, values in zip(unmasked, (found.value, found.low, found.high), strict=True):
            into[masked] = values
        ratio[masked] = left.ratio
        low = information_component(left.counts.both, left_expected).low
        passes = _passes(left.counts.both, found.low, low, rule) & (left.ratio >= rule.masking_ratio)
        uncovered[masked] = passes & ~signal[masked]
        for into, values in zip(said, (left.counts.both, left_expected, low), strict=True):
            into[uncovered] = values[uncovered[masked]]
    before = np.array([reading.decided.get(key, 0) for key in reading.keys], dtype=np.float64)
    growth = np.divide(said[0], before, out=np.full(len(counts), np.inf), where=before > 0)
    new = (signal | uncovered) & (growth >= rule.growth)
    three = unmasked[0], unmasked[1], unmasked[2]
    reports, left_or_all, ic_low = said
    return Judged(prior, measures, signal, three, ratio, uncovered, reports, left_or_all, ic_low, growth, new)


def _passes(both: Array, eb05: Array, ic_low: Array, rule: Rules) -> NDArray[np.bool_]:
    return (both >= rule.fewest) & (eb05 >= rule.eb05) & (ic_low > rule.ic025)
