import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cognoscope.methods import accuracy
from cognoscope.methods.averaging import dynamic_weights, log_scores
from cognoscope.methods.baselines import eight_weeks, last_week
from cognoscope.methods.bootstrap import block_counts, block_sums, interval
from cognoscope.methods.decomposition import logarithmic_shares

effects = st.dictionaries(st.sampled_from("abcdefg"), st.floats(min_value=-3, max_value=3), max_size=7)


@given(st.floats(min_value=0.01, max_value=1e4), effects)
@settings(max_examples=200, deadline=None)
def test_shares_add_up_and_keep_their_sign(base: float, given_effects: dict[str, float]) -> None:
    shares = logarithmic_shares(base, given_effects)
    total = base * math.exp(math.fsum(given_effects.values()))
    assert base + math.fsum(shares.values()) == pytest.approx(total, rel=1e-9)
    assert all(shares[name] * effect >= 0 for name, effect in given_effects.items())


def test_shares_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        logarithmic_shares(0.0, {"a": 1.0})


def test_accuracy_figures() -> None:
    actual = np.array([100.0, 200.0, np.nan, 0.0])
    forecast = np.array([110.0, 180.0, 5.0, 1.0])
    assert accuracy.mape(actual, forecast) == pytest.approx(10.0)
    assert accuracy.mae(actual, forecast) == pytest.approx(31 / 3)
    assert accuracy.wape(actual, forecast) == pytest.approx(100 * 31 / 300)
    assert accuracy.coverage(actual, forecast - 10, forecast + 5) == pytest.approx(2 / 3)
    assert math.isnan(accuracy.mape(actual[2:3], forecast[2:3]))


def test_poisson_floor_is_what_a_poisson_count_leaves() -> None:
    drawn = np.random.default_rng(0).poisson(150, 40_000).astype(float)
    assert accuracy.poisson_floor(150) == pytest.approx(79.8 / math.sqrt(150), rel=1e-3)
    assert accuracy.mape(drawn, np.full(40_000, 150.0)) == pytest.approx(accuracy.poisson_floor(150), rel=0.03)


def test_gap_closed_between_naive_and_floor() -> None:
    assert [accuracy.gap_closed(error, 10, 6) for error in (10, 8, 6)] == [0.0, 0.5, 1.0]


def test_eight_weeks_by_hand() -> None:
    days = pd.date_range("2024-01-01", periods=120)
    counts = pd.Series(np.random.default_rng(3).poisson(80, 120).astype(float), index=days)
    for horizon in (1, 4, 7):
        step = 100
        origin = step - horizon
        weekdays = np.mean([counts.iloc[step - 7 * week] for week in range(1, 9)])
        level = counts.iloc[origin - 13 : origin + 1].mean() / counts.iloc[origin - 55 : origin + 1].mean()
        assert eight_weeks(counts, horizon).iloc[step] == pytest.approx(weekdays * (1 + level) / 2)
    assert last_week(counts).iloc[100] == counts.iloc[93]
    with pytest.raises(ValueError, match="1 to 7"):
        eight_weeks(counts, 8)


def test_weights_go_to_whoever_predicts_better_and_come_back() -> None:
    target = np.zeros(200)
    means = np.column_stack([np.r_[np.zeros(100), np.ones(100)], np.r_[np.ones(100), np.zeros(100)]])
    scores = log_scores(target[:, None], means, np.ones((200, 2)))
    weights = dynamic_weights(scores, 20.0)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    assert weights[99, 0] > 0.99 and weights[199, 1] > 0.99


def test_unknown_outcomes_move_no_weight() -> None:
    scores = log_scores(np.array([[1.0], [np.nan]]), np.array([[0.0, 1.0]] * 2), np.ones((2, 2)))
    weights = dynamic_weights(scores, 1e9)
    np.testing.assert_allclose(weights[0], weights[1], rtol=1e-6)


def test_block_bootstrap_of_a_mean() -> None:
    values = np.random.default_rng(4).normal(3, 1, 700)
    counts = block_counts(100, 2000, seed=1)
    sums, sizes = block_sums(values, 7), block_sums(np.ones(700), 7)
    assert sums.sum() == pytest.approx(values.sum())
    found = interval((counts @ sums) / (counts @ sizes))
    assert found is not None
    low, high = found
    assert low < 3 < high
    assert high - low == pytest.approx(2 * 1.96 / math.sqrt(700), rel=0.15)


def test_the_last_block_is_whole() -> None:
    np.testing.assert_array_equal(block_sums(np.array([1.0, np.nan, 3.0, 4.0]), 3), [1.0, 7.0])


def test_a_figure_in_no_draw_has_no_interval() -> None:
    assert interval(np.full(10, np.nan)) is None
