"""Images as networks take them, and the way back."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from cognoscope.methods.images.prepare import fitting, prepare
from cognoscope.methods.images.resize import resized

SIDES = st.integers(1, 90)


@settings(max_examples=60, deadline=None)
@given(
    rows=SIDES,
    columns=SIDES,
    high=SIDES,
    wide=SIDES,
    fit=st.sampled_from(["stretch", "pad"]),
    channels=st.sampled_from([1, 3]),
)
def test_whatever_the_size_the_network_gets_what_it_asked_for(rows, columns, high, wide, fit, channels):
    image = np.random.default_rng(rows).integers(0, 256, (rows, columns), dtype=np.uint8)
    ready = prepare(image, (high, wide), channels, fit)
    assert ready.shape == (channels, high, wide)
    assert ready.dtype == np.float32
    assert ready.min() >= 0 and ready.max() <= 1
    assert fitting(rows, columns, (high, wide), fit).back(ready[0]).shape == (rows, columns)


def test_a_grey_level_stays_what_it_is_at_any_size():
    for size in ((7, 5), (64, 64), (300, 200)):
        assert np.allclose(resized(np.full((64, 48), 0.25), *size), 0.25, atol=1e-6)


def test_the_mean_of_an_image_is_kept_when_it_shrinks_by_a_whole_factor():
    image = np.random.default_rng(2).random((80, 120)).astype(np.float32)
    assert resized(image, 20, 30)[2:-2, 2:-2].mean() == pytest.approx(image[8:-8, 8:-8].mean(), abs=5e-3)


def test_it_agrees_with_pillow():
    pillow = pytest.importorskip("PIL.Image", reason="needs the extra `imaging`: run `make imaging`")
    image = np.random.default_rng(3).random((97, 61)).astype(np.float32)
    for size in ((40, 29), (200, 150)):
        theirs = np.asarray(pillow.fromarray(image).resize(size[::-1], pillow.Resampling.BILINEAR))
        assert np.abs(resized(image, *size) - theirs).max() < 2e-3


def test_colours_become_grey_and_grey_becomes_colours():
    red = np.zeros((4, 4, 3), np.uint8)
    red[..., 0] = 255
    assert prepare(red, (4, 4), 1) == pytest.approx(np.full((1, 4, 4), 0.299))
    assert prepare(red, (4, 4), 3)[1].max() == 0
    grey = np.full((4, 4), 51, np.uint8)
    assert prepare(grey, (4, 4), 3) == pytest.approx(np.full((3, 4, 4), 0.2))


def test_values_beyond_a_byte_are_stretched_as_a_viewer_does():
    wide = np.array([[0, 2048], [4095, 1024]], np.uint16)
    assert prepare(wide, (2, 2))[0] == pytest.approx(wide / 4095, abs=1e-6)


@pytest.mark.parametrize("broken", [np.zeros((0, 4)), np.zeros((4, 4, 2)), np.zeros(4), np.array([[np.nan, 1.0]])])
def test_what_is_no_image_is_refused(broken):
    with pytest.raises(ValueError):
        prepare(broken, (8, 8))


@pytest.mark.parametrize("fit", ["stretch", "pad"])
def test_a_mask_finds_its_place_again(fit):
    mask = np.zeros((60, 100), np.uint8)
    mask[20:41, 30:81] = 255
    again = fitting(60, 100, (64, 64), fit).back(prepare(mask, (64, 64), 1, fit)[0]) > 0.5
    assert (again != (mask > 0)).mean() < 0.03
