import numpy as np
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, DotProduct, ExpSineSquared, Matern, WhiteKernel

from cognoscope.methods.additive import fit
from cognoscope.methods.kernels import cyclic, groups, linear, matern

COUNT = 60
NOISE = 0.3


def sample(seed: int = 0) -> np.ndarray:
    steps = np.arange(COUNT)
    return np.sin(steps / 9) + 0.02 * steps + np.random.default_rng(seed).normal(0, 0.5, COUNT)


def parts() -> dict[str, np.ndarray]:
    steps = np.arange(COUNT, dtype=float)
    return {"path": matern(COUNT, 8.0, 1.5), "slope": 0.001 * linear(steps[:, None])}


def test_every_rolling_forecast_equals_a_regression_on_the_past_alone() -> None:
    target = sample()
    process = fit(sum(parts().values()), target, np.full(COUNT, NOISE), 0.0)
    kernel = ConstantKernel(1.0) * Matern(8.0, nu=1.5) + ConstantKernel(0.001) * DotProduct(1e-6)
    steps = np.arange(COUNT, dtype=float)[:, None]
    for horizon in (1, 3, 7):
        mean, variance = process.ahead(horizon)
        assert np.isnan(mean[:horizon]).all()
        for step in (20, 41, COUNT - 1):
            known = step - horizon + 1
            past = GaussianProcessRegressor(kernel + WhiteKernel(NOISE), optimizer=None).fit(
                steps[:known], target[:known]
            )
            expected, spread = past.predict(steps[[step]], return_std=True)
            assert mean[step] == pytest.approx(expected[0], rel=1e-8)
            assert variance[step] == pytest.approx(spread[0] ** 2, rel=1e-6)


def test_components_add_up_to_the_forecast() -> None:
    target = sample(1) + 5
    process = fit(sum(parts().values()), target, np.full(COUNT, NOISE), 5.0)
    mean, _ = process.ahead(4)
    effects = process.components(parts(), COUNT - 5, COUNT - 1)
    assert 5.0 + sum(effects.values()) == pytest.approx(mean[-1], rel=1e-10)


def test_the_future_changes_no_earlier_forecast() -> None:
    target = sample(2)
    poisoned = target.copy()
    poisoned[40:] = 1e4
    before = fit(sum(parts().values()), target, np.full(COUNT, NOISE), 0.0)
    after = fit(sum(parts().values()), poisoned, np.full(COUNT, NOISE), 0.0)
    for horizon in (1, 5):
        for one, other in zip(before.ahead(horizon), after.ahead(horizon), strict=True):
            np.testing.assert_allclose(one[: 40 + horizon - 1], other[: 40 + horizon - 1], rtol=1e-9)


def test_missing_steps_count_for_nothing() -> None:
    target = sample(3)
    target[[10, 11, 30]] = np.nan
    mean, _ = fit(sum(parts().values()), target, np.full(COUNT, NOISE), 0.0).ahead(1)
    kept = np.flatnonzero(np.isfinite(target[:50]))
    covariance = sum(parts().values())
    direct = covariance[50, kept] @ np.linalg.solve(
        covariance[np.ix_(kept, kept)] + NOISE * np.eye(len(kept)), target[kept]
    )
    assert mean[50] == pytest.approx(direct, rel=1e-4)


def test_one_wild_observation_hardly_moves_what_follows() -> None:
    calm = sample(4)
    wild = calm.copy()
    wild[30] += 60
    moved = [fit(sum(parts().values()), target, np.full(COUNT, NOISE), 0.0).ahead(1)[0][31] for target in (calm, wild)]
    assert abs(moved[1] - moved[0]) < 1.0


def test_slope_is_the_regression_coefficient_seen_so_far() -> None:
    feature = np.random.default_rng(5).normal(size=COUNT)
    target = 2.0 * feature + np.random.default_rng(6).normal(0, 0.1, COUNT)
    process = fit(4.0 * linear(feature[:, None]), target, np.full(COUNT, 0.01), 0.0)
    slope = process.slope(feature, 4.0).mean
    for known in (5, 30, COUNT):
        ridge = feature[:known] @ target[:known] / (feature[:known] @ feature[:known] + 0.01 / 4.0)
        assert slope[known - 1] == pytest.approx(ridge, rel=1e-6)


def test_a_feature_not_yet_measured_is_replaced_by_what_was_expected_of_it() -> None:
    feature = np.random.default_rng(9).normal(size=COUNT)
    path = matern(COUNT, 8.0, 1.5)
    target = sample(9) + feature
    step, horizon, expected = 45, 3, 0.4
    assumed = feature.copy()
    assumed[step] = expected
    noise = np.full(COUNT, NOISE)
    measured = fit(path + 2.0 * linear(feature[:, None]), target, noise, 0.0)
    means, variances = measured.ahead_not_yet_measured(horizon, measured.slope(feature, 2.0), feature - assumed)
    direct = fit(path + 2.0 * linear(assumed[:, None]), target, noise, 0.0).ahead(horizon)
    assert means[step] == pytest.approx(direct[0][step], rel=1e-9)
    assert variances[step] == pytest.approx(direct[1][step], rel=1e-9)


def test_evidence_prefers_the_truth() -> None:
    feature = np.tile([1.0, 0, 0, 0, 0, 0, 0], 10)[:COUNT]
    target = feature + np.random.default_rng(7).normal(0, 0.3, COUNT)
    noise = np.full(COUNT, 0.09)
    with_it = fit(linear(feature[:, None]), target, noise, 0.0).log_evidence()
    without = fit(linear(np.roll(feature, 3)[:, None]), target, noise, 0.0).log_evidence()
    assert with_it > without + 5


@pytest.mark.parametrize(
    "covariance",
    [
        matern(50, 7.0, 0.5),
        matern(50, 30.0, 1.5),
        cyclic(np.arange(50) / 23 % 1, 0.3),
        groups(np.arange(50) % 7, 7),
        linear(np.random.default_rng(8).normal(size=(50, 3))),
    ],
)
def test_prior_covariances_are_symmetric_and_not_negative(covariance: np.ndarray) -> None:
    np.testing.assert_allclose(covariance, covariance.T)
    assert np.linalg.eigvalsh(covariance).min() > -1e-8


def test_group_effects_add_up_to_zero_over_a_week() -> None:
    assert groups(np.arange(7), 7).sum() == pytest.approx(0.0)


@pytest.mark.parametrize("smoothness", [0.5, 1.5])
def test_covariances_are_those_of_scikit_learn(smoothness: float) -> None:
    lags = np.arange(60.0)[:, None]
    np.testing.assert_allclose(matern(60, 7.0, smoothness), Matern(7.0, nu=smoothness)(lags), rtol=1e-12)
    phase = (lags[:, 0] * 0.37) % 1
    np.testing.assert_allclose(cyclic(phase, 0.2), ExpSineSquared(0.2, periodicity=1.0)(phase[:, None]), rtol=1e-12)


def test_another_smoothness_is_refused() -> None:
    with pytest.raises(ValueError, match="smoothness"):
        matern(5, 1.0, 2.5)
