"""Figures on images with a known truth, what trivial features reach, and what is shown."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cognoscope.core import pixels
from cognoscope.core.case import CaseImage
from cognoscope.methods.images.display import displayed
from cognoscope.methods.images.floor import colour_statistics, floor_scores
from cognoscope.methods.images.scores import (
    auc,
    auc_by_group,
    calibration_error,
    dice,
    mean_by_group,
    specificity_at,
)

DRAW = np.random.default_rng(4)


@settings(max_examples=40, deadline=None)
@given(scores=st.lists(st.integers(0, 5), min_size=4, max_size=30), data=st.data())
def test_auc_counts_pairs(scores, data):
    truth = np.array(data.draw(st.lists(st.booleans(), min_size=len(scores), max_size=len(scores))))
    values = np.array(scores, float)
    if truth.all() or not truth.any():
        assert np.isnan(auc(values, truth))
        return
    gaps = values[truth][:, None] - values[~truth][None, :]
    assert auc(values, truth) == pytest.approx(((gaps > 0) + (gaps == 0) / 2).mean())


def test_specificity_at_a_sensitivity():
    truth = np.array([1] * 10 + [0] * 10, bool)
    scores = np.concatenate([np.arange(10) + 5.5, np.arange(10)]).astype(float)
    assert specificity_at(scores, truth, 1.0) == 0.6
    assert specificity_at(scores, truth, 0.866) == 0.7
    assert np.isnan(specificity_at(scores, np.ones(20, bool), 0.9))


def test_probabilities_that_come_true_have_no_error():
    chances = DRAW.random(20_000)
    assert calibration_error(chances, DRAW.random(20_000) < chances) < 0.02
    assert calibration_error(np.full(1000, 0.9), np.zeros(1000, bool)) == pytest.approx(0.9)
    assert np.isnan(calibration_error(np.empty(0), np.empty(0, bool)))


def test_intervals_widen_where_groups_agree():
    values = np.repeat(DRAW.normal(size=20), 10)
    alone, grouped = (mean_by_group(values, who, 1) for who in (np.arange(200), np.repeat(np.arange(20), 10)))
    assert grouped.high - grouped.low > 2 * (alone.high - alone.low)
    truth = DRAW.random(200) < 0.5
    assert auc_by_group(values, truth, np.arange(200), 1).low < auc(values, truth)


def test_dice_of_nothing_with_nothing_is_one():
    none, some = np.zeros((3, 3), bool), np.eye(3, dtype=bool)
    assert dice(none, none) == 1 and dice(none, some) == 0 and dice(some, some) == 1


def test_the_floor_finds_what_colour_alone_says_and_nothing_else():
    truth = np.arange(80) % 2 == 0
    images = [np.clip(DRAW.normal(120 + 25 * one, 30, (24, 24, 3)), 0, 255).astype(np.uint8) for one in truth]
    features, groups = colour_statistics(images), np.arange(80) // 2
    assert features.shape == (80, 18)
    assert auc(floor_scores(features, truth, groups, 1), truth) > 0.9
    other = DRAW.random(80) < 0.5
    assert auc(floor_scores(features, other, groups, 1), other) < 0.75


def test_the_floor_says_nothing_where_it_could_not_learn():
    assert np.isnan(floor_scores(np.zeros((6, 2)), np.ones(6, bool), np.arange(6), 1)).all()


def image(array: np.ndarray, **more: object) -> CaseImage:
    return CaseImage(name="image", raster=pixels.keep(array), modality="OT", **more)


def test_a_window_is_applied_as_the_standard_says():
    shown = displayed(image(np.array([[0, 100], [149, 400]], np.int16), window=(100.0, 100.0)))
    assert shown[0, 0] == 0 and shown[1, 1] == 1
    assert shown[0, 1] == pytest.approx((100 - 99.5) / 99 + 0.5)


def test_three_equal_colours_are_grey_and_bytes_stay_bytes():
    grey = DRAW.integers(0, 255, (5, 6), dtype=np.uint8)
    assert np.array_equal(displayed(image(np.stack([grey] * 3, -1))), grey)
    colour = DRAW.integers(0, 255, (5, 6, 3), dtype=np.uint8)
    assert displayed(image(colour)).shape == (5, 6, 3)
    wide = displayed(image(colour.astype(np.uint16) << 4))
    assert wide.dtype == np.float32 and wide.min() == 0 and wide.max() == 1


def test_values_that_are_no_numbers_are_refused():
    broken = np.array([[0.0, np.nan]], np.float32)
    for more in ({}, {"window": (1.0, 2.0)}):
        with pytest.raises(ValueError):
            displayed(image(broken.copy(), **more))
