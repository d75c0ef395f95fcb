"""Figures of the coding check: who was found, with intervals over persons, and codes from text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from cognoscope.apps.records.coding.coherence import incoherence, judge
from cognoscope.apps.records.coding.knowledge import family
from cognoscope.apps.records.coding.model import propose_codes
from cognoscope.apps.records.coding.synthetic.hospital import Made
from cognoscope.core.evaluation import Metric
from cognoscope.methods.bootstrap import block_counts, interval

FIRST = 100
FIRST_CODES = 5
DRAWS = 500
SEED = 11
CEPIDC = 0.8674
CEPIDC_SOURCE = "CLEF eHealth 2017, CepiDc death certificates, best F: other texts and another measure"
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Scored:
    """A stay's score, the number of rules that fired on it (the naive check), and what was done to it."""

    person: int
    score: float
    rules: int
    corruption: str


def score(made: Sequence[Made]) -> list[Scored]:
    """Judge every stay."""
    found = []
    for each in made:
        judged = judge(each.stay)
        rules = len({rule.rule for one in judged for rule in one.fired})
        found.append(Scored(each.person, incoherence(judged), rules, each.corruption))
    return found


def auc(scores: Array, spoiled: NDArray[np.bool_]) -> float:
    """Probability that a spoiled stay scores above one that is not; ties count half; NaN where one kind is absent."""
    bad, good = int(spoiled.sum()), int((~spoiled).sum())
    if not bad or not good:
        return float("nan")
    return float((rankdata(scores)[spoiled].sum() - bad * (bad + 1) / 2) / (bad * good))


def precision_at(scores: Array, spoiled: NDArray[np.bool_], first: int = FIRST) -> float:
    """Share of spoiled stays among the `first` highest scores; stays of equal score share the places between them."""
    order = np.argsort(-scores, kind="stable")
    cut = scores[order[min(first, len(scores)) - 1]]
    above, tied = scores > cut, scores == cut
    room = min(first, len(scores)) - int(above.sum())
    return float((spoiled[above].sum() + room * spoiled[tied].mean()) / min(first, len(scores)))


def metric(name: str, scored: Sequence[Scored]) -> Metric:
    """Area under the curve with its interval, beside that of the count of fired rules."""
    return _metric(name, scored, auc)


def baseline_precision(name: str, scored: Sequence[Scored]) -> Metric:
    """Precision at the first 100 with its interval, beside that of the count of fired rules."""
    return _metric(name, scored, precision_at)


def summary(scored: Sequence[Scored]) -> dict[str, Any]:
    """Counts and, for each kind of corruption against unspoiled stays, the area under the curve and what is found."""
    scores, _, spoiled = _arrays(scored)
    kinds = np.array([each.corruption for each in scored])
    limit = np.sort(scores)[::-1][max(0, int(spoiled.sum()) - 1)]
    by_kind = {}
    for kind in sorted(set(kinds) - {""}):
        chosen = (kinds == kind) | (kinds == "")
        by_kind[str(kind)] = {
            "stays": int((kinds == kind).sum()),
            "auc": _rounded(auc(scores[chosen], spoiled[chosen])),
            "found": _rounded(float((scores[kinds == kind] >= limit).mean())),
        }
    return {
        "stays": len(scored),
        "persons": len({each.person for each in scored}),
        "spoiled": int(spoiled.sum()),
        "auc": _rounded(auc(scores, spoiled)),
        "precision_at_100": _rounded(precision_at(scores, spoiled)),
        "found_means": "among as many of the highest scores as there are spoiled stays",
        "kinds": by_kind,
    }


def from_text(made: Sequence[Made]) -> list[Metric]:
    """Codes from the reports alone (categories): share of a stay's codes among the first five, and the principal."""
    recalls, principal = [], []
    for each in made:
        if not each.stay.notes:
            continue
        proposed = [family(one.candidate.code) for one in propose_codes(each.stay)]
        wanted = {family(code) for code in each.codes}
        recalls.append(len(wanted & set(proposed[:FIRST_CODES])) / len(wanted))
        principal.append(float(proposed[:1] == [family(each.codes[0])]))
    return [
        _mean("recall_at_5_text", np.array(recalls), CEPIDC, CEPIDC_SOURCE),
        _mean("principal_right_text", np.array(principal)),
    ]


def _mean(name: str, values: Array, reference: float | None = None, source: str | None = None) -> Metric:
    if not len(values):
        return Metric(name=name, value=None)
    half = 1.96 * float(values.std() / np.sqrt(len(values)))
    mean = float(values.mean())
    return Metric(
        name=name,
        value=_rounded(mean),
        low=_rounded(mean - half),
        high=_rounded(mean + half),
        reference=reference,
        reference_source=source,
    )


def _metric(name: str, scored: Sequence[Scored], figure: Callable[[Array, NDArray[np.bool_]], float]) -> Metric:
    scores, rules, spoiled = _arrays(scored)
    _, persons = np.unique([each.person for each in scored], return_inverse=True)
    draws = []
    for counts in block_counts(int(persons.max()) + 1, DRAWS, SEED):
        chosen = np.repeat(np.arange(len(scores)), counts[persons].astype(int))
        draws.append(figure(scores[chosen], spoiled[chosen]))
    low, high = interval(np.array(draws)) or (None, None)
    value = figure(scores, spoiled)
    return Metric(
        name=name,
        value=_rounded(value),
        low=_rounded(low),
        high=_rounded(high),
        baseline=_rounded(figure(rules, spoiled)),
    )


def _arrays(scored: Sequence[Scored]) -> tuple[Array, Array, NDArray[np.bool_]]:
    return (
        np.array([each.score for each in scored]),
        np.array([float(each.rules) for each in scored]),
        np.array([bool(each.corruption) for each in scored]),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else round(value, 4)
