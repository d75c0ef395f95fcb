import gzip
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cognoscope.core.errors import InvalidInput
from cognoscope.datasets.flow import read_flow
from cognoscope.datasets.sentinelles import read_sentinelles

WEEKS = """# {"source":"made"}
week,indicator,inc,inc_low,inc_up,inc100,inc100_low,inc100_up,geo_insee,geo_name
201553,7,10,-,-,21,-,-,42,ALSACE
201601,7,10,-,-,-,-,-,42,ALSACE
201601,7,10,-,-,33,-,-,11,ILE-DE-FRANCE
"""


def reference() -> Path:
    root = os.environ.get("COGNOSCOPE_DATASETS")
    if not root or not (Path(root) / "flow").is_dir():
        pytest.skip("COGNOSCOPE_DATASETS does not name a folder with flow/")
    return Path(root) / "flow"


def test_a_week_is_dated_by_its_monday_and_published_on_the_next_wednesday(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "grippe_incidence_region.csv.gz", "wt", encoding="utf-8") as file:
        file.write(WEEKS)
    found = read_sentinelles(tmp_path, "42")
    assert found["week_start"].tolist() == [pd.Timestamp("2015-12-28"), pd.Timestamp("2016-01-04")]
    assert found["published_on"].tolist() == [pd.Timestamp("2016-01-06"), pd.Timestamp("2016-01-13")]
    assert found["per_100000"].iloc[0] == 21 and np.isnan(found["per_100000"].iloc[1])
    assert set(found["indicator"]) == {"influenza"}
    assert read_sentinelles(tmp_path / "absent", "42").empty


def test_other_folders_hold_no_reference_series(tmp_path: Path) -> None:
    assert read_flow(tmp_path) == [] == read_flow(tmp_path / "absent")


@pytest.mark.parametrize("name", ["rpu_jour_2014.csv", "daily_df.parquet", "uihc_ed_arrivals.RData"])
def test_a_broken_file_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x00\x01 not what its name says")
    with pytest.raises(InvalidInput, match="datasets verify"):
        read_flow(tmp_path)


def test_the_eleven_reference_series() -> None:
    found = {series.name: series for series in read_flow(reference())}
    last_year = {
        name: series.daily["arrivals"].where(lambda n: n > 0).iloc[-365:].mean() for name, series in found.items()
    }
    published = {
        "alsace/Col": 188,
        "alsace/Hag": 127,
        "alsace/Dia": 80,
        "alsace/Sav": 81,
        "alsace/Geb": 44,
        "alsace/Wis": 36,
        "sanford/A": 128,
        "sanford/B": 180,
        "sanford/C": 105,
        "sanford/D": 74,
        "iowa": 162,
    }
    assert {name: round(mean) for name, mean in last_year.items()} == published
    for series in found.values():
        assert pd.infer_freq(series.daily.index) == "D"
    colmar, sanford, iowa = found["alsace/Col"], found["sanford/A"], found["iowa"]
    assert np.isnan(colmar.daily["arrivals"]["2013-05-31"])
    assert colmar.incidence is not None and set(colmar.incidence["indicator"]) == {"influenza", "gastroenteritis"}
    assert sanford.daily.index[-1] == pd.Timestamp("2025-08-31") and sanford.daily["admissions"].notna().all()
    assert sanford.weather is not None and sanford.weather["temperature_min"].min() > -45
    assert iowa.hourly is not None and len(iowa.hourly) == 41_640
    assert iowa.hourly["arrivals"].sum() == iowa.daily["arrivals"].sum()


def test_one_folder_of_them_can_be_read_alone() -> None:
    assert [series.name for series in read_flow(reference() / "ed_uihc_hourly")] == ["iowa"]


def test_other_hospitals_in_the_same_layout_are_read(tmp_path):
    days = pd.date_range("2014-01-01", periods=3)
    frame = pd.DataFrame({"Nouveau": [10, 0, 12], "total": [10, 0, 12], "mean": [10, 0, 12], "hosp": [1, 1, 1]}, days)
    frame.to_csv(tmp_path / "rpu_jour_2014.csv")
    (series,) = read_flow(tmp_path)
    assert series.name == "alsace/Nouveau"
    assert series.daily["arrivals"].tolist() == [10, 0, 12]
