"""Hourly visits of the emergency department of the University of Iowa, 2013-07-01 to 2018-03-31, with temperature."""

import warnings
from pathlib import Path

import pandas as pd
import rdata

from cognoscope.datasets.flow_series import FlowSeries

MARK = "uihc_ed_arrivals.RData"


def read_uihc(folder: Path) -> list[FlowSeries]:
    """The one series, by day and by hour. `Date` is the calendar day, counted from 1970; `Quarter` is fiscal."""
    rows = _frame(folder / MARK)
    day = pd.to_datetime(rows["Date"].to_numpy(dtype="float64"), unit="D")
    hours = pd.DataFrame(
        {
            "date": day,
            "time": day + pd.to_timedelta(rows["Hour"].to_numpy(dtype="float64"), unit="h"),
            "arrivals": rows["Arrivals"].to_numpy(dtype="float64"),
            "celsius": (rows["temp"].to_numpy(dtype="float64") - 32) / 1.8,
        }
    )
    by_day = hours.groupby("date")
    weather = by_day["celsius"].agg(["min", "max"]).reset_index()
    return [
        FlowSeries(
            name="iowa",
            daily=by_day["arrivals"].sum(min_count=24).to_frame().asfreq("D"),
            country="US",
            subdivision="IA",
            hourly=hours.set_index("time")[["arrivals"]],
            weather=weather.rename(columns={"min": "temperature_min", "max": "temperature_max"}),
        )
    ]


def _frame(path: Path) -> pd.DataFrame:
    """The data frame in the file; R's dates as numbers of days.

    Raises:
        ValueError: the file is not R's, or holds what the reader only guesses at.
    """
    plain = {**rdata.conversion.DEFAULT_CLASS_MAP, "Date": lambda days, _attributes: days}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return pd.DataFrame(rdata.read_rda(path, constructor_dict=plain)["uihc_ed_arrivals"])
        except UserWarning as guess:
            raise ValueError(str(guess)) from guess
