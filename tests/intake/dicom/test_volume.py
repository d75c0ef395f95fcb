"""Slices become a volume by their place; what cannot be one is refused with its reason."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.intake.dicom.synthetic import AXIAL, CT, ENHANCED_CT, dataset, file_of, folder_of, slices, written

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom.geometry import gaps
from cognoscope.intake.dicom.reading import read_object
from cognoscope.intake.dicom.volume import Volume, read_volume

pytest.importorskip("pydicom", reason="needs the extra `imaging`")
SAGITTAL = [0, 1, 0, 0, 0, -1]


def volume(files: list[bytes]) -> Volume:
    return read_volume([read_object(each) for each in files])


def refused(files: list[bytes]) -> str:
    with pytest.raises(InvalidInput) as error:
        volume(files)
    return str(error.value)


def test_slices_are_ordered_by_place_not_by_name_or_number(tmp_path: Path):
    files = slices(9)
    shuffled = [files[place] for place in (4, 0, 8, 2, 6, 1, 7, 3, 5)]
    found = read_volume(folder_of(tmp_path, shuffled))
    assert found.array[:, 0, 0].tolist() == list(range(9))
    assert found.array.dtype == np.int16
    assert found.spacing_mm == pytest.approx((2.0, 0.5, 0.75))
    assert found.sop_instance_uids == tuple(f"1.2.826.0.1.77.1.{number + 1}" for number in range(9))


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(6)))
def test_any_order_of_the_files_gives_the_same_volume(order: list[int]):
    files = slices(6)
    assert np.array_equal(volume([files[place] for place in order]).array, volume(files).array)


def test_reversed_slices_are_the_same_volume():
    assert np.array_equal(volume(slices(5)[::-1]).array, volume(slices(5)).array)


def test_the_affine_leads_to_where_the_header_says():
    found = volume(slices(4))
    # LPS (-10, -20, 30 + 2 k) with columns to the left and rows to the back is RAS with both signs turned.
    assert found.affine @ (0, 0, 0, 1) == pytest.approx((10, 20, 30, 1))
    assert found.affine @ (3, 2, 4, 1) == pytest.approx((10 - 4 * 0.75, 20 - 2 * 0.5, 36, 1))
    assert found.positions[3] == pytest.approx((10, 20, 36))


def test_a_tilted_gantry_is_a_sheared_volume():
    files = slices(5)
    made = [dataset(np.full((4, 4), 1024, np.uint16)) for _ in files]
    tilt = np.array([0.0, 0.6, 2.0])
    for number, each in enumerate(made):
        each.SOPInstanceUID = each.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{number}"
        each.ImagePositionPatient = (np.array([0.0, 0.0, 0.0]) + number * tilt).tolist()
    found = volume([written(each) for each in made])
    assert found.spacing_mm[0] == pytest.approx(2.0)
    assert found.affine[:3, 0] == pytest.approx((0, -0.6, 2.0))


def test_missing_slices_are_counted():
    files = slices(12)
    assert "lacks 2 slices" in refused(files[:3] + files[4:7] + files[8:])
    assert "lacks 3 slices" in refused(files[:3] + files[6:])


def test_unevenly_spaced_slices_are_refused():
    files = [file_of(np.zeros((4, 4), np.uint16), SOPInstanceUID=f"1.2.{n}", ImagePositionPatient=[0, 0, place])
             for n, place in enumerate((0.0, 2.0, 4.0, 6.0, 9.1, 10.2))]  # fmt: skip
    assert "unevenly spaced" in refused(files)


def test_doubles_with_the_same_pixels_count_once():
    files = slices(5)
    again = file_of(np.full((6, 5), 1024 + 2, np.uint16), SOPInstanceUID="1.2.9", ImagePositionPatient=[-10, -20, 34.0])
    found = volume([*files, again])
    assert len(found.array) == 5 and found.facts.doubles_left_out == 1


def test_different_images_at_one_place_are_two_stacks():
    files = slices(5)
    other = [each.replace(b"1.2.826.0.1.77.1.", b"1.2.826.0.1.78.1.") for each in slices(5)]
    changed = [each[:-2] + b"\x07\x07" for each in other]
    assert "different images at the same place" in refused(files + changed)


def test_mixed_directions_are_refused():
    other = file_of(np.zeros((6, 5), np.uint16), SOPInstanceUID="1.2.9", ImageOrientationPatient=SAGITTAL)
    assert "different directions" in refused([*slices(3), other])


def test_mixed_sizes_are_refused():
    other = file_of(np.zeros((7, 5), np.uint16), SOPInstanceUID="1.2.9", ImagePositionPatient=[-10, -20, 36.0])
    assert "different numbers of rows" in refused([*slices(3), other])
    finer = file_of(np.zeros((6, 5), np.uint16), SOPInstanceUID="1.2.9", PixelSpacing=[1, 1], ImagePositionPatient=[-10, -20, 36.0])  # fmt: skip  # noqa: E501
    assert "pixels of different sizes" in refused([*slices(3), finer])


def test_shifted_slices_are_no_stack():
    files = slices(4)
    files[2] = file_of(np.zeros((6, 5), np.uint16), SOPInstanceUID="1.2.9", ImagePositionPatient=[60, -20, 34.0])
    assert "shifted against each other" in refused(files)


def test_localizers_are_left_out():
    scout = file_of(
        np.zeros((9, 9), np.uint16), SOPInstanceUID="1.2.9", ImageOrientationPatient=SAGITTAL,
        ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"], SeriesInstanceUID="1.2.10",
    )  # fmt: skip
    found = volume([scout, *slices(4)])
    assert len(found.array) == 4 and found.facts.localizers_left_out == 1
    assert "only localizers" in refused([scout])


def test_two_series_are_not_mixed():
    other = [each.replace(b"1.2.826.0.1.77.3", b"1.2.826.0.1.77.5") for each in slices(3)]
    assert "2 series here (of 4, 3 images)" in refused(slices(4) + other)


def test_a_damaged_slice_is_not_left_out_in_silence(tmp_path: Path):
    files = slices(9)
    with pytest.raises(InvalidInput, match="cut off"):
        read_volume(folder_of(tmp_path / "a", [*files[:8], files[8][:-5]]))
    with pytest.raises(InvalidInput, match="not a DICOM file"):
        read_volume(folder_of(tmp_path / "b", [*files[:8], b"\0" * 900]))


def test_what_lies_beside_the_slices_is_passed_over(tmp_path: Path):
    folder = folder_of(tmp_path, slices(3))
    (folder / "README").write_text("Disc of the radiology department.")
    (folder / "report.pdf").write_bytes(b"%PDF-1.4")
    (folder / "DICOMDIR").write_bytes(b"\0" * 200)
    assert len(read_volume(folder).array) == 3


def test_nothing_is_a_sentence(tmp_path: Path):
    with pytest.raises(InvalidInput, match="no DICOM file"):
        read_volume(tmp_path)
    with pytest.raises(InvalidInput, match="no file and no folder"):
        read_volume(tmp_path / "none")
    with pytest.raises(InvalidInput, match="no file was given"):
        read_volume([])


def test_a_single_slice_is_as_thick_as_it_says():
    assert volume(slices(1)).spacing_mm[0] == 2.0
    assert "does not state its thickness" in refused(slices(1, SliceThickness=None))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ImagePositionPatient": None}, "where it lies"),
        ({"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]}, "right angles"),
        ({"PixelSpacing": [0, 1]}, "cannot be"),
        ({"ImagePositionPatient": [1e9, 0, 0]}, "cannot be"),
    ],
)
def test_an_impossible_place_is_refused(changed: dict[str, object], said: str):
    assert said in refused(slices(1, **changed))


def enhanced(places: list[float]) -> bytes:
    from pydicom.dataset import Dataset

    frames = np.stack([np.full((4, 5), 1024 + int(place), np.uint16) for place in places])
    alone = {
        "ImagePositionPatient": None,
        "ImageOrientationPatient": None,
        "PixelSpacing": None,
        "SliceThickness": None,
    }
    made = dataset(frames, SOPClassUID=ENHANCED_CT, **alone)
    shared, orientation, measures = Dataset(), Dataset(), Dataset()
    orientation.ImageOrientationPatient = AXIAL
    measures.PixelSpacing, measures.SliceThickness = [0.5, 0.5], 1.0
    shared.PlaneOrientationSequence, shared.PixelMeasuresSequence = [orientation], [measures]
    made.SharedFunctionalGroupsSequence = [shared]
    made.PerFrameFunctionalGroupsSequence = []
    for place in places:
        position, group = Dataset(), Dataset()
        position.ImagePositionPatient = [0, 0, place]
        group.PlanePositionSequence = [position]
        made.PerFrameFunctionalGroupsSequence.append(group)
    return written(made)


def test_an_enhanced_object_is_a_volume_of_its_frames():
    found = volume([enhanced([3.0, 1.0, 2.0])])
    assert found.array[:, 0, 0].tolist() == [1, 2, 3]
    assert found.frame_numbers == (2, 3, 1)
    assert set(found.sop_instance_uids) == {"1.2.826.0.1.77.1.1"}


def test_frames_without_places_are_no_volume():
    made = dataset(np.zeros((3, 4, 4), np.uint16), SOPClassUID=CT)
    assert "where it lies" in refused([written(made)])


def test_gaps_name_the_places_between_which_slices_are_missing():
    assert gaps([0, 2, 4, 8, 10]) == [(4.0, 8.0)]
    assert gaps([0, 2]) == gaps([]) == gaps([5, 5, 5]) == []


def test_a_series_read_on_threads_is_the_same(tmp_path: Path):
    folder = folder_of(tmp_path, slices(20))
    assert np.array_equal(read_volume(folder, threads=3).array, read_volume(folder, threads=1).array)
