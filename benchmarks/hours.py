"""How good the hours and the words for visitors are, on the real hourly series of the University of Iowa Hospitals.

    python -m benchmarks.hours --json [--data FOLDER] [--every 3]

FOLDER holds `ed_uihc_hourly`, as $COGNOSCOPE_DATASETS/flow does. From every third morning of the last year, the whole
application proposes with what was known the evening before; each hour of the five days shown is held against what came.
The words are judged against the word that the real count of that part of the day deserves by the same percentiles, and
beside always saying "usual"; `real_departure_by_word` is how far the real counts were from the middle of the usual
range on the parts of days that got that word.
"""

import argparse
import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cognoscope.apps.emergency.arrivals.app import propose
from cognoscope.apps.emergency.arrivals.case import build_case
from cognoscope.apps.emergency.arrivals.case_counts import Place, site_counts
from cognoscope.apps.emergency.arrivals.crowding import PARTS, crowding
from cognoscope.core.values import SeriesValue
from cognoscope.datasets.flow_uihc import read_uihc

PLACE = Place(time_zone="America/Chicago", country="US")
SHOWN_DAYS = 5
WORDS = ("calm", "usual", "busy", "very_busy")


def measure(folder: Path, every: int) -> dict[str, Any]:
    """Coverage and error of the hours, agreement of the words."""
    started = time.perf_counter()
    hourly = read_uihc(folder)[0].hourly
    assert hourly is not None, "the Iowa series is hourly"
    rows = pd.DataFrame({"timestamp": hourly.index, "arrivals": hourly["arrivals"].astype(float), "admissions": np.nan})
    real = rows.set_index("timestamp")["arrivals"]
    last = real.index[-1].normalize()
    hits: dict[float, list[bool]] = {0.5: [], 0.8: [], 0.95: []}
    expected, came, said, deserved, departed, abstained, asked = [], [], [], [], [], 0, 0
    for morning in pd.date_range(last - pd.Timedelta(days=365), last - pd.Timedelta(days=SHOWN_DAYS), freq=f"{every}D"):
        as_of = datetime(morning.year, morning.month, morning.day, 13, tzinfo=UTC)
        asked += 1
        proposals = propose(build_case(site_counts(rows, "UIHC", PLACE, as_of), as_of))
        value = next(each.value for each in proposals if each.question == "arrivals-hourly")
        if not isinstance(value, SeriesValue):
            abstained += 1
            continue
        until = f"{morning + timedelta(days=SHOWN_DAYS):%Y-%m-%d}"
        for point in value.points:
            if point.key < until:
                count = real[pd.Timestamp(f"{point.key}:00")]
                expected.append(point.expected)
                came.append(count)
                for interval in point.intervals:
                    hits[interval.level].append(interval.low <= count <= interval.high)
        limits = {mark.name: mark.amount for mark in value.marks}
        for part in crowding(proposals):
            if part.day is not None and part.day.isoformat() < until:
                stamps = [pd.Timestamp(part.day) + pd.Timedelta(hours=hour) for hour in PARTS[part.part]]
                count = float(real.reindex(stamps).sum())
                bounds = [limits[f"{part.part}.{name}"] for name in ("calm", "usual", "busy")]
                said.append(WORDS.index(part.level))
                departed.append(count / ((bounds[0] + bounds[1]) / 2) - 1)
                deserved.append(int(count >= bounds[0]) + int(count > bounds[1]) + int(count > bounds[2]))
    errors, words, truth = np.subtract(expected, came), np.array(said), np.array(deserved)
    return {
        "mornings": asked,
        "abstained": abstained,
        "hours": len(came),
        "mae": round(float(np.abs(errors).mean()), 3),
        "r2": round(1 - float((errors**2).sum() / ((np.array(came) - np.mean(came)) ** 2).sum()), 4),
        "coverage": {str(level): round(float(np.mean(found)), 4) for level, found in hits.items()},
        "words_right": round(float((words == truth).mean()), 4),
        "words_right_always_usual": round(float((truth == 1).mean()), 4),
        "words_within_one": round(float((np.abs(words - truth) <= 1).mean()), 4),
        "words_said": {word: int((words == index).sum()) for index, word in enumerate(WORDS)},
        "words_deserved": {word: int((truth == index).sum()) for index, word in enumerate(WORDS)},
        "real_departure_by_word": {
            word: round(float(np.array(departed)[words == index].mean()), 3)
            for index, word in enumerate(WORDS)
            if (words == index).any()
        },
        "seconds": round(time.perf_counter() - started, 1),
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    default = Path(os.environ.get("COGNOSCOPE_DATASETS", ".")) / "flow"
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--every", type=int, default=3, help="days from one morning asked to the next")
    arguments = parser.parse_args()
    figures = measure(arguments.data / "ed_uihc_hourly", arguments.every)
    print(json.dumps(figures, indent=None if arguments.json else 2))


if __name__ == "__main__":
    main()
