"""When arrivals abstain, and that silence is never taken for calm."""

import os
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cognoscope.apps.emergency.arrivals.abstention import why_abstain
from cognoscope.apps.emergency.arrivals.abstention_break import breaks, moving_sums, recent_break
from cognoscope.apps.emergency.arrivals.abstention_check import check_abstention
from cognoscope.apps.emergency.arrivals.cleaning import believable

TODAY = date(2026, 11, 21)


def counts(days: int = 400, mean: float = 120.0, seed: int = 5, last: date = TODAY - timedelta(days=1)) -> pd.Series:
    random = np.random.default_rng(seed)
    index = pd.date_range(end=last, periods=days)
    week = np.array([1.12, 1.0, 0.97, 0.97, 1.0, 0.97, 0.97])
    return pd.Series(random.poisson(mean * week[index.dayofweek]).astype(float), index=index)


def code(raw: pd.Series, today: date = TODAY) -> str | None:
    found = why_abstain(raw, believable(raw), today)
    return None if found is None else found.code


def spoilt(**changes: float) -> pd.Series:
    """Counts with the last days (named by `d<number>` back from today) replaced."""
    raw = counts()
    for name, value in changes.items():
        raw.iloc[-int(name[1:])] = value
    return raw


def test_ordinary_counts_are_forecast():
    assert code(counts()) is None
    assert code(counts(mean=3.0)) is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (counts(0), "no-counts"),
        (counts(300) * np.nan, "no-counts"),
        (counts(300) * 0, "not-transmitted"),
        (counts(90), "too-short"),
        (counts(last=TODAY - timedelta(days=4)), "too-old"),
        (counts(last=TODAY), "future-dated"),
        (spoilt(d1=0, d2=0, d3=0), "not-transmitted"),
        (spoilt(d6=0, d7=0, d8=0), "not-transmitted"),
        (counts().mask(counts().index > pd.Timestamp("2026-11-11"), np.nan).iloc[:-8], "too-old"),
        (counts().mask((counts().index > "2026-11-08") & (counts().index < "2026-11-15")), "missing-weeks"),
        (counts().mask((counts().index > "2026-10-01") & (counts().index < "2026-10-20")), "missing-weeks"),
    ],
)
def test_reasons(raw: pd.Series, expected: str):
    assert code(raw) == expected


def test_one_or_two_days_late_is_still_forecast():
    assert code(spoilt(d1=np.nan)) is None
    assert code(counts(last=TODAY - timedelta(days=3))) is None


def test_zeros_not_transmitted_never_look_calm():
    """Zeros are taken out, not averaged in: two of them leave the forecast and the verdict unchanged."""
    raw = spoilt(d2=0, d5=0)
    assert code(raw) is None
    assert believable(raw).isna().sum() == 2
    pd.testing.assert_series_equal(moving_sums(believable(raw), 7), moving_sums(raw.replace(0, np.nan), 7))


def test_a_tiny_site_may_really_see_nobody():
    raw = counts(mean=1.5)
    assert (raw.iloc[-30:] == 0).any()
    assert code(raw) is None


@pytest.mark.parametrize("factor", [0.6, 1.5])
def test_a_break_is_seen_both_ways_then_forgotten(factor: float):
    raw = counts(500)
    shifted = raw.where(raw.index < "2026-11-11", (raw * factor).round())
    found = recent_break(shifted)
    assert found is not None and code(shifted) == "unexplained-break"
    assert found.departure == pytest.approx(factor - 1, abs=0.1)
    settled = raw.where(raw.index < "2026-08-01", (raw * factor).round())
    assert code(settled) is None


def test_a_break_is_seen_within_a_week():
    raw = counts(500)
    shifted = raw.where(raw.index < "2026-11-11", (raw * 0.6).round())
    spoken = breaks(shifted)
    assert spoken.index[spoken][0] <= pd.Timestamp("2026-11-17")


def test_the_past_does_not_change_with_the_future():
    raw = counts(500)
    cut = moving_sums(raw.iloc[:-30], 7)
    pd.testing.assert_series_equal(moving_sums(raw, 7).iloc[:-30], cut, check_freq=False)


def test_false_alarms_on_independent_counts_are_rare():
    spoken = [
        check_abstention(counts(500, seed=seed), pd.Timestamp("2026-10-01"), pd.Timestamp(TODAY)) for seed in (7, 8)
    ]
    assert sum(check.refused.notna().sum() for check in spoken) <= 0.02 * sum(check.days for check in spoken)


def test_sentences_name_days_and_numbers():
    found = why_abstain(spoilt(d1=0, d2=0, d3=0), believable(spoilt(d1=0, d2=0, d3=0)), TODAY)
    assert found is not None
    assert (
        "18/11/2026" in found.sentence.fr and "20/11/2026" in found.sentence.fr and "non transmis" in found.sentence.fr
    )
    assert "18 November 2026" in found.sentence.en


def test_real_years():
    """Ordinary real days are forecast, days not transmitted and March 2020 are not."""
    folder = os.environ.get("COGNOSCOPE_DATASETS")
    if not folder or not (Path(folder) / "flow" / "ed_sanford_4sites").is_dir():
        pytest.skip("COGNOSCOPE_DATASETS does not name a folder that holds flow/ed_sanford_4sites")
    rows = pd.read_parquet(Path(folder) / "flow" / "ed_sanford_4sites" / "daily_df.parquet")
    site = rows[rows["site"] == "B"].set_index("date")["total_enc"].astype(float)[:"2025-08-31"].asfreq("D")
    ordinary = check_abstention(site, pd.Timestamp("2025-06-01"), pd.Timestamp("2025-08-31"))
    assert ordinary.share <= 0.02
    covid = check_abstention(site, pd.Timestamp("2020-03-25"), pd.Timestamp("2020-04-15"))
    assert covid.share == 1.0 and covid.reasons == {"unexplained-break": 22}
