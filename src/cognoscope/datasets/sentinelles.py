"""Weekly incidence of influenza-like illness and acute diarrhoea, as published by Reseau Sentinelles.

The files hold each week as it was consolidated later; what was first published of it is not kept by the publisher.
"""

from pathlib import Path

import pandas as pd

_PUBLISHED_AFTER = pd.Timedelta(days=9)
"""A week (Monday to Sunday) is published on the Wednesday after it."""

_INFLUENZA = "grippe_incidence_region.csv.gz"
_GASTRO = "gastro_incidence_france.csv"


def read_sentinelles(folder: Path, region: str) -> pd.DataFrame:
    """Influenza-like illness in a region and acute diarrhoea in France.

    Args:
        folder: holds the publisher's files.
        region: INSEE code of one of the regions before 2016, `42` for Alsace.

    Returns:
        Rows `indicator` (influenza, gastroenteritis), `region`, `week_start`, `published_on`, `per_100000`; a file that
        is absent leaves its indicator out.
    """
    found = []
    if (folder / _INFLUENZA).is_file():
        rows = _weeks(folder / _INFLUENZA)
        found.append(rows[rows["region"] == region].assign(indicator="influenza"))
    if (folder / _GASTRO).is_file():
        found.append(_weeks(folder / _GASTRO).assign(indicator="gastroenteritis"))
    columns = ["indicator", "region", "week_start", "published_on", "per_100000"]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


def _weeks(path: Path) -> pd.DataFrame:
    read = pd.read_csv(path, skiprows=1, na_values="-", dtype={"geo_insee": str})
    start = pd.to_datetime(read["week"].astype(str) + "1", format="%G%V%u")
    return pd.DataFrame(
        {
            "region": read["geo_insee"],
            "week_start": start,
            "published_on": start + _PUBLISHED_AFTER,
            "per_100000": read["inc100"].astype("float64"),
        }
    ).sort_values("week_start", ignore_index=True)
