"""`cognoscope evaluate emergency.arrivals --data PATH`: the method on the last year of each series, day by day.

Rolling origin: the forecast of a day h days ahead is made from the counts up to and including h days before it. Every
known day of the last 365 is scored; a day that was not, or only in part, transmitted (`cleaning.believable`) is not.
"""

import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from cognoscope.apps.emergency.arrivals.card import CARD
from cognoscope.apps.emergency.arrivals.judged_series import JudgedSeries, read_series
from cognoscope.apps.emergency.arrivals.judging import (
    KNOWN_DAYS_NEEDED,
    Judged,
    first_judged_day,
    judge,
)
from cognoscope.apps.emergency.arrivals.summary import summary
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evaluation import Evaluation

PROCESSES = 2


def evaluate(data: Path) -> Evaluation:
    """Judge every series in a reference folder, or in a hospital's own file or folder of counts.

    Returns:
        Means over the series with 95 % intervals (weeks resampled), each beside the eight-week mean where it has one;
        under `detail`, `series` holds one row a series and `left_out` those too short to judge, with the reason.

    Raises:
        InvalidInput: nothing there can be judged.
    """
    started = time.perf_counter()
    judged, left_out = _judge_all(read_series(data))
    if not judged:
        raise InvalidInput(f"{data}: no series is long enough to be judged. {left_out[0]['reason']}")
    return Evaluation(
        application=CARD.name,
        version=CARD.version,
        dataset=data.resolve().name,
        rows=sum(each.forecasts for each in judged),
        metrics=summary(judged),
        seconds=round(time.perf_counter() - started, 1),
        detail={"series": [_plain(each.row) for each in judged], "left_out": left_out},
    )


def _judge_all(series: list[JudgedSeries]) -> tuple[list[Judged], list[dict[str, str]]]:
    firsts = [first_judged_day(each.history) for each in series]
    left_out = [
        {
            "series": each.name,
            "reason": f"{each.name} has {int(each.history.count())} known days; {KNOWN_DAYS_NEEDED} are needed before "
            "the first forecast, and four weeks to judge it on.",
        }
        for each, first in zip(series, firsts, strict=True)
        if first is None
    ]
    found: dict[str, Judged] = {}
    # Spawned rather than forked: the parent may hold threads (a server, a numerical library's pool).
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        tasks = {
            pool.submit(judge, each, first): each.name
            for each, first in zip(series, firsts, strict=True)
            if first is not None
        }
        for task in as_completed(tasks):
            try:
                judged = task.result()
            except InvalidInput as error:
                left_out.append({"series": tasks[task], "reason": f"{tasks[task]}: {error}"})
                continue
            found[judged.name] = judged
            sys.stderr.write(f"{judged.name}: {judged.row['days']} days, {len(found)} of {len(tasks)} series judged\n")
    return [found[each.name] for each in series if each.name in found], left_out


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Rounded for print, not-a-number as nothing."""
    return {
        name: (None if not np.isfinite(value) else round(value, 4)) if isinstance(value, float) else value
        for name, value in row.items()
    }
