"""What `evaluate` says whatever the application: how many images judged, how many taught the model, or why none."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cognoscope.core.card import Card
from cognoscope.core.evaluation import Evaluation, Metric
from cognoscope.intake.imaging.judged import Judged
from cognoscope.methods.images.model_folder import ModelFolder

Rows = tuple[tuple[Metric, ...], dict[str, Any]]


def evaluation_of(
    card: Card, judged: Judged, weights: Path | None, figure: str, judge: Callable[[Judged, Path], Rows]
) -> Evaluation:
    """The rows of `judge`; without a model, or without an image that did not teach it, `figure` without a value.

    In that last case the figures that were taken when the model was made stand under `when_made`, and say how.
    """
    started = time.perf_counter()
    detail: dict[str, Any] = {"images": len(judged) + judged.left_out, "left_out_taught_the_model": judged.left_out}
    metrics: tuple[Metric, ...] = (Metric(name=figure, value=None),)
    if weights is None:
        detail["nothing_judged"] = "there is no model"
    elif not len(judged):
        detail["nothing_judged"] = "every image of this folder taught or tuned the model"
        detail["when_made"] = {name: one.model_dump() for name, one in ModelFolder(weights).about.figures.items()}
    else:
        metrics, more = judge(judged, weights)
        detail |= more
    return Evaluation(
        application=card.name,
        version=card.version,
        dataset=judged.folder.resolve().name,
        rows=len(judged) if weights else 0,
        metrics=metrics,
        seconds=round(time.perf_counter() - started, 1),
        detail=detail,
    )
