"""What really came, once the day or the hour is over and the hospital has sent its counts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from cognoscope.apps.emergency.arrivals.case_counts import SiteCounts
from cognoscope.apps.emergency.arrivals.case_warehouse import known_counts
from cognoscope.apps.emergency.arrivals.cleaning import believable
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.core.values import SeriesValue

SOURCE = "warehouse"


def outcomes(warehouse: Any, proposals: Sequence[Proposal], at: datetime) -> list[Outcome]:
    """The counts now known for the days and hours these proposals were about, each once, in their order.

    Only days that are over at `at` and wholly transmitted count; a zero that was not transmitted is no outcome.
    """
    proposed = [proposal for proposal in proposals if isinstance(proposal.value, SeriesValue)]
    if not proposed:
        return []
    counts = known_counts(warehouse, at)
    found: dict[tuple[str, str, str], Outcome] = {}
    known: dict[tuple[str, str, str], dict[str, float]] = {}
    for proposal in proposed:
        site = counts.get(proposal.subject.split(":", 1)[1])
        value = proposal.value
        if site is None or not isinstance(value, SeriesValue):
            continue
        series = (proposal.subject, value.measure, value.step)
        if series not in known:
            known[series] = _real(site, value)
        real = known[series]
        for point in value.points:
            if point.key in real and (proposal.subject, value.measure, point.key) not in found:
                found[proposal.subject, value.measure, point.key] = Outcome(
                    application=proposal.application,
                    subject=proposal.subject,
                    measure=value.measure,
                    element=point.key,
                    value=real[point.key],
                    known_at=at,
                    source=SOURCE,
                )
    return list(found.values())


def _real(site: SiteCounts, value: SeriesValue) -> dict[str, float]:
    """Element key -> count, for whole days that are believable."""
    days = believable(site.daily[value.measure]).dropna()
    if value.step == "day":
        return {f"{day:%Y-%m-%d}": float(count) for day, count in days.items()}
    if site.hourly is None:
        return {}
    hours = site.hourly[site.hourly["date"].isin(days.index)]
    stamps = hours["date"] + pd.to_timedelta(hours["hour"], unit="h")
    return {f"{stamp:%Y-%m-%dT%H}": float(count) for stamp, count in zip(stamps, hours[value.measure], strict=True)}
