"""What a screening programme would gain and lose by strategies of reading, from scores and what turned out to be true.

Each strategy is a rule on one examination: who reads it, who holds it, what the consensus keeps. Recalls and readings
of an examination are expected values, so the only chance left is which women came: that is what the intervals are about
(bootstrap by woman). Readers are those of the programme where their readings are known; otherwise two readers with
given sensitivity and specificity, whose answers about one examination are correlated and, given the truth, do not
depend on the score (that flatters the AI as a further reader: cancers hard for people are often hard for programs).
Designs: ScreenTrustCAD (Dembrower 2023, Lancet Digital Health), MASAI (Lang 2023, Lancet Oncology 24:936).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cognoscope.methods.bootstrap import block_counts, interval

Array = NDArray[np.float64]
Strategy = Literal["single", "double", "ai-first", "ai-second", "ai-third", "triage", "rule-out"]
STRATEGIES: tuple[Strategy, ...] = ("single", "double", "ai-first", "ai-second", "ai-third", "triage", "rule-out")
BASELINE: Strategy = "double"


@dataclass(frozen=True)
class Programme:
    """How people read and from which scores the AI acts; `cognoscope.methods.screening_settings` reads the shipped one.

    first, second: (sensitivity, specificity) of one reading.
    correlation: of the two readers' answers about the same examination, given the truth; 0 to 1.
    keeps_cancer, keeps_healthy: share of what was held that the consensus recalls, by truth.
    prevalence: cancers by woman screened; None: as in the examinations given (an enriched set needs a value here).
    recall_from: scores from here are held by the AI as a reader.
    double_from: scores from here are read twice in triage.
    read_from: scores from here are read at all where the AI rules out.
    """

    first: tuple[float, float]
    second: tuple[float, float]
    correlation: float
    keeps_cancer: float
    keeps_healthy: float
    prevalence: float | None
    recall_from: float
    double_from: float
    read_from: float

    def changed(self, **values: float | None) -> "Programme":
        """The same programme with other figures."""
        return replace(self, **values)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Figure:
    """A value with its 95 % interval over women; `low` and `high` are None where too few women are known."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Row:
    """One strategy. `recalls`, `reads`, `cancers` are by 1,000 women screened; `found` is the share of all cancers.

    Consensus meetings are counted in `consensus` (by 1,000), not in `reads`. The three differences are against double
    reading on the same women; a difference of reads of -400 means 400 readings fewer by 1,000 women.
    """

    strategy: Strategy
    recalls: Figure
    reads: Figure
    consensus: Figure
    found: Figure
    cancers: Figure
    recalls_difference: Figure
    reads_difference: Figure
    found_difference: Figure


@dataclass(frozen=True)
class _Held:
    """By examination: probability that reader 1, reader 2 or either holds it."""

    first: Array
    second: Array
    either: Array


