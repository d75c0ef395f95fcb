"""Pixels mean something: modality values, bright is high, colours are RGB; windows are given beside."""

import numpy as np
import pytest
from tests.intake.dicom.synthetic import CAPTURE, ENHANCED_CT, dataset, file_of, written

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom import decoding
from cognoscope.intake.dicom.pixels import Window, pixels_of
from cognoscope.intake.dicom.reading import read_object

pytest.importorskip("pydicom", reason="needs the extra `imaging`")
RISING = np.arange(30, dtype=np.uint16).reshape(6, 5) + 1000
LARGER = np.arange(64 * 48, dtype=np.uint16).reshape(64, 48) + 1000


def pixels(values: np.ndarray, **changed: object):
    return pixels_of(read_object(file_of(values, **changed)))


def test_hounsfield_units_are_sixteen_bits():
    found = pixels(RISING)
    assert found.array.dtype == np.int16
    assert np.array_equal(found.array[0], RISING.astype(int) - 1024)


def test_slopes_with_a_part_make_floats():
    found = pixels(RISING, RescaleSlope="0.5", RescaleIntercept="-10.25")
    assert found.array.dtype == np.float32
    assert np.allclose(found.array[0], RISING * 0.5 - 10.25)


def test_values_that_sixteen_bits_do_not_hold_are_not_cut():
    found = pixels(RISING + 60_000, RescaleIntercept="9000")
    assert np.array_equal(found.array[0], RISING.astype(int) + 69_000)


def test_low_is_bright_is_reflected_with_its_window():
    straight = pixels(RISING, RescaleIntercept="0", BitsStored=12, HighBit=11)
    turned = pixels(
        RISING, RescaleIntercept="0", BitsStored=12, HighBit=11, PhotometricInterpretation="MONOCHROME1",
        WindowCenter="1010", WindowWidth="30",
    )  # fmt: skip
    assert turned.inverted and not straight.inverted
    assert np.array_equal(turned.array, 4095 - straight.array)
    assert turned.windows == (Window(4095 - 1010, 30),)


def test_windows_are_given_and_not_burnt_in():
    found = pixels(RISING, WindowCenter=["40", "-600"], WindowWidth=["400", "1500"])
    assert found.windows == (Window(40, 400), Window(-600, 1500))
    assert np.array_equal(found.array, pixels(RISING).array)


def test_a_window_that_is_none_is_left_out():
    assert pixels(RISING, WindowCenter="40", WindowWidth="0").windows == ()


def test_overlays_in_unused_bits_are_not_values():
    drawn = RISING | 0x8000
    found = pixels(drawn, BitsStored=12, HighBit=11, RescaleIntercept="0")
    assert np.array_equal(found.array[0], RISING)


def test_signed_values_of_twelve_bits_keep_their_sign():
    signed = (np.arange(30).reshape(6, 5) - 15).astype(np.int16)
    packed = (signed.astype(np.uint16) & 0x0FFF).view(np.int16)
    found = pixels(packed, BitsStored=12, HighBit=11, RescaleIntercept="0")
    assert np.array_equal(found.array[0], signed)


def test_palettes_become_colours():
    from pydicom.dataset import Dataset

    made: Dataset = dataset(
        np.array([[0, 1], [2, 1]], np.uint8), SOPClassUID=CAPTURE, PhotometricInterpretation="PALETTE COLOR",
        RescaleSlope=None, RescaleIntercept=None,
    )  # fmt: skip
    for name, values in {"Red": (255, 0, 0, 9), "Green": (0, 255, 0, 9), "Blue": (0, 0, 255, 9)}.items():
        setattr(made, f"{name}PaletteColorLookupTableDescriptor", [4, 0, 8])
        setattr(made, f"{name}PaletteColorLookupTableData", bytes(values))
    found = pixels_of(read_object(written(made)))
    assert found.colour and found.array.shape == (1, 2, 2, 3)
    assert found.array[0, 0].tolist() == [[255, 0, 0], [0, 255, 0]]


def test_planes_of_colour_are_put_together():
    image = np.random.default_rng(1).integers(0, 255, (4, 6, 3)).astype(np.uint8)
    content = np.moveaxis(image, -1, 0).tobytes()
    made = dataset(image, PlanarConfiguration=1)
    made.PixelData = content
    found = pixels_of(read_object(written(made)))
    assert np.array_equal(found.array[0], image)


def test_frames_have_their_own_slopes():
    from pydicom.dataset import Dataset

    made = dataset(np.full((2, 4, 5), 10, np.uint16), SOPClassUID=ENHANCED_CT, RescaleSlope=None, RescaleIntercept=None)
    made.PerFrameFunctionalGroupsSequence = []
    for slope in (1, 3):
        inner, group = Dataset(), Dataset()
        inner.RescaleSlope, inner.RescaleIntercept = slope, -5
        group.PixelValueTransformationSequence = [inner]
        made.PerFrameFunctionalGroupsSequence.append(group)
    found = pixels_of(read_object(written(made)))
    assert found.array[:, 0, 0].tolist() == [5, 25]
    del made.PerFrameFunctionalGroupsSequence[1]
    with pytest.raises(InvalidInput, match="another number of frames"):
        pixels_of(read_object(written(made)))


@pytest.mark.parametrize("syntax", ["RLELossless", "JPEG2000Lossless", "JPEGLSLossless"])
def test_compressed_pixels_come_out_as_they_went_in(syntax: str):
    from pydicom import uid

    made = dataset(LARGER)
    made.compress(getattr(uid, syntax))
    found = pixels_of(read_object(written(made)))
    assert np.array_equal(found.array[0], LARGER.astype(int) - 1024)


def test_a_codestream_that_lies_about_its_size_is_refused():
    from pydicom.uid import JPEG2000Lossless

    made = dataset(LARGER)
    made.compress(JPEG2000Lossless)
    siz = made.PixelData.index(b"\xff\x51")
    made.PixelData = made.PixelData[: siz + 6] + b"\x7f\xff\xff\xff" * 2 + made.PixelData[siz + 14 :]
    with pytest.raises(InvalidInput, match="compressed pixels"):
        pixels_of(read_object(written(made)))
    assert np.array_equal(pixels(RISING).array[0], RISING.astype(int) - 1024)


def test_a_decoding_process_that_dies_is_replaced():
    from pydicom.uid import RLELossless

    made = dataset(LARGER)
    made.compress(RLELossless)
    read = read_object(written(made))
    before = pixels_of(read).array
    with decoding.borrowed() as child:
        assert child._process is not None
        child._process.kill()
        child._process.wait()
    with pytest.raises(InvalidInput, match="make the program that decodes them fail"):
        pixels_of(read)
    assert np.array_equal(pixels_of(read).array, before)
