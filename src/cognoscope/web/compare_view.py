"""Two applications beside each other, in words, rows and plain data for `static/image-charts.js`."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cognoscope.methods.comparison import BlandAltman, Comparison, Curve, Decisions, Estimate
from cognoscope.web import words
from cognoscope.web.i18n import N_, translate
from cognoscope.web.image_scores import Aligned

MOST_POINTS = 200
ROWS_SHOWN = 12
FIGURES = {
    "sensitivity": N_("Sensibilité, pour cent"),
    "specificity": N_("Spécificité, pour cent"),
    "ppv": N_("Valeur prédictive positive, pour cent"),
    "npv": N_("Valeur prédictive négative, pour cent"),
}


@dataclass(frozen=True)
class Row:
    """One figure of both."""

    label: str
    first: str
    second: str
    difference: str = ""


@dataclass(frozen=True)
class Differing:
    """A case on which both differ: what each says, what is known, and the proposals."""

    subject: str
    first: str
    second: str
    truth: str
    addresses: tuple[str | None, str | None]


def rows(found: Comparison, language: str, digits: int) -> list[Row]:
    """Areas, decisions, errors: each with its interval."""
    said: list[Row] = []
    if found.areas and found.area_difference:
        gap = found.area_difference
        test = translate(N_("p = %(p)s"), language, p=words.number(gap.p, language, 3)) if gap.p is not None else ""
        parts = (estimate(Estimate(gap.value, gap.low, gap.high), language, 3), test)
        label = translate(N_("Aire sous la courbe ROC"), language)
        first, second = (estimate(one, language, 3) for one in found.areas)
        said.append(Row(label, first, second, " · ".join(part for part in parts if part)))
    if found.decided:
        said += [_decided(name, label, found.decided, language) for name, label in FIGURES.items()]
    if found.errors and found.error_difference:
        label = translate(N_("Erreur absolue moyenne"), language)
        both = [estimate(one, language, digits) for one in found.errors]
        said.append(Row(label, both[0], both[1], estimate(found.error_difference, language, digits)))
    return said


def _decided(name: str, label: str, both: tuple[Decisions, Decisions], language: str) -> Row:
    first, second = (getattr(one, name) for one in both)
    return Row(translate(label, language), share(first, language), share(second, language))


def estimate(one: Estimate, language: str, digits: int) -> str:
    """A figure with its interval: `0,81 (0,74 – 0,87)`."""
    text = words.number(one.value, language, digits)
    if one.low is None or one.high is None:
        return text
    low, high = (words.number(limit, language, digits) for limit in (one.low, one.high))
    return text if low == high == text else f"{text} ({low}\u00a0–\u00a0{high})"


def share(one: Estimate | None, language: str) -> str:
    """A share in percent with its interval; a dash where there is none."""
    if one is None:
        return "–"
    return estimate(Estimate(100 * one.value, *_hundred(one)), language, 0)


def _hundred(one: Estimate) -> tuple[float | None, float | None]:
    return (None, None) if one.low is None or one.high is None else (100 * one.low, 100 * one.high)


def roc_chart(curves: tuple[Curve, Curve], names: Sequence[str], language: str) -> dict[str, Any]:
    """Both curves as points in percent."""
    return {
        "kind": "roc",
        "x": translate(N_("cas sans lésion dits positifs, pour cent"), language),
        "y": translate(N_("cas avec lésion dits positifs, pour cent"), language),
        "series": [
            {"label": name, "points": [[round(100 * x, 2), round(100 * y, 2)] for x, y in _thinned(one)]}
            for name, one in zip(names, curves, strict=True)
        ],
    }


def _thinned(one: Curve) -> list[tuple[float, float]]:
    points = list(zip(one.false_positives, one.true_positives, strict=True))
    step = -(-len(points) // MOST_POINTS)
    return [*points[::step], points[-1]]


def roc_rows(curves: tuple[Curve, Curve], language: str) -> list[tuple[str, str, str]]:
    """The sensitivities of both at round shares of false positives."""
    found = []
    for percent in (1, 2, 5, 10, 15, 20, 30, 40, 50):
        best = [
            max(y for x, y in zip(one.false_positives, one.true_positives, strict=True) if x <= percent / 100 + 1e-12)
            for one in curves
        ]
        said = [f"{words.number(100 * value, language, 1)} %" for value in best]
        found.append((f"{percent} %", said[0], said[1]))
    return found


def difference_chart(found: BlandAltman, unit: str, language: str) -> dict[str, Any]:
    """The differences against the means, with bias and limits of agreement."""
    points = list(zip(found.means, found.differences, strict=True))
    step = -(-len(points) // (5 * MOST_POINTS))
    unit = f" ({unit})" if unit else ""
    return {
        "kind": "differences",
        "x": translate(N_("moyenne des deux"), language) + unit,
        "y": translate(N_("première moins seconde"), language) + unit,
        "series": [
            {
                "label": translate(N_("études"), language),
                "points": [[round(mean, 4), round(gap, 4)] for mean, gap in points[::step]],
            }
        ],
        "lines": [
            [translate(N_("biais"), language), found.bias.value],
            [translate(N_("limites d'accord"), language), found.low.value],
            ["", found.high.value],
        ],
    }


def differing(found: Comparison, data: Aligned, language: str, digits: int, yes_no: bool) -> list[Differing]:
    """The cases on which both differ most."""
    return [_differing(index, data, language, digits, yes_no) for index in found.differ[:ROWS_SHOWN]]


def _differing(index: int, data: Aligned, language: str, digits: int, yes_no: bool) -> Differing:
    truth = float(data.truth[index])
    if math.isnan(truth):
        known = "–"
    else:
        known = words.cell(truth > 0.5, language) if yes_no else words.number(truth, language, digits)
    first, second = data.digests[index]
    subject = data.subjects[index]
    return Differing(
        subject=words.short_subject(subject, subject.partition(":")[2], language),
        first=words.number(float(data.first[index]), language, digits),
        second=words.number(float(data.second[index]), language, digits),
        truth=known,
        addresses=(f"/proposals/{first}" if first else None, f"/proposals/{second}" if second else None),
    )