def simulate(
    scores: Array,
    cancer: NDArray[np.bool_],
    programme: Programme,
    women: NDArray[np.str_] | None = None,
    readings: NDArray[np.bool_] | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> list[Row]:
    """One row a strategy, in the order of `STRATEGIES`.

    Args:
        scores: (n,) of the AI, one an examination; higher is more suspect. Finite.
        cancer: (n,) what turned out to be true.
        programme: see `Programme`.
        women: (n,) whose examination it is; None: each its own woman.
        readings: (n, 2) whether reader 1 and reader 2 held it, where the programme knows; then the model of readers is
            not used (the consensus still is).
        draws: bootstrap draws over women.
        seed: of the draws.

    Raises:
        ValueError: lengths differ, a score is not finite, or there is no cancer or no healthy woman.
    """
    count = len(scores)
    women = np.arange(count).astype(str) if women is None else women
    if not (len(cancer) == len(women) == count and (readings is None or readings.shape == (count, 2))):
        raise ValueError("scores, truth, women and readings are of one length, two readings an examination")
    if not np.isfinite(scores).all():
        raise ValueError("a score is missing: leave out examinations on which the AI abstained")
    if not cancer.any() or cancer.all():
        raise ValueError("a simulation needs examinations with cancer and without")
    held = _held(cancer, programme, readings)
    keeps = np.where(cancer, programme.keeps_cancer, programme.keeps_healthy)
    sums = _Sums(cancer, women, programme.prevalence, draws, seed)
    found = {name: [sums.draws(part) for part in _rule(name)(scores, held, keeps, programme)] for name in STRATEGIES}
    return [_row(name, found, sums) for name in STRATEGIES]


def _held(cancer: NDArray[np.bool_], programme: Programme, readings: NDArray[np.bool_] | None) -> _Held:
    if readings is not None:
        one, two = readings[:, 0].astype(np.float64), readings[:, 1].astype(np.float64)
        return _Held(one, two, np.maximum(one, two))
    one = np.where(cancer, programme.first[0], 1 - programme.first[1])
    two = np.where(cancer, programme.second[0], 1 - programme.second[1])
    both = one * two + programme.correlation * np.sqrt(one * (1 - one) * two * (1 - two))
    return _Held(one, two, one + two - np.minimum(both, np.minimum(one, two)))


Parts = tuple[Array, Array, Array]
"""By examination: expected recalls, readings by people, consensus meetings."""


def _rule(name: Strategy) -> Callable[[Array, _Held, Array, Programme], Parts]:
    return _RULES[name]


def _single(scores: Array, held: _Held, keeps: Array, programme: Programme) -> Parts:
    return held.first, np.ones_like(scores), np.zeros_like(scores)


def _double(scores: Array, held: _Held, keeps: Array, programme: Programme) -> Parts:
    return held.either * keeps, np.full_like(scores, 2.0), held.either


def _ai_first(scores: Array, held: _Held, keeps: Array, programme: Programme) -> Parts:
    flag = (scores >= programme.recall_from).astype(np.float64)
    return flag * keeps, np.zeros_like(scores), flag


def _ai_second(scores: Array, held: _Held, keeps: Array, programme: Programme) -> Parts:
    any_holds = np.where(scores >= programme.recall_from, 1.0, held.first)
    return any_holds * keeps, np.ones_like(scores), any_holds


def _ai_third(scores: Array, held: _Held, keeps: Array, programme: Programme) -> Parts:
    any_holds = np.where(scores >= programme.recall_from, 1.0, held.either)
    return any_holds * keeps, np.full_like(scores, 2.0), any_holds


def _triage(scores: Array, held: _Held, keeps: Array, programme: Programme) -> Parts:
    twice = scores >= programme.double_from
    any_holds = np.where(twice, held.either, held.first)
    return any_holds * keeps, np.where(twice, 2.0, 1.0), any_holds


def _rule_out(scores: Array, held: _Held, keeps: Array, programme: Programme) -> Parts:
    read = (scores >= programme.read_from).astype(np.float64)
    return held.either * keeps * read, 2.0 * read, held.either * read


_RULES: dict[Strategy, Callable[[Array, _Held, Array, Programme], Parts]] = {
    "single": _single,
    "double": _double,
    "ai-first": _ai_first,
    "ai-second": _ai_second,
    "ai-third": _ai_third,
    "triage": _triage,
    "rule-out": _rule_out,
}


class _Sums:
    """Means among cancers and among the others, in the sample (first row) and in each draw of women."""

    def __init__(
        self, cancer: NDArray[np.bool_], women: NDArray[np.str_], prevalence: float | None, draws: int, seed: int
    ):
        names, self._of = np.unique(women, return_inverse=True)
        self._women = len(names)
        self._counts = np.vstack([np.ones((1, self._women)), block_counts(self._women, draws, seed)])
        self._truth = cancer.astype(np.float64)
        self._ill = self._total(self._truth)
        self._well = self._total(1 - self._truth)
        with np.errstate(invalid="ignore", divide="ignore"):
            self.share = self._ill / (self._ill + self._well) if prevalence is None else np.full(draws + 1, prevalence)

    def _total(self, values: Array) -> Array:
        return np.asarray(self._counts @ np.bincount(self._of, weights=values, minlength=self._women))

    def draws(self, values: Array) -> tuple[Array, Array]:
        """(draws + 1,) mean by 1 woman screened, and mean among cancers; NaN where a draw holds no such woman."""
        with np.errstate(invalid="ignore", divide="ignore"):
            ill = self._total(values * self._truth) / self._ill
            well = self._total(values * (1 - self._truth)) / self._well
        return self.share * ill + (1 - self.share) * well, ill


def _figure(values: Array) -> Figure:
    spread = interval(values[1:])
    return Figure(float(values[0]), *(spread or (None, None)))


def _row(name: Strategy, found: dict[Strategy, list[tuple[Array, Array]]], sums: _Sums) -> Row:
    (recalls, caught), (reads, _), (consensus, _) = found[name]
    (base_recalls, base_caught), (base_reads, _), _ = found[BASELINE]
    return Row(
        strategy=name,
        recalls=_figure(1000 * recalls),
        reads=_figure(1000 * reads),
        consensus=_figure(1000 * consensus),
        found=_figure(caught),
        cancers=_figure(1000 * sums.share * caught),
        recalls_difference=_figure(1000 * (recalls - base_recalls)),
        reads_difference=_figure(1000 * (reads - base_reads)),
        found_difference=_figure(caught - base_caught),
    )
