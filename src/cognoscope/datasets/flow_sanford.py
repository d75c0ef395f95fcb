"""Daily visits and admissions of four Sanford Health emergency departments, 2018-01-01 to 2025-08-31, with weather."""

from pathlib import Path

import pandas as pd

from cognoscope.datasets.flow_series import FlowSeries

MARK = "daily_df.parquet"


def read_sanford(folder: Path) -> list[FlowSeries]:
    """One series a site; the four lie in and around South Dakota, whose public holidays are taken."""
    rows = pd.read_parquet(folder / MARK)
    # What follows the last counted day is an empty grid for a contest: zeros that nobody counted.
    rows = rows[rows["date"] <= rows.loc[rows["total_enc"] > 0, "date"].max()]
    return [
        FlowSeries(
            name=f"sanford/{site}",
            daily=_daily(here),
            country="US",
            subdivision="SD",
            weather=_weather(here),
        )
        for site, here in rows.groupby("site", sort=True)
    ]


def _daily(rows: pd.DataFrame) -> pd.DataFrame:
    counts = rows.set_index("date")[["total_enc", "admitted_enc"]].astype("float64").sort_index().asfreq("D")
    return counts.rename(columns={"total_enc": "arrivals", "admitted_enc": "admissions"})


def _weather(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "date": rows["date"],
            "temperature_min": _celsius(rows["temp_min"]),
            "temperature_max": _celsius(rows["temp_max"]),
        }
    )


def _celsius(fahrenheit: pd.Series) -> pd.Series:
    return (fahrenheit - 32) / 1.8
