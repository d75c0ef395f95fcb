"""Cumulative antibiograms: first isolates, categories, shares and coverage, each against a second way to count."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from cognoscope.methods.antibiogram import (
    Measured,
    clopper_pearson,
    covered,
    cumulate,
    first_isolates,
    foreseen,
    interpret,
    read_measured,
)


def test_the_first_isolate_of_a_patient_and_germ_counts():
    patients = np.array(["a", "a", "b", "a", "a"])
    germs = np.array(["coli", "coli", "coli", "aureus", "coli"])
    periods = np.array([1, 1, 1, 1, 2])
    days = np.array(["2026-02-02", "2026-01-01", "2026-01-01", "2026-03-01", "2027-01-01"], dtype="datetime64[D]")
    assert first_isolates(patients, germs, periods, days).tolist() == [False, True, True, True, True]


def test_arrays_of_different_lengths_are_refused():
    one = np.array(["a"])
    with pytest.raises(ValueError, match="differ in length"):
        first_isolates(one, one, np.array([1, 2]), np.array(["2026-01-01"], dtype="datetime64[D]"))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 400)), max_size=60))
def test_first_isolates_are_as_many_as_pairs(rows: list[tuple[int, int, int]]) -> None:
    patients, germs = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    days = np.datetime64("2026-01-01") + np.array([row[2] for row in rows], dtype="timedelta64[D]")
    first = first_isolates(patients, germs, np.zeros(len(rows)), days)
    assert first.sum() == len({row[:2] for row in rows})
    for row in np.flatnonzero(first):
        same = (patients == patients[row]) & (germs == germs[row])
        assert days[row] == days[same].min()


@given(st.integers(0, 200), st.integers(0, 200))
def test_clopper_pearson_is_scipy_s_exact_interval(successes: int, failures: int) -> None:
    trials = successes + failures
    if trials == 0:
        assert clopper_pearson(0, 0) == (0.0, 1.0)
        return
    theirs = binomtest(successes, trials).proportion_ci(0.95, "exact")
    assert clopper_pearson(successes, trials) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_i_counts_as_susceptible_and_a_combination_needs_every_agent_tested():
    one = np.array(["S", "I", "R", "R", ""])
    two = np.array(["R", "R", "S", "R", "S"])
    share = cumulate([one, two], np.ones(5, dtype=bool))
    assert (share.susceptible, share.tested) == (3, 4)
    assert (cumulate([one], np.array([True, True, True, False, True])).share) == pytest.approx(2 / 3)
    assert not share.enough


@pytest.mark.parametrize(
    ("text", "value", "sign"),
    [("0.5", 0.5, "="), ("<=0,25", 0.25, "<="), ("> 8", 8.0, ">"), ("≥16", 16.0, ">="), (" 2 ", 2.0, "=")],
)
def test_values_are_read_as_laboratories_write_them(text: str, value: float, sign: str) -> None:
    assert read_measured(text) == Measured(value, sign)


@given(st.text(max_size=20))
def test_anything_else_is_no_value(text: str) -> None:
    read = read_measured(text)
    assert read is None or (math.isfinite(read.value) and read.value >= 0)


@pytest.mark.parametrize(
    ("text", "method", "s", "r", "category"),
    [
        ("1", "MIC", 1, 2, "S"),
        ("2", "MIC", 1, 2, "I"),
        ("4", "MIC", 1, 2, "R"),
        ("<=0.5", "MIC", 1, 2, "S"),
        (">8", "MIC", 1, 2, "R"),
        (">1", "MIC", 1, 2, None),
        ("<=4", "MIC", 1, 2, None),
        ("<=0.25", "MIC", 0.001, 0.5, "I"),
        ("25", "DISK", 25, 22, "S"),
        ("24", "DISK", 25, 22, "I"),
        ("21", "DISK", 25, 22, "R"),
        (">=30", "DISK", 50, 20, "I"),
    ],
)
def test_a_value_gets_the_category_of_the_breakpoints(
    text: str, method: str, s: float, r: float, category: str | None
) -> None:
    measured = read_measured(text)
    assert measured is not None
    assert interpret(measured, method, s, r) == category


@given(st.lists(st.tuples(st.floats(0.01, 1), st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=6))
def test_coverage_lies_within_its_bounds(germs: list[tuple[float, int, int]]) -> None:
    found = covered([one[0] for one in germs], [(one[1], one[1] + one[2]) for one in germs])
    assert found.known == pytest.approx(1)
    assert 0 <= found.low <= found.expected + 1e-9 <= found.high + 2e-9 <= 1 + 2e-9


def test_germs_of_which_nothing_is_known_widen_the_bounds():
    half = covered([1, 1], [1.0, None])
    assert (half.expected, half.low, half.high, half.known) == (1.0, 0.5, 1.0, 0.5)
    nothing = covered([1, 1], [None, None])
    assert (nothing.low, nothing.high, nothing.known) == (0.0, 1.0, 0.0)
    assert covered([], []).high == 1.0


def test_what_few_isolates_foresee_is_wide():
    few, many = foreseen(9, 10, 30), foreseen(900, 1000, 30)
    assert few[0] < many[0] < 0.9 < many[1] <= few[1]
    assert foreseen(9, 10, 0) == (0.0, 1.0)
