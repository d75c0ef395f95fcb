"""Likelihood ratio test, strata, masking and duplicates."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognoscope.core.errors import InvalidInput
from cognoscope.methods.disproportionality import Counts
from cognoscope.methods.disproportionality.duplicates import MISS, threshold, weight
from cognoscope.methods.disproportionality.likelihood_ratio import likelihood_ratio_test, log_likelihood_ratio
from cognoscope.methods.disproportionality.masking import without
from cognoscope.methods.disproportionality.stratified import mantel_haenszel, stratified_expected


def test_log_likelihood_ratio_is_the_ratio_of_binomial_likelihoods():
    n, e, m = 12.0, 4.0, 60.0
    free = n * math.log(n / m) + (m - n) * math.log(1 - n / m)
    null = n * math.log(e / m) + (m - n) * math.log(1 - e / m)
    assert log_likelihood_ratio(n, e, m) == pytest.approx(free - null)
    assert log_likelihood_ratio(2.0, 4.0, 60.0) == 0, "fewer than expected is no signal"


def test_likelihood_ratio_test_finds_what_was_planted_and_nothing_else():
    generator = np.random.default_rng(5)
    margins = generator.integers(200, 2000, 40)
    drug = generator.multinomial(800, margins / margins.sum())
    drug[7] += 60
    found, p = likelihood_ratio_test(drug, margins + drug, 999, seed=1)
    assert p[7] == 0.001 and found[7] == found.max()
    assert (np.delete(p, 7) > 0.05).all()
    assert (likelihood_ratio_test(drug, margins + drug, 999, seed=1)[1] == p).all()


def test_likelihood_ratio_test_is_honest_under_chance():
    """Of drugs without any signal, about one in twenty has a p-value below 0.05: the family's error rate."""
    generator = np.random.default_rng(11)
    margins = generator.integers(50, 900, 15) * 20
    alarms = 0
    for seed in range(200):
        drug = generator.multinomial(300, margins / margins.sum())
        alarms += likelihood_ratio_test(drug, margins, 199, seed)[1].min() <= 0.05
    assert 2 <= alarms <= 22


def test_likelihood_ratio_test_at_the_edges():
    found, p = likelihood_ratio_test([0, 0], [5, 7], 99, seed=1)
    assert (found == 0).all() and (p == 1).all()
    with pytest.raises(InvalidInput):
        likelihood_ratio_test([9, 0], [5, 7], 99, seed=1)


def test_stratified_expected_is_the_sum_over_strata():
    drugs, reactions = np.array([[10.0, 40.0, 3.0]]), np.array([[5.0, 80.0, 2.0], [1.0, 1.0, 0.0]])
    totals = np.array([100.0, 400.0, 0.0])
    found = stratified_expected(drugs, reactions, totals, np.array([0, 0]), np.array([0, 1]))
    assert found == pytest.approx([10 * 5 / 100 + 40 * 80 / 400, 10 / 100 + 40 / 400])


def test_one_stratum_is_the_crude_table():
    found = mantel_haenszel(np.array([[25.0]]), np.array([[200.0]]), np.array([[100.0]]), np.array([[5000.0]]))
    assert found.value[0] == pytest.approx(25 * 4725 / (175 * 75))
    # With one stratum the variance of Robins, Breslow and Greenland is Woolf's.
    spread = math.exp(1.959963984540054 * math.sqrt(1 / 25 + 1 / 175 + 1 / 75 + 1 / 4725))
    assert found.low[0] == pytest.approx(found.value[0] / spread)


def test_mantel_haenszel_sees_through_simpson():
    """No association in either stratum, a strong one in the sum."""
    both, drug = np.array([[90.0, 1.0]]), np.array([[900.0, 100.0]])
    reaction, total = np.array([[100.0, 100.0]]), np.array([[1000.0, 10000.0]])
    crude = Counts.of(both.sum(), drug.sum(), reaction.sum(), total.sum())
    assert crude.both[0] / crude.expected[0] > 4
    found = mantel_haenszel(both, drug, reaction, total)
    assert found.value[0] == pytest.approx(1.0, abs=1e-9) and found.low[0] < 1 < found.high[0]


def test_empty_strata_say_nothing():
    one = mantel_haenszel(*(np.array([[value]]) for value in (25.0, 200.0, 100.0, 5000.0)))
    two = mantel_haenszel(*(np.array([[value, 0.0]]) for value in (25.0, 200.0, 100.0, 5000.0)))
    assert two.value == pytest.approx(one.value) and two.high == pytest.approx(one.high)


def test_removing_the_masking_drug_uncovers_the_other():
    """900 of 1000 reports of the reaction name another drug; without them 20 of 100 is far above what is left."""
    counts = Counts.of([20], [500], [1000], 50_000)
    found = without(counts, np.array([0.0]), np.array([0.0]), np.array([900.0]), np.array([5000.0]))
    assert found.counts.both[0] == 20 and found.counts.reaction[0] == 100 and found.counts.total[0] == 45_000
    assert found.ratio[0] == pytest.approx((20 / (500 * 100 / 45_000)) / (20 / (500 * 1000 / 50_000)))
    assert found.ratio[0] > 8
    with pytest.raises(InvalidInput):
        without(counts, np.array([21.0]), np.array([21.0]), np.array([900.0]), np.array([5000.0]))


def test_rare_agreement_speaks_louder():
    bits = weight([0.5, 0.001, 0.001, np.nan], [True, True, False, True])
    assert bits[1] > 8 > bits[0] > 0 and bits[3] == 0
    assert bits[2] == pytest.approx(math.log2(MISS * (2 - MISS)))


@given(p=st.floats(1e-6, 1.0), miss=st.floats(0.001, 0.5))
def test_weights_are_log_likelihood_ratios(p, miss):
    """Averaged over true duplicates and over strangers, the probabilities of agreeing add up as they must."""
    wrong = miss * (2 - miss)
    agree = 2 ** weight([p], [True], miss)[0] * p * p
    differ = 2 ** weight([p], [False], miss)[0] * p * (1 - p)
    assert agree + differ == pytest.approx(p * (1 - wrong * (1 - p)) + wrong * p * (1 - p))
    assert agree + differ == pytest.approx(p)


def test_more_reports_ask_for_more_bits():
    assert threshold(10_000_000) > threshold(1000) > 10
