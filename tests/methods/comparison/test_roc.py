"""Areas, their covariance and their difference: against published figures, scikit-learn, and the bootstrap."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cognoscope.methods.comparison import curve, paired_auc

RANDOM = np.random.default_rng(5)


def simulated(count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    truth = random.random(count) < 0.4
    shared = random.normal(size=count)
    first = truth * 1.2 + shared + random.normal(size=count)
    second = truth * 0.8 + shared + random.normal(size=count)
    return first, second, truth


def test_the_points_are_those_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn comes with the extra `text`")
    scores = np.round(simulated(200, 1)[0], 1)
    truth = simulated(200, 1)[2]
    found = curve(scores, truth)
    false, true, thresholds = metrics.roc_curve(truth, scores, drop_intermediate=False)
    np.testing.assert_allclose(found.false_positives, false)
    np.testing.assert_allclose(found.true_positives, true)
    np.testing.assert_allclose(found.thresholds, thresholds)
    area, _, _ = paired_auc(scores, scores, truth, range(200))
    assert area.value == pytest.approx(metrics.roc_auc_score(truth, scores), abs=1e-12)


def test_variances_are_those_of_the_definition():
    """DeLong 1988, equations 3 to 6, written out pair by pair."""
    first, second, truth = simulated(60, 2)
    scores = np.stack([first, second])
    sick, well = scores[:, truth], scores[:, ~truth]
    wins = (sick[:, :, None] > well[:, None, :]) + 0.5 * (sick[:, :, None] == well[:, None, :])
    areas = wins.mean(axis=(1, 2))
    of_sick, of_well = wins.mean(axis=2), wins.mean(axis=1)
    covariance = np.cov(of_sick) / sick.shape[1] + np.cov(of_well) / well.shape[1]
    one, _, difference = paired_auc(first, second, truth, range(60))
    spread = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    assert one.value == pytest.approx(areas[0])
    assert difference.value == pytest.approx(areas[0] - areas[1])
    assert (difference.high - difference.low) / 2 == pytest.approx(1.959964 * spread, rel=1e-6)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """The area of two normals one apart is 0.760; of 400 intervals of 95 %, between 92 and 98 % hold it."""
    held = 0
    for seed in range(400):
        random = np.random.default_rng(seed)
        truth = np.arange(80) < 40
        area, _, _ = paired_auc(*[truth + random.normal(size=80)] * 2, truth, range(80))
        held += area.low <= 0.7602 <= area.high
    assert 0.92 <= held / 400 <= 0.98


def test_cases_of_one_patient_widen_the_interval():
    first, second, truth = simulated(60, 3)
    alone = paired_auc(first, second, truth, range(60))
    thrice = paired_auc(np.repeat(first, 3), np.repeat(second, 3), np.repeat(truth, 3), np.repeat(range(60), 3))
    taken_for_others = paired_auc(np.repeat(first, 3), np.repeat(second, 3), np.repeat(truth, 3), range(180))
    for one, other, wrong in zip(alone, thrice, taken_for_others, strict=True):
        assert one.value == pytest.approx(other.value)
        assert other.high - other.low == pytest.approx(one.high - one.low, rel=0.03)
        assert wrong.high - wrong.low < 0.65 * (one.high - one.low)


def test_one_of_each_truth_is_needed():
    with pytest.raises(ValueError, match="with and cases without"):
        paired_auc(np.arange(3.0), np.arange(3.0), np.ones(3, bool), range(3))
    with pytest.raises(ValueError, match="with and cases without"):
        curve(np.arange(3.0), np.zeros(3, bool))


def test_cases_of_a_single_patient_on_one_side_have_no_interval():
    truth = np.array([False, True, True, True, True, True, True])
    first = np.array([0.0, 0, 0, 0, 0, 0, 1])
    areas = paired_auc(first, first[[0, 1, 2, 3, 4, 6, 5]], truth, [0, 0, 0, 0, 1, 0, 0])
    for found in areas:
        assert found.low is None
        assert found.high is None
    assert areas[0].value == pytest.approx(7 / 12)


def test_without_a_mistake_the_interval_still_has_a_width():
    truth = np.arange(20) < 10
    area, _, difference = paired_auc(truth * 1.0, truth * 2.0, truth, range(20))
    assert area.value == 1 and area.low == pytest.approx(0.85) and area.high == 1
    assert difference.value == 0 and difference.p == 1


def test_one_patient_gives_no_interval():
    truth = np.array([True, False, True, False])
    area, _, difference = paired_auc(np.arange(4.0), np.arange(4.0)[::-1], truth, ["a"] * 4)
    assert area.low is None and difference.p is None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.booleans(), st.integers(0, 6)), min_size=2, max_size=30)
)
def test_any_scores_give_areas_within_bounds(rows: list[tuple[int, int, bool, int]]):
    first, second, truth, groups = (np.array(column) for column in zip(*rows, strict=True))
    if truth.all() or not truth.any():
        return
    one, two, difference = paired_auc(first.astype(float), second.astype(float), truth, groups)
    for area in (one, two):
        assert 0 <= area.value <= 1
        assert area.low is None or 0 <= area.low <= area.value <= area.high <= 1
    assert difference.value == pytest.approx(one.value - two.value)
    swapped = paired_auc(second.astype(float), first.astype(float), truth, groups)[2]
    assert swapped.value == pytest.approx(-difference.value) and swapped.p == pytest.approx(difference.p, nan_ok=True)
