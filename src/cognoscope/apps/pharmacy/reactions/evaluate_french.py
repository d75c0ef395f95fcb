"""Spans of disorders in the adverse-effects sections of French product characteristics, exact, one product left out
by turns.

Judged: entities `patho` in one piece. Sections of all other products, on adverse effects and on indications, train
the marker (fitted here, never shipped). A folder of too few products for that is judged by a marker of the reference
set instead.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cognoscope.apps.pharmacy.reactions.french_spans import find
from cognoscope.apps.pharmacy.reactions.french_spans_corpus import Leaflet, holds_leaflets, read_leaflets
from cognoscope.apps.pharmacy.reactions.french_spans_features import Read, read
from cognoscope.apps.pharmacy.reactions.french_spans_fit import fit
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evaluation import Metric
from cognoscope.datasets.registry import datasets_folder

SEED = 20261121
RESAMPLED = 2000
ENOUGH = 5
"""Products of a folder that is judged within itself."""

REFERENCE_FOLDER = ("text", "rcp-effets-indesirables-fr")
Found = dict[str, tuple[int, int, int]]
"""Of each product: spans found, right, in truth."""


def fits(folder: Path) -> bool:
    """Whether the folder holds annotated French sections."""
    return holds_leaflets(folder)


def evaluate(folder: Path) -> tuple[list[Metric], dict[str, Any], int]:
    """Exact-span F1 with its 95 % interval (products resampled); the shipped reader on the same sections as baseline.

    Returns:
        `span_f1`; the detail; the number of judged sections.

    Raises:
        InvalidInput: the folder holds no such section, or too few products and there is no reference set.
        NotInstalled: the extra `text` is missing.
    """
    leaflets = read_leaflets(folder)
    texts = [read(one.text) for one in leaflets]
    within = len({one.product for one in leaflets}) >= ENOUGH
    others = [] if within else _reference({one.product for one in leaflets}, {one.text for one in leaflets})
    learnt: dict[str, list[tuple[Leaflet, list[tuple[int, int]]]]] = {}
    for product in sorted({one.product for one in leaflets if one.judged}):
        learnt[product] = _one(product, leaflets, texts, others)
    marked = _counts([pair for pairs in learnt.values() for pair in pairs])
    shipped = [(one, [(s.start, s.stop) for s in find(one.text)]) for one in leaflets if one.judged]
    plain = _counts(shipped)
    low, high = _interval(marked)
    judged = [one for one in leaflets if one.judged]
    metric = Metric(
        name="span_f1", value=round(_f1(marked), 4), low=low, high=high, baseline=round(_f1(plain), 4), reference=None
    )
    detail = {
        "judged": "each product by a marker of the others" if within else "by a marker of the reference set",
        "label": "patho",
        "sections": len(judged),
        "in_pieces_left_out": sum(one.in_pieces for one in judged),
        "marker": _summary(marked),
        "shipped_without_training": _summary(plain),
    }
    return [metric], detail, len(judged)


def _one(
    product: str, leaflets: Sequence[Leaflet], texts: Sequence[Read], others: Sequence[tuple[Leaflet, Read]]
) -> list[tuple[Leaflet, list[tuple[int, int]]]]:
    pairs = list(zip(leaflets, texts, strict=True))
    training = list(others) or [pair for pair in pairs if pair[0].product != product]
    marker = fit([one for one, _ in training], [text for _, text in training], SEED)
    return [(one, marker.spans(text)) for one, text in pairs if one.product == product and one.judged]


def _reference(products: set[str], texts: set[str]) -> list[tuple[Leaflet, Read]]:
    folder = datasets_folder().joinpath(*REFERENCE_FOLDER)
    known = read_leaflets(folder) if folder.is_dir() else []
    kept = [one for one in known if one.product not in products and one.text not in texts]
    if not kept:
        raise InvalidInput(
            f"Fewer than {ENOUGH} products, and no reference set to learn from in {folder}: "
            "set COGNOSCOPE_DATASETS to a folder that holds it."
        )
    return [(one, read(one.text)) for one in kept]


def _counts(pairs: Sequence[tuple[Leaflet, list[tuple[int, int]]]]) -> Found:
    counts: Found = {}
    for leaflet, spans in pairs:
        found, right, truths = counts.get(leaflet.product, (0, 0, 0))
        unique = set(spans)
        counts[leaflet.product] = (
            found + len(unique),
            right + len(unique & leaflet.spans),
            truths + len(leaflet.spans),
        )
    return counts


def _f1(counts: Found) -> float:
    found, right, truths = (sum(column) for column in zip(*counts.values(), strict=True)) if counts else (0, 0, 0)
    return 2 * right / (found + truths) if found + truths else 0.0


def _interval(counts: Found) -> tuple[float, float]:
    table = np.array(list(counts.values()))
    drawn = table[np.random.default_rng(SEED).integers(0, len(table), (RESAMPLED, len(table)))].sum(1)
    scores = 2 * drawn[:, 1] / np.maximum(1, drawn[:, 0] + drawn[:, 2])
    low, high = np.quantile(scores, (0.025, 0.975))
    return round(float(low), 4), round(float(high), 4)


def _summary(counts: Found) -> dict[str, Any]:
    found, right, truths = (sum(column) for column in zip(*counts.values(), strict=True))
    by_product = {
        name: round(2 * one[1] / (one[0] + one[2]), 3) if one[0] + one[2] else None for name, one in counts.items()
    }
    return {
        "truths": truths,
        "found": found,
        "right": right,
        "precision": round(right / max(1, found), 4),
        "recall": round(right / max(1, truths), 4),
        "f1": round(_f1(counts), 4),
        "f1_by_product": by_product,
    }
