"""What `cognoscope evaluate APP --json` prints: one row a metric, with its interval, baseline and reference."""

from typing import Any

from cognoscope.core.noun import Noun, Slug


class Metric(Noun):
    """A figure with its 95 % interval where one was estimated, beside a baseline and the published value."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    baseline: float | None = None
    reference: float | None = None
    reference_source: str | None = None


class Evaluation(Noun):
    """One application on one data set; `series` or other detail goes under `detail`."""

    application: Slug
    version: str
    dataset: str
    rows: int
    metrics: tuple[Metric, ...]
    seconds: float
    detail: dict[str, Any] = {}
