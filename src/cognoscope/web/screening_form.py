"""The form of the screening simulator: the shipped programme with what a person changed, and the examinations."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cognoscope.methods.screening import Programme
from cognoscope.web.choices import ChoiceRefused, number_of
from cognoscope.web.i18n import N_

OUT_OF_RANGE = N_("%(name)s doit être entre %(low)s et %(high)s.")


@dataclass(frozen=True)
class Slider:
    """One figure of the programme: its name in the form, its words, its range and step, and the value now."""

    name: str
    label: str
    low: float
    high: float
    step: float
    value: float


FIELDS: tuple[tuple[str, str, float, float, float], ...] = (
    ("sensitivity", N_("Sensibilité du premier lecteur"), 0.5, 1.0, 0.01),
    ("specificity", N_("Spécificité du premier lecteur"), 0.8, 1.0, 0.002),
    ("sensitivity2", N_("Sensibilité du second lecteur"), 0.5, 1.0, 0.01),
    ("specificity2", N_("Spécificité du second lecteur"), 0.8, 1.0, 0.002),
    ("correlation", N_("Corrélation des deux lecteurs"), 0.0, 1.0, 0.05),
    ("prevalence", N_("Cancers pour 1 000 femmes"), 1.0, 20.0, 0.1),
    ("recall_from", N_("Score à partir duquel l'IA retient"), 1.0, 11.0, 1.0),
    ("double_from", N_("Score à partir duquel on lit deux fois"), 1.0, 11.0, 1.0),
    ("read_from", N_("Score à partir duquel on lit"), 1.0, 11.0, 1.0),
)


def values_of(programme: Programme) -> dict[str, float]:
    """The programme's figures under the names of the form; cancers by 1,000 women."""
    return {
        "sensitivity": programme.first[0],
        "specificity": programme.first[1],
        "sensitivity2": programme.second[0],
        "specificity2": programme.second[1],
        "correlation": programme.correlation,
        "prevalence": 1000 * (programme.prevalence or 0.0),
        "recall_from": programme.recall_from,
        "double_from": programme.double_from,
        "read_from": programme.read_from,
    }


def read_form(shipped: Programme, typed: Mapping[str, str]) -> tuple[Programme, list[Slider]]:
    """The programme to simulate and its sliders.

    Raises:
        ChoiceRefused: what was typed is no number, or out of its range.
    """
    now = values_of(shipped)
    for name, label, low, high, _ in FIELDS:
        if typed.get(name, "").strip():
            now[name] = number_of(typed[name])
            if not low <= now[name] <= high:
                raise ChoiceRefused(OUT_OF_RANGE, name=label, low=f"{low:g}", high=f"{high:g}")
    programme = Programme(
        first=(now["sensitivity"], now["specificity"]),
        second=(now["sensitivity2"], now["specificity2"]),
        correlation=now["correlation"],
        keeps_cancer=shipped.keeps_cancer,
        keeps_healthy=shipped.keeps_healthy,
        prevalence=now["prevalence"] / 1000,
        recall_from=now["recall_from"],
        double_from=now["double_from"],
        read_from=now["read_from"],
    )
    return programme, [Slider(name, label, low, high, step, now[name]) for name, label, low, high, step in FIELDS]


@dataclass(frozen=True)
class Examinations:
    """(n,) scores, whether there was a cancer, whose examination; `invented` when they are an example."""

    scores: NDArray[np.float64]
    cancer: NDArray[np.bool_]
    women: NDArray[np.str_]
    invented: bool


def invented(count: int = 3000, seed: int = 20261121) -> Examinations:
    """An example, so that the page can be tried before a hospital knows its own: scores 1 to 10 in tenths of those
    without cancer, cancers higher by 1.5 standard deviations (an area under the curve of 0.86). Invented.
    """
    draw = np.random.default_rng(seed)
    cancer = np.arange(count) % 10 == 0
    suspicion = draw.normal(0, 1, count) + 1.5 * cancer
    edges = np.quantile(suspicion[~cancer], np.arange(1, 10) / 10)
    scores = 1.0 + np.searchsorted(edges, suspicion)
    return Examinations(scores, cancer, np.arange(count).astype(str), invented=True)
