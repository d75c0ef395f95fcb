"""Decisions, agreement and the whole comparison of two algorithms."""

import numpy as np
import pytest

from cognoscope.methods.comparison import bland_altman, compare, compare_measurements, decisions, dice, weighted_kappa


def test_decisions_are_the_counts_of_the_table():
    scores = np.array([0.9, 0.8, 0.4, 0.7, 0.2, 0.1])
    truth = np.array([True, True, True, False, False, False])
    found = decisions(scores, truth, 0.5, range(6), seed=1)
    assert (found.true_positives, found.false_positives, found.true_negatives, found.false_negatives) == (2, 1, 2, 1)
    assert found.sensitivity is not None and found.sensitivity.value == pytest.approx(2 / 3)
    # Wilson's interval of 2 in 3, from the formula.
    assert (found.sensitivity.low, found.sensitivity.high) == (
        pytest.approx(0.2077, abs=1e-4),
        pytest.approx(0.9385, abs=1e-4),
    )
    assert found.ppv is not None and found.ppv.value == pytest.approx(2 / 3)
    nobody = decisions(scores, truth, 2.0, range(6), seed=1)
    assert nobody.ppv is None and nobody.sensitivity is not None and nobody.sensitivity.value == 0


def test_patients_with_many_cases_are_drawn_whole():
    scores = np.repeat([0.9, 0.1, 0.9, 0.1, 0.9, 0.9, 0.1, 0.9], 10)
    truth = np.ones(80, bool)
    apart = decisions(scores, truth, 0.5, range(80), seed=1).sensitivity
    together = decisions(scores, truth, 0.5, np.repeat(range(8), 10), seed=1).sensitivity
    assert apart is not None and together is not None and apart.value == together.value
    assert together.high - together.low > 2 * (apart.high - apart.low)
    everyone = decisions(np.ones(80), truth, 0.5, np.repeat(range(8), 10), seed=1).sensitivity
    assert everyone is not None and everyone.low == pytest.approx(0.676, abs=1e-3)


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_kappa_is_that_of_scikit_learn(weights: str):
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn comes with the extra `text`")
    random = np.random.default_rng(4)
    first = random.integers(0, 5, 120)
    second = np.clip(first + random.integers(-1, 2, 120), 0, 4)
    found = weighted_kappa(first, second, 5, range(120), 1, weights)  # type: ignore[arg-type]
    theirs = metrics.cohen_kappa_score(first, second, labels=range(5), weights=None if weights == "none" else weights)
    assert found.value == pytest.approx(theirs) and found.low < theirs < found.high
    assert weighted_kappa(first, first, 5, range(120), 1, weights).value == 1  # type: ignore[arg-type]


def test_limits_of_agreement():
    first = np.array([10.0, 12.0, 15.0, 20.0, 26.0])
    second = first - np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    found = bland_altman(first, second, range(5), seed=1)
    assert found.bias.value == pytest.approx(3.0)
    assert found.low.value == pytest.approx(3 - 1.96 * np.sqrt(2.5))
    assert found.high.value == pytest.approx(3 + 1.96 * np.sqrt(2.5))
    assert bland_altman(first, first, range(5), seed=1).concordance.value == pytest.approx(1.0)
    # Lin 1989: twice the covariance over both variances and the squared difference of the means.
    both = first.var() + second.var() + 9
    assert found.concordance.value == pytest.approx(2 * np.cov(first, second, ddof=0)[0, 1] / both)


def test_overlap_of_masks():
    one, two = np.zeros((4, 4), bool), np.zeros((4, 4), bool)
    assert dice(one, two) == 1
    one[:2], two[1:3] = True, True
    assert dice(one, two) == 0.5
    with pytest.raises(ValueError, match="do not lie on each other"):
        dice(one, two[:2])


def test_two_algorithms_on_the_same_cases():
    random = np.random.default_rng(6)
    truth = (random.random(150) < 0.3).astype(float)
    good, poor = truth + random.normal(0, 0.4, 150), truth + random.normal(0, 2.0, 150)
    good[:3], poor[2:7], truth[10:20] = np.nan, np.nan, np.nan
    found = compare(good, poor, truth, [f"p{number // 2}" for number in range(150)], 1, (0.5, 0.5))
    assert (found.only_first, found.only_second, found.neither, found.cases) == (4, 2, 1, 143)
    assert found.known == 133 and found.positives == int(np.nansum(truth[7:]))
    assert found.areas is not None and found.area_difference is not None and found.decided is not None
    assert found.areas[0].value > 0.9 > found.areas[1].value and found.area_difference.p < 1e-4
    assert found.agreement is not None and 0 < found.agreement.value < 0.7
    assert len(found.differ) == 20 and not set(found.differ) & set(range(7))
    ranks = np.argsort(np.argsort(np.stack([good, poor])[:, 7:], axis=1), axis=1)
    assert found.differ[0] - 7 == np.argmax(np.abs(ranks[0] - ranks[1]))


def test_without_truth_agreement_is_what_is_left():
    first, second = np.array([0.1, 0.8, 0.9]), np.array([0.2, 0.7, 0.1])
    found = compare(first, second, np.full(3, np.nan), "abc", 1, (0.5, 0.5))
    assert found.areas is None and found.decided is None and found.agreement is not None
    assert found.differ[0] == 2
    nothing = compare(np.array([]), np.array([]), np.array([]), [], 1, (0.5, 0.5))
    assert nothing.cases == 0 and nothing.differ == () and nothing.agreement is None


def test_two_measurements_against_what_was_found():
    truth = np.array([10.0, 20.0, 30.0, np.nan])
    found = compare_measurements(truth + 1, truth - np.array([0.0, 4.0, 2.0, 0.0]), truth, "abcd", 1)
    assert found.errors is not None and found.error_difference is not None and found.measured is not None
    assert [error.value for error in found.errors] == [1.0, 2.0] and found.error_difference.value == -1
    assert found.measured.bias.value == pytest.approx(3.0) and found.differ == (1, 2, 0)
