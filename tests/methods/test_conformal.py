import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cognoscope.methods.conformal import Settings, adapted_levels, bands, bands_at, needed_levels

LEVELS = (0.5, 0.8, 0.95)
numbers = st.floats(min_value=-50, max_value=50, allow_nan=False) | st.just(float("nan"))


@given(st.lists(numbers, max_size=60), st.permutations(LEVELS))
@settings(max_examples=60, deadline=None)
def test_a_higher_level_contains_a_lower_one(scores: list[float], levels: list[float]) -> None:
    found = sorted(bands(np.array(scores, dtype=float), tuple(levels)), key=lambda band: band.level)
    for inner, outer in itertools.pairwise(found):
        assert outer.low <= inner.low <= inner.high <= outer.high
    assert all(np.isfinite([band.low, band.high]).all() for band in found)


@given(st.lists(numbers, min_size=3, max_size=50), st.data())
@settings(max_examples=40, deadline=None)
def test_a_band_depends_on_earlier_scores_only(scores: list[float], data: st.DataObject) -> None:
    position = data.draw(st.integers(min_value=0, max_value=len(scores)))
    (read,) = bands_at(np.array(scores), [position], LEVELS)
    assert read == bands(np.array(scores[:position]), LEVELS)


def covered(scores: np.ndarray, level: float, first: int, options: Settings) -> float:
    found = bands_at(scores, range(first, len(scores)), (level,), options)
    return float(
        np.mean([band.low <= score <= band.high for (band,), score in zip(found, scores[first:], strict=True)])
    )


@pytest.mark.parametrize("level", LEVELS)
def test_coverage_is_nominal_when_scores_are_alike(level: float) -> None:
    scores = np.random.default_rng(1).standard_t(4, size=1500)
    assert covered(scores, level, 300, Settings()) == pytest.approx(level, abs=0.025)


def test_coverage_survives_a_spread_that_the_model_does_not_see() -> None:
    scores = np.random.default_rng(2).normal(size=1500) * np.linspace(0.5, 3.0, 1500)
    assert covered(scores, 0.8, 300, Settings()) == pytest.approx(0.8, abs=0.025)
    assert covered(scores, 0.8, 300, Settings(rate=0.0, half_life=1e9, window=10_000)) < 0.75


def test_without_scores_the_band_is_the_normal_one() -> None:
    (band,) = bands(np.array([]), (0.8,))
    assert (band.low, band.high) == (pytest.approx(-1.28, abs=0.02), pytest.approx(1.28, abs=0.02))


def test_misses_widen_and_hits_narrow() -> None:
    missed = adapted_levels(np.ones(20), 0.8, 0.01)
    hit = adapted_levels(np.zeros(20), 0.8, 0.01)
    assert missed[-1] > 0.8 > hit[-1]
    assert (np.diff(missed) >= 0).all() and (np.diff(hit) <= 0).all()


def test_needed_level_of_an_extreme_score_is_high() -> None:
    needed = needed_levels(np.array([*np.random.default_rng(0).normal(size=200), 9.0, 0.0]), Settings())
    assert needed[-2] > 0.99 and needed[-1] < 0.2


def test_a_level_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        bands(np.zeros(3), (0.8, 1.0))
