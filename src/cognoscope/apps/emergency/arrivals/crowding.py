"""How busy the department is expected to be, in four words by part of day, for people who come as visitors.

Each part of a coming day is held against what this same site saw in the same part of the day over its last year
(days of every kind): below the 30th percentile it is calm, up to the 70th usual, up to the 90th busy, above that very
busy. A forecast varies less than counts do, so the outer words are used sparingly. The percentiles travel with the
forecast as marks; the words are decided here, at reading.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import numpy as np
import pandas as pd

from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Proposal
from cognoscope.core.values import Mark, SeriesValue

Level = Literal["calm", "usual", "busy", "very_busy", "unknown"]
Part = Literal["night", "morning", "afternoon", "evening"]

PARTS: dict[Part, range] = {
    "night": range(0, 6),
    "morning": range(6, 12),
    "afternoon": range(12, 18),
    "evening": range(18, 24),
}
PERCENTILES: dict[str, float] = {"calm": 0.3, "usual": 0.7, "busy": 0.9}
QUESTION = "arrivals-hourly"

WORDS: dict[Level, Sentence] = {
    "calm": Sentence(fr="calme", en="calm"),
    "usual": Sentence(fr="habituel", en="usual"),
    "busy": Sentence(fr="chargé", en="busy"),
    "very_busy": Sentence(fr="très chargé", en="very busy"),
    "unknown": Sentence(fr="non connu", en="not known"),
}
PART_WORDS: dict[Part, Sentence] = {
    "night": Sentence(fr="nuit (0 h - 6 h)", en="night (0:00-6:00)"),
    "morning": Sentence(fr="matin (6 h - 12 h)", en="morning (6:00-12:00)"),
    "afternoon": Sentence(fr="après-midi (12 h - 18 h)", en="afternoon (12:00-18:00)"),
    "evening": Sentence(fr="soir (18 h - 24 h)", en="evening (18:00-24:00)"),
}


@dataclass(frozen=True)
class PartOfDay:
    """One word for one part of one day at one site; `unknown` when the forecast abstained."""

    site: str
    day: date | None
    part: Part
    level: Level
    as_of: datetime


def crowding(proposals: Sequence[Proposal]) -> list[PartOfDay]:
    """The words for every site, day and part of day, from the `arrivals-hourly` proposals given; others are ignored.

    A site whose forecast abstained gives four parts of an unknown day. Parts of the first day that are over by
    `as_of` are still listed; the reader of the clock leaves them out.
    """
    parts: list[PartOfDay] = []
    for proposal in sorted(proposals, key=lambda each: each.subject):
        if proposal.question != QUESTION:
            continue
        site = proposal.subject.split(":", 1)[1]
        if isinstance(proposal.value, SeriesValue):
            parts.extend(_parts(proposal.value, site, proposal.as_of))
        else:
            parts.extend(PartOfDay(site, None, part, "unknown", proposal.as_of) for part in PARTS)
    return parts


def marks(hourly: pd.DataFrame, measure: str) -> tuple[Mark, ...]:
    """The site's own percentiles of each part of the day, over the hours given (complete parts only)."""
    found = []
    for part, hours in PARTS.items():
        inside = hourly[hourly["hour"].isin(hours)]
        totals = inside.groupby("date")[measure].agg(lambda counts: counts.sum(min_count=len(counts)))
        known = totals.dropna().to_numpy(dtype=float)
        for name, percentile in PERCENTILES.items():
            found.append(Mark(name=f"{part}.{name}", amount=round(float(np.quantile(known, percentile)), 3)))
    return tuple(found)


def _parts(value: SeriesValue, site: str, as_of: datetime) -> list[PartOfDay]:
    limits = {mark.name: mark.amount for mark in value.marks}
    sums: dict[tuple[str, Part], float] = {}
    for point in value.points:
        day, hour = point.key.split("T")
        part = next(name for name, hours in PARTS.items() if int(hour) in hours)
        sums[day, part] = sums.get((day, part), 0.0) + point.expected
    return [
        PartOfDay(site, date.fromisoformat(day), part, _level(total, part, limits), as_of)
        for (day, part), total in sums.items()
    ]


def _level(total: float, part: Part, limits: dict[str, float]) -> Level:
    if f"{part}.busy" not in limits:
        return "unknown"
    if total > limits[f"{part}.busy"]:
        return "very_busy"
    if total > limits[f"{part}.usual"]:
        return "busy"
    return "usual" if total >= limits[f"{part}.calm"] else "calm"
