"""The method beside the published formulas on tables of counts, and on reference pairs from the reports of a folder."""

import time
from pathlib import Path
from typing import Any

from cognoscope.apps.pharmacy.signals.agreement import every
from cognoscope.apps.pharmacy.signals.card import CARD
from cognoscope.apps.pharmacy.signals.reference_pairs import Scored, reference_sets
from cognoscope.apps.pharmacy.signals.scoring import LABELS, from_labels, from_reports, report_tables
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evaluation import Evaluation, Metric

MEASURES = ("eb05", "ic025", "prr", "reports")
HARPAZ = "Harpaz et al. 2013 on all of FAERS, from recollection, not verified; not comparable to a slice"


def evaluate(folder: Path) -> Evaluation:
    """`max_relative_error` on every table of counts; `auc_omop` and the like on every reference set, where scorable.

    Args:
        folder: laid out like the folder `drugs` of the reference data, or like one of its sets.

    Raises:
        InvalidInput: the folder holds neither tables of counts nor a reference set with reports or labels.
    """
    started, rows = time.perf_counter(), 0
    metrics: list[Metric] = []
    detail: dict[str, Any] = {}
    agreements = list(every(folder))
    if agreements:
        rows += sum(one.pairs for one in agreements)
        worst = max(max(one.differences.values()) for one in agreements)
        metrics.append(Metric(name="max_relative_error", value=worst, reference=1e-6, reference_source="the target"))
        shrunk = max(one.ebgm for one in agreements if one.ebgm is not None)
        metrics.append(
            Metric(name="max_relative_error_ebgm", value=shrunk, reference=1e-3, reference_source="the target")
        )
        detail["tables"] = [
            {"table": one.table, "pairs": one.pairs, "ebgm": one.ebgm, "priors": one.priors, **one.differences}
            for one in agreements
        ]
    for path in reference_sets(folder):
        found = _of_set(path, folder)
        detail[path.name] = found[1]
        metrics += found[0]
        rows += int(found[1].get("pairs", 0))
    if not metrics:
        raise InvalidInput(
            f"{folder} holds no table of counts (drug, ae, n11) and no reference set beside reports or labels."
        )
    seconds = round(time.perf_counter() - started, 1)
    return Evaluation(
        application=CARD.name,
        version=CARD.version,
        dataset=folder.name,
        rows=rows,
        metrics=tuple(metrics),
        seconds=seconds,
        detail=detail,
    )


def _of_set(path: Path, folder: Path) -> tuple[list[Metric], dict[str, Any]]:
    short = path.name.casefold().removesuffix(".csv").removesuffix("referenceset")
    metrics: list[Metric] = []
    said: dict[str, Any] = {}
    for reports in report_tables(folder):
        scored = from_reports(path, reports)
        said |= {"pairs": len(scored.truth), "reports": reports.name, **_measures(scored, MEASURES)}
        value, low, high, number = scored.auc("eb05")
        if value == value:  # not NaN: at least one true and one false pair could be scored
            baseline = scored.auc("reports")[0]
            metrics.append(
                Metric(name=f"auc_{short}", value=value, low=low, high=high, baseline=baseline, reference_source=HARPAZ)
            )
            metrics.append(
                Metric(name=f"pairs_scored_{short}", value=float(number), reference=float(len(scored.truth)))
            )
    for labels in sorted(folder.rglob(LABELS)):
        scored = from_labels(path, labels)
        said |= {"pairs": len(scored.truth), **_measures(scored, ("label",))}
        value, low, high, number = scored.auc("label")
        if value == value:
            metrics.append(Metric(name=f"auc_{short}_labels", value=value, low=low, high=high))
            metrics.append(Metric(name=f"pairs_scored_{short}_labels", value=float(number)))
    return metrics, said


def _measures(scored: Scored, names: tuple[str, ...]) -> dict[str, Any]:
    """AUC, interval and number of pairs by measure; None where it cannot be had."""
    found: dict[str, Any] = {}
    for name in names:
        value, low, high, number = scored.auc(name)
        known = value == value
        found[name] = {"auc": value if known else None, "interval": [low, high] if known else None, "scored": number}
    return found
