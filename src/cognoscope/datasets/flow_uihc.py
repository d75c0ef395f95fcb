"""Hourly visits of the emergency department of the University of Iowa, 2013-07-01 to 2018-03-31, with temperature."""

from pathlib import Path

import pandas as pd
import rdata

from cognoscope.datasets.flow_series import FlowSeries

MARK = "uihc_ed_arrivals.RData"


def read_uihc(folder: Path) -> list[FlowSeries]:
    """The one series, by day and by hour. `Date` is the calendar day, counted from 1970; `Quarter` is fiscal."""
    plain = {**rdata.conversion.DEFAULT_CLASS_MAP, "Date": lambda days, _attributes: days}
    rows = rdata.read_rda(folder / MARK, constructor_dict=plain)["uihc_ed_arrivals"]
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
