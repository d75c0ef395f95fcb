"""Daily visits of the emergency departments of Alsace, 2013-01-01 to 2016-01-24, as counted by RESURAL.

0 means not transmitted; 2013-05-31 is missing. Six hospitals are complete enough to judge a forecast on.
"""

from pathlib import Path

import pandas as pd

from cognoscope.datasets.flow_series import FlowSeries
from cognoscope.datasets.sentinelles import read_sentinelles

MARK = "rpu_jour_2014.csv"

_FILES = ("SU_2013.csv", "rpu_jour_2014.csv", "rpu_jour_2015.csv", "rpu_jour_nc_2016.csv")
_USABLE = ("Col", "Hag", "Dia", "Sav", "Geb", "Wis")
_NO_SITES = ("total", "mean", "hosp")
_REGION = "42"
_SENTINELLES = "fr_sentinelles_weekly"


def read_alsace(folder: Path) -> list[FlowSeries]:
    """The usable hospitals, with the epidemics of their region when that folder lies beside this one.

    These are the six of `_USABLE` that the files name; files that name none of them give every hospital they name.
    """
    frames = [pd.read_csv(folder / name, index_col=0) for name in _FILES if (folder / name).is_file()]
    named = list(dict.fromkeys(str(column) for frame in frames for column in frame))
    # SU_2013.csv names two columns `hosp`, which pandas calls `hosp` and `hosp.1`.
    hospitals = [name for name in named if name.split(".")[0] not in _NO_SITES]
    sites = [name for name in _USABLE if name in hospitals] or hospitals
    if not sites:
        raise ValueError("no column of a hospital is there")
    days = pd.concat([frame[[site for site in sites if site in frame]] for frame in frames])
    days.index = pd.DatetimeIndex(pd.to_datetime(days.index), name="date")
    days = days.sort_index().astype("float64").asfreq("D")
    beside = folder.parent / _SENTINELLES
    incidence = read_sentinelles(beside, _REGION) if beside.is_dir() else None
    return [
        FlowSeries(
            name=f"alsace/{site}",
            daily=_since_first_count(days[[site]].rename(columns={site: "arrivals"})),
            country="FR",
            alsace_moselle=True,
            school_zone="B",
            incidence=incidence,
        )
        for site in days.columns
    ]


def _since_first_count(daily: pd.DataFrame) -> pd.DataFrame:
    """Some hospitals joined later."""
    return daily[(daily["arrivals"] > 0).cummax()]
