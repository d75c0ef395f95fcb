import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.apps.emergency.arrivals.made_counts import made_counts

from cognoscope.apps.emergency.arrivals.calendar import Calendar
from cognoscope.apps.emergency.arrivals.evaluate import evaluate
from cognoscope.apps.emergency.arrivals.judged_series import JudgedSeries, read_series
from cognoscope.apps.emergency.arrivals.judging import first_judged_day, judge
from cognoscope.apps.emergency.arrivals.summary import summary
from cognoscope.core.errors import InvalidInput
from cognoscope.methods.accuracy import mape
from cognoscope.methods.baselines import eight_weeks, last_week


def table(site: str, counts: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"site": site, "timestamp": counts.index.strftime("%Y-%m-%d"), "arrivals": counts.to_numpy()})


def test_a_folder_of_own_counts_is_judged(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    table("north", made_counts(260, mean=120)).assign(country="FR", alsace_moselle=True).to_csv(
        tmp_path / "north.csv", index=False
    )
    short = table("new", made_counts(130, mean=60)).assign(country="FR", alsace_moselle=True)
    short.to_csv(tmp_path / "new.csv", index=False)
    found = evaluate(tmp_path)
    assert found.application == "emergency.arrivals" and found.dataset == tmp_path.name
    names = {metric.name: metric for metric in found.metrics}
    for horizon in range(1, 6):
        for figure in ("gap_closed", "coverage80", "mape", "mae", "wape"):
            metric = names[f"{figure}_h{horizon}"]
            assert metric.low <= metric.value <= metric.high
    assert names["better_than_wk8"].value == 1.0
    assert names["gap_closed_h1"].value > names["gap_closed_h1"].baseline
    (row,) = found.detail["series"]
    assert row["series"] == "north" and row["calendar"] == "FR Alsace-Moselle school zone B"
    assert found.rows == 5 * row["days"] == 5 * (260 - 112 - 4)
    assert [each["series"] for each in found.detail["left_out"]] == ["new"]
    assert "130 known days" in found.detail["left_out"][0]["reason"]
    json.loads(found.canonical())
    assert "1 of 1 series judged" in capfd.readouterr().err


def test_nothing_to_judge_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no such file"):
        evaluate(tmp_path / "absent")
    with pytest.raises(InvalidInput, match="site,timestamp,arrivals"):
        evaluate(tmp_path)
    table("new", made_counts(100)).to_csv(tmp_path / "new.csv", index=False)
    with pytest.raises(InvalidInput, match="100 known days; 112 are needed"):
        evaluate(tmp_path / "new.csv")


def test_one_site_in_two_files_is_one_series_but_a_day_twice_is_refused(tmp_path: Path) -> None:
    counts = made_counts(300)
    table("a", counts.iloc[:200]).to_csv(tmp_path / "1.csv", index=False)
    table("a", counts.iloc[200:]).to_csv(tmp_path / "2.csv", index=False)
    (series,) = read_series(tmp_path)
    assert len(series.history) == 300 and series.calendar is None
    table("a", counts.iloc[250:]).to_csv(tmp_path / "3.csv", index=False)
    with pytest.raises(InvalidInput, match="two files hold counts of a"):
        read_series(tmp_path)


def test_an_empty_grid_after_the_last_count_is_no_history(tmp_path: Path) -> None:
    counts = made_counts(300)
    counts.iloc[250:] = 0.0
    counts.iloc[100] = 0.0
    table("a", counts).to_csv(tmp_path / "a.csv", index=False)
    (series,) = read_series(tmp_path / "a.csv")
    assert series.history.index[-1] == counts.index[249]
    assert np.isnan(series.history.iloc[100])


def test_a_row_holds_the_figures_of_its_baselines() -> None:
    history = made_counts(420)
    history.iloc[[390, 400]] = np.nan
    first = first_judged_day(history)
    assert first == (history.index[-1] - pd.Timedelta(days=303)).date()
    judged = judge(JudgedSeries("a", history, Calendar("FR")), first)
    actual = history[pd.Timestamp(first) :].to_numpy()
    assert judged.row["days"] == 302
    assert judged.row["naive7"] == pytest.approx(mape(actual, last_week(history)[pd.Timestamp(first) :].to_numpy()))
    week8 = eight_weeks(history, 3)[pd.Timestamp(first) :].to_numpy()
    assert judged.row["wk8_h3"] == pytest.approx(mape(actual, week8))
    assert judged.row["floor"] == pytest.approx(79.8 / np.sqrt(np.nanmean(actual)), rel=1e-3)
    figures = {metric.name: metric.value for metric in summary([judged])}
    assert figures["mape_h2"] == judged.row["mape_h2"]
    assert figures["mape_wk8_h3"] == judged.row["wk8_h3"]


@pytest.mark.parametrize("known", [0, 111, 130, 143])
def test_too_short_to_be_judged(known: int) -> None:
    assert first_judged_day(made_counts(known)) is None


def test_figures_that_cannot_be_had_are_left_empty() -> None:
    history = pd.Series(np.nan, index=pd.date_range("2021-01-01", periods=1000))
    history.iloc[:300:2] = 40.0
    history.iloc[700::10] = 40.0
    judged = judge(JudgedSeries("a", history, Calendar(None)), first_judged_day(history))
    figures = {metric.name: metric for metric in summary([judged])}
    assert figures["mape_naive7"].value is None is figures["gap_closed_h1"].value is figures["gap_closed_h1"].low
    assert figures["mape_h1"].value is not None


@pytest.mark.slow
def test_reference_series_have_the_published_baselines_and_are_forecast_better() -> None:
    folder = Path(os.environ.get("COGNOSCOPE_DATASETS", "")) / "flow" / "ed_alsace_resural_daily"
    if not os.environ.get("COGNOSCOPE_DATASETS") or not folder.is_dir():
        pytest.skip("COGNOSCOPE_DATASETS does not name a folder with flow/ed_alsace_resural_daily")
    series = {each.name: each for each in read_series(folder)}
    assert list(series) == [f"alsace/{site}" for site in ("Col", "Hag", "Dia", "Sav", "Geb", "Wis")]
    for name, published in (("alsace/Col", (5.8, 10.4, 8.1, 8.3, 8.4)), ("alsace/Geb", (12.1, 19.5, 15.1, 15.2, 15.4))):
        judged = judge(series[name], first_judged_day(series[name].history))
        figures = [judged.row[key] for key in ("floor", "naive7", "wk8_h1", "wk8_h3", "wk8_h5")]
        assert figures == pytest.approx(published, abs=0.06)
        assert judged.row["better_than_wk8"]
        assert all(0.75 < judged.row[f"coverage80_h{horizon}"] < 0.85 for horizon in range(1, 6))
