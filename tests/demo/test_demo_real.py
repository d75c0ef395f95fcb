"""Real series for the demonstration, out of CSV files and out of the reference folders."""

import os
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from cognoscope.core.errors import InvalidInput
from cognoscope.demo.real import read_real


def write(path: Path, site: str, last: str, days: int = 40, extra: str = "") -> None:
    stamps = pd.date_range(end=last, periods=days)
    pd.DataFrame({"site": site, "timestamp": stamps, "arrivals": range(days)}).assign(
        **({"time_zone": extra} if extra else {})
    ).to_csv(path, index=False)


def test_today_is_the_day_after_the_series_end(tmp_path):
    write(tmp_path / "a.csv", "Nord", "2025-03-09")
    real = read_real(tmp_path)
    assert real.today == date(2025, 3, 10)
    assert real.opens.isoformat() == "2025-03-10T08:00:00+01:00"
    assert real.known.daily()["Nord", "arrivals", "2025-03-09"] == 39.0


def test_one_file_will_do(tmp_path):
    write(tmp_path / "a.csv", "Nord", "2025-03-09")
    assert read_real(tmp_path / "a.csv").shown == ("Nord",)


def test_series_that_ended_long_before_are_left_out_and_named(tmp_path):
    write(tmp_path / "a.csv", "Nord", "2025-03-09")
    write(tmp_path / "b.csv", "Sud", "2025-03-06")
    write(tmp_path / "c.csv", "Ancien", "2019-03-06")
    real = read_real(tmp_path)
    assert real.shown == ("Nord", "Sud") and real.left_out == ("Ancien",)
    assert set(real.known.counts["site"]) == {"Nord", "Sud"}


def test_hospitals_with_different_clocks_are_not_mixed(tmp_path):
    write(tmp_path / "a.csv", "Nord", "2025-03-09")
    write(tmp_path / "b.csv", "Iowa", "2025-03-09", extra="America/Chicago")
    with pytest.raises(InvalidInput, match="different clocks"):
        read_real(tmp_path)


def test_a_folder_without_series_is_one_sentence(tmp_path):
    with pytest.raises(InvalidInput, match="holds no series"):
        read_real(tmp_path)


@pytest.mark.skipif("COGNOSCOPE_DATASETS" not in os.environ, reason="COGNOSCOPE_DATASETS names no reference data")
@pytest.mark.parametrize(
    ("folder", "today", "zone"),
    [
        ("ed_alsace_resural_daily", date(2016, 1, 25), "Europe/Paris"),
        ("ed_sanford_4sites", date(2025, 9, 1), "America/Chicago"),
    ],
)
def test_reference_folders_are_read(folder, today, zone):
    real = read_real(Path(os.environ["COGNOSCOPE_DATASETS"]) / "flow" / folder)
    assert real.today == today
    assert real.settings["time_zone"] == zone
    assert len(real.shown) >= 4
