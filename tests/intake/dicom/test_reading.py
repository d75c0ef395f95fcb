"""Objects are read, or refused with a sentence that quotes nothing of them."""

import random
import struct
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.intake.dicom.mutations import KINDS, deflated, mutated
from tests.intake.dicom.synthetic import CT, dataset, file_of, written

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom import reading
from cognoscope.intake.dicom.pixels import pixels_of
from cognoscope.intake.dicom.reading import read_object
from cognoscope.intake.dicom.store_writing import is_image, prepared
from cognoscope.intake.pseudonyms import Pseudonymiser

pytest.importorskip("pydicom", reason="needs the extra `imaging`")
PIXELS = np.arange(30, dtype=np.uint16).reshape(6, 5) + 1000
GOOD = file_of(PIXELS)
NAMES = ("Zzcanarix", "Qwvotrelle", "4711", "1951")


def refusal(content: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        pixels_of(read_object(content))
    assert not any(name in str(refused.value) for name in NAMES)
    return str(refused.value)


def test_what_is_read_is_typed():
    read = read_object(GOOD)
    assert (read.sop_class, read.modality, read.transfer_syntax) == (CT, "CT", "1.2.840.10008.1.2.1")
    assert (read.number_of_frames, read.rows, read.columns, read.has_pixels) == (1, 6, 5, True)
    assert read.sop_instance_uid == "1.2.826.0.1.77.1.1"
    assert not any(name in repr(read) for name in (*NAMES, "1.2.826.0.1.77"))


def test_a_path_is_read_as_bytes_are(tmp_path: Path):
    (tmp_path / "a.dcm").write_bytes(GOOD)
    assert read_object(tmp_path / "a.dcm").sop_instance_uid == read_object(GOOD).sop_instance_uid
    with pytest.raises(InvalidInput, match="cannot be read from the disk"):
        read_object(tmp_path / "none.dcm")


@pytest.mark.parametrize("cut", [133, 200, 400, len(GOOD) - 1, len(GOOD) - 30])
def test_a_cut_file_is_refused(cut: int):
    assert "DICOM object" in refusal(GOOD[:cut])


def test_every_cut_is_refused_or_leaves_no_pixels():
    for cut in range(0, len(GOOD), 7):
        with pytest.raises(InvalidInput):
            pixels_of(read_object(GOOD[:cut]))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a DICOM file"),
        (b"\x89PNG" + b"\0" * 500, "not a DICOM file"),
        (b"\0" * 128 + b"DICM", "transfer syntax"),
        (GOOD.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.99999.1.2.1\0"), "syntax that is not in the standard"),
        (written(dataset(PIXELS, SOPClassUID=CT)).replace(b"1.2.826.0.1.77.1.1", b"1.2.826.0.1.77.1/1"), "identifier"),
        (file_of(PIXELS, Rows=None), "how many rows"),
        (file_of(PIXELS, BitsAllocated=13), "standard does not know"),
        (file_of(PIXELS, Rows=60_000, Columns=60_000, NumberOfFrames=9_999), "more pixels than memory"),
        (file_of(PIXELS, Rows=7), "cut off"),
        (file_of(PIXELS, NumberOfFrames=2), "cut off"),
        (file_of(PIXELS, PixelData=b""), "cut off"),
        (file_of(PIXELS, RescaleSlope="1e500"), "slope"),
        (GOOD + b"\x01garbage after the end", "cut off"),
        (GOOD + b"\xfe\xff\x0d\xe0" + b"\0" * 4 + GOOD[200:], "damaged"),
    ],
)  # fmt: skip
def test_each_wrong_thing_has_its_sentence(content: bytes, said: str):
    assert said in refusal(content)


def test_what_grows_without_end_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "READS_AT_MOST", 5_000)
    assert "far larger than any real one" in refusal(deflated(1 << 20))
    monkeypatch.setattr(reading, "INFLATED_AT_MOST", 1 << 19)
    assert "when it is unpacked" in refusal(deflated(1 << 20))
    monkeypatch.setattr(reading, "HEADER_AT_MOST", 100)
    assert "far larger than any real one" in refusal(GOOD)


def test_an_object_without_pixels_is_no_image():
    made = dataset(PIXELS)
    del made.PixelData
    assert not read_object(written(made)).has_pixels
    assert "holds no image" in refusal(written(made))


def test_trailing_zeros_are_padding():
    assert read_object(GOOD + b"\0" * 8).rows == 6


def test_the_directory_of_a_disc_is_named_for_what_it_is():
    made = dataset(PIXELS)
    content = written(made)
    at = content.index(CT.encode())
    content = content[:at] + b"1.2.840.10008.1.3.10".ljust(len(CT), b"\0") + content[at + len(CT) :]
    assert "directory of a disc" in refusal(content)


def test_warnings_do_not_get_out():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_object(file_of(PIXELS).replace(b"IPP-4711", b"IPP\x814711"))


@pytest.mark.parametrize("kind", KINDS)
def test_mutations_are_read_whole_or_refused(kind: str):
    chance, pseudonymiser = random.Random(KINDS.index(kind)), Pseudonymiser(b"k" * 32)
    for _ in range(15):
        content = mutated(GOOD, kind, chance, GOOD) if kind != "deflated bomb" else deflated(1 << 10)
        try:
            read = read_object(content)
            if is_image(read):
                prepared(read, pseudonymiser)
        except InvalidInput as error:
            assert not any(name in str(error) for name in NAMES)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_after_the_mark_are_a_sentence(body: bytes):
    with pytest.raises(InvalidInput):
        read_object(b"\0" * 128 + b"DICM" + body)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(GOOD) - 4), st.integers(0, 2**32 - 1))
def test_any_number_anywhere_is_read_or_a_sentence(at: int, number: int):
    content = bytearray(GOOD)
    struct.pack_into("<I", content, at, number)
    try:
        pixels_of(read_object(bytes(content)))
    except InvalidInput as error:
        assert not any(name in str(error) for name in NAMES)
