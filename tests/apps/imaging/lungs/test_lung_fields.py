"""Lung fields on thoraxes built for the purpose, whose volumes are known to the voxel."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cognoscope.apps.imaging.lungs.fields import Grid, lung_fields
from cognoscope.apps.imaging.lungs.fields_grey import grey_fields, is_transposed, otsu
from cognoscope.apps.imaging.lungs.network import through_window
from cognoscope.apps.imaging.lungs.orientation import flips, mirrored
from cognoscope.demo.imaging.thorax import Thorax, thorax
from cognoscope.methods.images.scores import dice

KINDS = {
    "plain": {},
    "lungs that touch": {"touching": True},
    "healthy": {"lesions": False},
    "noisy": {"noise": 60.0},
    "small pixels": {"frames": 16, "spacing": (18.0, 1.5, 1.5), "side": 240},
    "thin slices, large pixels": {"frames": 70, "spacing": (4.0, 3.0, 3.0), "side": 120},
}


def fields_of(built: Thorax) -> np.ndarray:
    found = lung_fields(built.hounsfield, Grid(*built.spacing))
    assert found is not None
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_both_lungs_and_their_volumes(kind: str):
    built = thorax(**KINDS[kind])  # type: ignore[arg-type]
    found = fields_of(built)
    for side, true in ((1, built.right), (2, built.left)):
        assert dice(found == side, true) > 0.97
        assert (found == side).sum() == pytest.approx(true.sum(), rel=0.03)
    assert (found[built.airway] > 0).mean() < 0.05, "the trachea counts as lung"
    if built.glass.any():
        assert (found[built.glass] == 1).mean() > 0.98, "ground glass belongs to the lung"


def test_gas_of_the_stomach_is_no_lung():
    built = thorax(lesions=False)
    gas = (built.hounsfield < -900) & ~built.right & ~built.left & ~built.airway
    inner = gas[:8]
    assert inner.any() and not (fields_of(built)[:8][inner] > 0).any()


def test_a_lung_alone_is_named_by_its_side():
    built = thorax(lesions=False)
    only = np.where(built.left, 40, built.hounsfield).astype(np.int16)
    found = lung_fields(only, Grid(*built.spacing))
    assert found is not None and dice(found == 1, built.right) > 0.97 and not (found == 2).any()


def test_a_single_slice_of_a_ct():
    built = thorax()
    frame = 16
    found = lung_fields(built.hounsfield[frame : frame + 1], Grid(0.0, *built.spacing[1:]))
    assert found is not None
    assert dice(found[0] == 1, built.right[frame]) > 0.95 and dice(found[0] == 2, built.left[frame]) > 0.95


@pytest.mark.parametrize("value", [-1000, -800, 40])
def test_where_there_is_no_body_there_is_no_lung(value: int):
    assert lung_fields(np.full((12, 140, 140), value, np.int16), Grid(5.0, 1.0, 1.0)) is None


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000),
    frames=st.integers(1, 12),
    rows=st.integers(96, 140),
    columns=st.integers(96, 140),
    spread=st.sampled_from([1, 300, 30000]),
)
def test_any_values_give_fields_or_none(seed: int, frames: int, rows: int, columns: int, spread: int):
    values = np.random.default_rng(seed).normal(-500, spread, (frames, rows, columns))
    array = np.clip(values, -32768, 32767).astype(np.int16)
    found = lung_fields(array, Grid(5.0 if frames > 1 else 0.0, 1.0, 1.0))
    assert found is None or (found.shape == array.shape and found.dtype == np.uint8 and found.max() <= 2)


@pytest.mark.parametrize("frame", [10, 15, 20])
def test_fields_of_a_picture_upright_and_transposed(frame: int):
    built = thorax(lesions=False)
    cut = np.s_[28:122, 10:140]
    grey = through_window(built.hounsfield[frame][cut])
    assert not is_transposed(grey) and is_transposed(grey.T)
    found = grey_fields(grey)
    assert found is not None
    assert dice(found == 1, built.right[frame][cut]) > 0.93 and dice(found == 2, built.left[frame][cut]) > 0.93


def test_a_picture_without_dark_parts_has_no_lung():
    assert grey_fields(np.full((200, 200), 0.8, np.float32) + np.eye(200, dtype=np.float32) / 10) is None


def test_otsu_finds_the_gap_between_two_tones():
    tones = np.concatenate([np.full(700, 0.2), np.full(300, 0.7)]).reshape(25, 40)
    assert 0.2 < otsu(tones) < 0.7


@pytest.mark.parametrize("axes", [(), (0,), (1,), (2,), (0, 2), (0, 1, 2)])
def test_an_array_that_came_mirrored_is_turned_upright(axes: tuple[int, ...]):
    signs = np.ones(3)
    signs[[2 - axis for axis in axes]] = -1  # the affine goes by column, row, frame
    affine = np.eye(4)
    affine[:3, :3] = np.diag(signs * (0.8, 0.8, 5.0))
    assert flips(tuple(affine.ravel())) == axes
    array = np.arange(24).reshape(2, 3, 4)
    assert np.array_equal(mirrored(mirrored(array, axes), axes), array)


def test_slices_that_are_not_axial_are_told():
    coronal = (0.8, 0, 0, 0, 0, 0, 5, 0, 0, -0.8, 0, 0, 0, 0, 0, 1)
    assert flips(coronal) is None and flips(None) == ()
    assert flips((0.0,) * 15 + (1.0,)) is None
