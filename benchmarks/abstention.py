"""How often emergency.arrivals refuses to forecast: on ordinary days, on days not transmitted, in March 2020.

    python -m benchmarks.abstention --json [--data FOLDER]

FOLDER holds `ed_alsace_resural_daily` and `ed_sanford_4sites`, as $COGNOSCOPE_DATASETS/flow does. Each morning is asked
with the counts known until the evening before. Ordinary days: the last 365 of the six Alsace series and the four
Sanford sites that are complete. Not transmitted: Selestat (zero and near-zero days in 2015) and Mulhouse (126 missing
days) in 2015. Break: the Sanford sites, 16 March to 15 May 2020.
"""

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cognoscope.apps.emergency.arrivals.abstention_break import breaks
from cognoscope.apps.emergency.arrivals.abstention_check import check_abstention
from cognoscope.apps.emergency.arrivals.cleaning import believable

ALSACE_FILES = ("SU_2013.csv", "rpu_jour_2014.csv", "rpu_jour_2015.csv", "rpu_jour_nc_2016.csv")
COMPLETE = ("Col", "Hag", "Dia", "Sav", "Geb", "Wis")
SPOILT = ("Sel", "Mul")
SANFORD_END = "2025-08-31"
BREAK = ("2020-03-16", "2020-05-15")


def alsace(folder: Path) -> pd.DataFrame:
    """Daily counts, one column a hospital, as transmitted."""
    parts = [pd.read_csv(folder / "ed_alsace_resural_daily" / name, index_col=0) for name in ALSACE_FILES]
    joined = pd.concat(parts)
    joined.index = pd.to_datetime(joined.index)
    return joined.asfreq("D")


def sanford(folder: Path) -> pd.DataFrame:
    """Daily encounters, one column a site; the empty grid after August 2025 is left out."""
    rows = pd.read_parquet(folder / "ed_sanford_4sites" / "daily_df.parquet", columns=["site", "date", "total_enc"])
    return rows.pivot(index="date", columns="site", values="total_enc")[:SANFORD_END].asfreq("D").astype(float)


def measure(folder: Path) -> dict[str, Any]:
    """Shares of mornings refused, by series and period."""
    started = time.perf_counter()
    found: dict[str, Any] = {"ordinary": {}, "not_transmitted": {}, "break": {}}
    french, american = alsace(folder), sanford(folder)
    ordinary = {name: french[name] for name in COMPLETE} | {f"Sanford {site}": american[site] for site in american}
    for name, counts in ordinary.items():
        asked = check_abstention(counts, counts.index[-365], counts.index[-1])
        found["ordinary"][name] = {"share": round(asked.share, 4), "reasons": asked.reasons}
    for name in SPOILT:
        counts = french[name]
        asked = check_abstention(counts, pd.Timestamp("2015-01-01"), pd.Timestamp("2015-12-31"))
        silent = (counts.isna() | (believable(counts).isna())).reindex(asked.refused.index)
        found["not_transmitted"][name] = {
            "days_not_transmitted": int(silent.sum()),
            "share": round(asked.share, 4),
            "reasons": asked.reasons,
        }
    for site in american:
        counts = american[site]
        asked = check_abstention(counts, pd.Timestamp(BREAK[0]), pd.Timestamp(BREAK[1]))
        refused = asked.refused.dropna()
        # Ordinary years as a whole, by the break test alone: it is the one that might cry wolf.
        calm = breaks(believable(counts))
        calm = calm.rolling(14, min_periods=1).max().astype(bool)
        outside = (calm.index < "2020-03-01") | (calm.index >= "2022-03-01")
        found["break"][f"Sanford {site}"] = {
            "share": round(asked.share, 4),
            "first_refused": None if refused.empty else f"{refused.index[0]:%Y-%m-%d}",
            "reasons": asked.reasons,
            "false_alarms_2018_2020_2022_2025": round(float(np.mean(calm[outside])), 4),
        }
    found["ordinary_share"] = round(float(np.mean([each["share"] for each in found["ordinary"].values()])), 4)
    found["break_share"] = round(float(np.mean([each["share"] for each in found["break"].values()])), 4)
    found["seconds"] = round(time.perf_counter() - started, 1)
    return found


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("COGNOSCOPE_DATASETS", ".")) / "flow")
    arguments = parser.parse_args()
    figures = measure(arguments.data)
    print(json.dumps(figures, indent=None if arguments.json else 2))


if __name__ == "__main__":
    main()
