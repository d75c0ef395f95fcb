"""Strategies of reading: rules that hold whatever the scores, and figures worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognoscope.methods.screening import STRATEGIES, Programme, simulate
from cognoscope.methods.screening_settings import shipped

PLAIN = Programme(
    first=(0.8, 0.9),
    second=(0.6, 0.95),
    correlation=0.0,
    keeps_cancer=1.0,
    keeps_healthy=0.5,
    prevalence=0.01,
    recall_from=8,
    double_from=10,
    read_from=3,
)


def rows(scores, cancer, programme=PLAIN, **more):
    found = simulate(np.array(scores, dtype=float), np.array(cancer), programme, draws=50, **more)
    return {row.strategy: row for row in found}


def test_figures_worked_out_by_hand():
    by = rows([10, 1, 9, 2], [True, True, False, False])
    either_ill, either_well = 1 - 0.2 * 0.4, 1 - 0.9 * 0.95
    assert by["double"].found.value == pytest.approx(either_ill)
    assert by["double"].recalls.value == pytest.approx(1000 * (0.01 * either_ill + 0.99 * either_well * 0.5))
    assert by["single"].recalls.value == pytest.approx(1000 * (0.01 * 0.8 + 0.99 * 0.1))
    assert by["ai-first"].found.value == pytest.approx(0.5)
    assert by["ai-first"].recalls.value == pytest.approx(1000 * (0.01 * 0.5 + 0.99 * 0.25))
    assert by["ai-second"].found.value == pytest.approx((1 + 0.8) / 2)
    assert by["ai-third"].found.value == pytest.approx((1 + either_ill) / 2)
    assert by["triage"].found.value == pytest.approx((either_ill + 0.8) / 2)
    assert by["triage"].reads.value == pytest.approx(1000 * (0.01 * 1.5 + 0.99 * 1))
    assert by["rule-out"].found.value == pytest.approx(either_ill / 2)
    assert by["rule-out"].reads.value == pytest.approx(1000)
    assert by["rule-out"].found_difference.value == pytest.approx(-either_ill / 2)
    assert by["double"].cancers.value == pytest.approx(10 * either_ill)


def test_known_readings_replace_the_model_of_readers():
    seen = np.array([[True, False], [False, False], [False, True], [False, False]])
    by = rows([1, 1, 1, 1], [True, True, False, False], readings=seen)
    assert by["double"].found.value == 0.5
    assert by["single"].recalls.value == pytest.approx(5.0)
    assert by["double"].recalls.value == pytest.approx(1000 * (0.01 * 0.5 + 0.99 * 0.5 * 0.5))


def test_without_a_prevalence_the_examinations_are_taken_as_they_come():
    by = rows([1, 1, 1, 1], [True, False, False, False], PLAIN.changed(prevalence=None))
    assert by["single"].recalls.value == pytest.approx(1000 * (0.25 * 0.8 + 0.75 * 0.1))


def test_films_of_one_woman_are_drawn_together():
    """Twins of every woman change no figure and, drawn together, no interval."""
    scores, cancer = np.arange(1, 11, dtype=float), np.arange(10) % 3 == 0
    women = np.array([f"w{number}" for number in range(10)])
    once = rows(scores, cancer, women=women)
    twice = rows(np.tile(scores, 2), np.tile(cancer, 2), women=np.tile(women, 2))
    for name in STRATEGIES:
        assert once[name].found.value == pytest.approx(twice[name].found.value)
        assert once[name].found.low == pytest.approx(twice[name].found.low)


@given(
    st.lists(st.tuples(st.integers(1, 10), st.booleans()), min_size=2, max_size=40).filter(
        lambda exams: 0 < sum(ill for _, ill in exams) < len(exams)
    ),
    st.floats(0, 1),
)
def test_what_holds_whatever_the_scores(exams, correlation):
    by = rows([score for score, _ in exams], [ill for _, ill in exams], PLAIN.changed(correlation=correlation))
    assert by["ai-third"].found.value >= by["double"].found.value - 1e-12
    assert by["ai-second"].found.value >= by["ai-first"].found.value - 1e-12
    assert by["rule-out"].recalls.value <= by["double"].recalls.value + 1e-9
    assert 1000 - 1e-9 <= by["triage"].reads.value <= 2000 + 1e-9
    for row in by.values():
        assert 0 <= row.found.value <= 1 + 1e-12
        assert row.found.low is None or row.found.low <= row.found.high
    assert by["double"].reads_difference.value == 0


@pytest.mark.parametrize(
    ("scores", "cancer", "says"),
    [
        ([1.0, 2.0], [True, True], "with cancer and without"),
        ([1.0, np.nan], [True, False], "abstained"),
        ([1.0], [True, False], "one length"),
    ],
)
def test_what_cannot_be_simulated_is_refused(scores, cancer, says):
    with pytest.raises(ValueError, match=says):
        simulate(np.array(scores), np.array(cancer), PLAIN)


def test_the_shipped_programme_gives_about_the_published_double_reading():
    settings = shipped()
    assert set(settings.wording) == set(STRATEGIES)
    assert all(settings.sources.values())
    rng = np.random.default_rng(0)
    scores = rng.integers(1, 11, 200).astype(float)
    cancer = np.arange(200) < 100
    double = next(row for row in simulate(scores, cancer, settings.programme, draws=20) if row.strategy == "double")
    assert double.found.value == pytest.approx(0.85, abs=0.03)
    healthy_recalled = (double.recalls.value / 1000 - 0.0058 * double.found.value) / (1 - 0.0058)
    assert healthy_recalled == pytest.approx(0.015, abs=0.004)
