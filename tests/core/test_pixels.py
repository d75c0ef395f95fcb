"""Pixels by their content: the same bytes or a sentence, never other pixels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pydantic import ValidationError
from tests.core.ledger_examples import AT, make_case

from cognoscope.core import pixels
from cognoscope.core.actor import program
from cognoscope.core.case import Case, CaseImage
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evidence import PixelsPointer
from cognoscope.core.pixels import Raster

PROGRAM = program("test")


@pytest.fixture(autouse=True)
def no_other_folder(monkeypatch):
    monkeypatch.setattr(pixels, "_folders", [])


def a_slice(seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(-1000, 1000, (2, 7, 5)).astype(np.int16)


def forgotten(raster: Raster) -> Raster:
    """The same raster as another process reads it: its array is not held."""
    pixels._held.clear()
    return Raster.from_json(raster.canonical())


@given(
    st.sampled_from(["uint8", "int16", "uint16", "float32"]).flatmap(
        lambda kind: arrays(kind, array_shapes(min_dims=2, max_dims=3, max_side=6))
    )
)
@settings(max_examples=50, deadline=None)
def test_what_is_saved_is_what_is_read(tmp_path_factory, array):
    folder = tmp_path_factory.mktemp("pixels")
    try:
        raster = pixels.keep(array.copy())
    except InvalidInput:
        return
    pixels.save([raster], folder)
    pixels.look_in(folder)
    again = forgotten(raster)
    assert again == raster and again.array().tobytes() == array.tobytes()
    assert again.array().dtype == array.dtype


def test_the_same_bytes_in_another_type_or_shape_are_other_pixels():
    wide, bytewise = pixels.keep(np.zeros((2, 6), np.int16)), pixels.keep(np.zeros((2, 3, 4), np.uint8))
    assert wide.content == bytewise.content
    assert wide.array().dtype == np.int16 and wide.array().shape == (1, 2, 6)
    assert bytewise.array().dtype == np.uint8 and bytewise.array().shape == (2, 3, 4)


def test_one_image_is_one_frame_and_colour_has_three_channels():
    assert pixels.keep(np.zeros((4, 6), np.uint8)).shape == (1, 4, 6)
    assert pixels.keep(np.zeros((4, 6, 3), np.uint8)).shape == (1, 4, 6, 3)
    assert pixels.keep(np.zeros((4, 6, 7), np.uint8)).shape == (4, 6, 7)


@pytest.mark.parametrize("array", [np.zeros((0, 4), np.uint8), np.zeros((4, 4), np.int64), np.zeros(4, np.uint8)])
def test_what_is_no_image_is_refused(array):
    with pytest.raises(InvalidInput, match="cannot be kept"):
        pixels.keep(array)


def test_kept_pixels_cannot_be_written_over():
    raster = pixels.keep(a_slice())
    with pytest.raises(ValueError, match="read-only"):
        raster.array()[0, 0, 0] = 1


def test_missing_and_changed_pixels_are_said(tmp_path):
    pixels.look_in(tmp_path)
    raster = pixels.keep(a_slice(2))
    pixels.save([raster])
    (file,) = tmp_path.rglob("*.zst")
    whole = file.read_bytes()
    other = tmp_path / "other"
    pixels.save([pixels.keep(a_slice(3))], other)
    (changed,) = other.rglob("*.zst")
    lost = forgotten(raster)
    for content in (whole[:20], b"", changed.read_bytes()):
        file.write_bytes(content)
        with pytest.raises(InvalidInput, match="restore them"):
            lost.array()
    file.unlink()
    with pytest.raises(InvalidInput, match="are not here"):
        lost.array()


def test_an_erased_case_takes_its_pixels_along(tmp_path, ledger):
    pixels.look_in(tmp_path)
    image = CaseImage(name="image", raster=pixels.keep(a_slice(4)), modality="CT")
    case = make_case().model_copy(update={"images": (image,)})
    pixels.save([image.raster])
    ledger.write(lambda transaction: transaction.keep_case(case))
    ledger.erase_case(case.digest, PROGRAM, AT, "asked for")
    assert not list(tmp_path.rglob("*.zst"))


def test_a_case_without_images_digests_as_before():
    assert b"images" not in make_case().canonical()


def test_a_case_with_images_survives_json():
    image = CaseImage(name="image", raster=pixels.keep(a_slice(5)), modality="CT", spacing=(1.0, 0.7, 0.7))
    case = make_case().model_copy(update={"images": (image,)})
    again = Case.from_json(case.canonical())
    assert again.digest == case.digest and again.images == case.images
    assert PixelsPointer(image="image", frame=1, box=(0, 0, 7, 5)).exists_in(again)
    assert not PixelsPointer(image="image", frame=2).exists_in(again)
    assert not PixelsPointer(image="image", box=(0, 0, 8, 5)).exists_in(again)
    assert not PixelsPointer(image="other").exists_in(again)


def test_one_instance_a_frame():
    with pytest.raises(ValidationError, match="2 frames, 3 instances"):
        CaseImage(name="image", raster=pixels.keep(a_slice(6)), modality="CT", instances=("1.2", "1.3", "1.4"))
