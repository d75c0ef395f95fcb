"""Emergency arrivals: time of one refit and forecast, and the whole backtest on the reference series.

python benchmarks/arrivals.py [FOLDER]      (default: $COGNOSCOPE_DATASETS/flow)
"""

import os
import sys
import time
from pathlib import Path

from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.apps.emergency.arrivals.evaluate import evaluate
from cognoscope.apps.emergency.arrivals.judged_series import read_series
from cognoscope.apps.emergency.arrivals.model import forecast_daily


def main() -> None:
    """Print one line a figure."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(os.environ["COGNOSCOPE_DATASETS"]) / "flow"
    for series in read_series(folder):
        origin = series.history.index[-1].date()
        started = time.perf_counter()
        forecast_daily(series.history, series.calendar or Calendar(), series.incidence, series.weather, origin)
        print(f"refit and forecast {series.name}: {time.perf_counter() - started:.2f} s")
    result = evaluate(folder)
    for metric in result.metrics:
        between = "" if metric.low is None else f" ({metric.low:.3f} to {metric.high:.3f})"
        beside = "" if metric.baseline is None else f", eight-week mean {metric.baseline:.3f}"
        print(f"{metric.name}: {metric.value:.3f}{between}{beside}")
    for row in result.detail["series"]:
        gaps = " ".join(f"{row[f'gap_closed_h{horizon}']:.3f}" for horizon in (1, 3, 5))
        cover = " ".join(f"{row[f'coverage80_h{horizon}']:.3f}" for horizon in (1, 3, 5))
        print(f"{row['series']}: gap closed {gaps}; coverage {cover}; better than wk8: {row['better_than_wk8']}")
    print(f"{result.rows} forecasts judged in {result.seconds:.0f} s")


if __name__ == "__main__":
    main()
