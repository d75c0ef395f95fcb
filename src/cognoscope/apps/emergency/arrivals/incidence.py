"""Weekly incidence of epidemics as it was known when a forecast was made."""

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LONGEST_HORIZON = 7
"""Days ahead of the farthest forecast: a day's feature is what had been published this many days before it."""

_STALE_DAYS = 35
_TYPICAL = 50.0

Array = NDArray[np.float64]


def known_incidence(days: pd.DatetimeIndex, incidence: pd.DataFrame | None, as_of: date) -> dict[str, Array]:
    """Latest published incidence of each indicator, on a logarithmic scale, one value a day.

    The value of a day is the one published at least a week before it, so that it was known for every horizon up to
    seven days. An indicator not published in the five weeks before `as_of` is left out: an old peak would be carried on
    for ever.

    Args:
        days: (n,) successive days.
        incidence: rows with `indicator`, `published_on`, `per_100000` and, if it covers several, `region`; or None.
        as_of: first day on which the values are used to forecast.

    Returns:
        indicator and region -> (n,) values of log(1 + incidence / 50), zero where nothing was known.
    """
    if incidence is None or incidence.empty:
        return {}
    asked = days - pd.Timedelta(days=LONGEST_HORIZON)
    known = {}
    series = ["indicator", "region"] if "region" in incidence else ["indicator"]
    for name, rows in incidence.dropna(subset=["per_100000"]).groupby(series, sort=True):
        published = pd.Series(
            rows["per_100000"].to_numpy(dtype=np.float64), index=pd.DatetimeIndex(pd.to_datetime(rows["published_on"]))
        ).sort_index(kind="stable")
        published = published[~published.index.duplicated(keep="last")]
        fresh = published[pd.Timestamp(as_of) - pd.Timedelta(days=_STALE_DAYS) : pd.Timestamp(as_of)]
        if fresh.empty:
            continue
        latest = published.reindex(asked, method="ffill").to_numpy(dtype=np.float64)
        known[" ".join(map(str, name))] = np.nan_to_num(np.log1p(np.maximum(latest, 0.0) / _TYPICAL))
    return known
