"""Segmentations land in the patient where the overlay was, whatever the stack's orientation; read back two ways."""

from io import BytesIO

import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.exports.dicom import studies

from cognoscope.core.errors import InvalidInput
from cognoscope.exports.dicom import objects_for
from cognoscope.intake.dicom.source import SourceSeries, source_series

pytest.importorskip("highdicom")


def saved(made: pydicom.Dataset) -> pydicom.Dataset:
    stream = BytesIO()
    made.save_as(stream, enforce_file_format=True)
    return pydicom.dcmread(BytesIO(stream.getvalue()))


def in_patient(position, orientation, spacing, rows, columns) -> np.ndarray:  # type: ignore[no-untyped-def]
    """Millimetres of pixel centres, by PS3.3 equation C.7.6.2.1-1."""
    across, down = np.array(orientation[:3], dtype=float), np.array(orientation[3:], dtype=float)
    origin = np.array(position, dtype=float)
    return origin + np.outer(columns, across * float(spacing[1])) + np.outer(rows, down * float(spacing[0]))


def wanted(headers: list[pydicom.Dataset], array: np.ndarray, number: int) -> np.ndarray:
    places = []
    for frame, header in enumerate(headers):
        rows, columns = np.nonzero(array[frame] == number)
        given = (header.ImagePositionPatient, header.ImageOrientationPatient, header.PixelSpacing)
        places.append(in_patient(*given, rows, columns))
    return np.round(np.vstack(places), 3)


def found(seg: pydicom.Dataset, segment: int) -> np.ndarray:
    shared = seg.SharedFunctionalGroupsSequence[0]
    orientation = shared.PlaneOrientationSequence[0].ImageOrientationPatient
    spacing = shared.PixelMeasuresSequence[0].PixelSpacing
    places = [np.empty((0, 3))]
    frames = seg.pixel_array.reshape(-1, seg.Rows, seg.Columns)
    for group, frame in zip(seg.PerFrameFunctionalGroupsSequence, frames, strict=True):
        if group.SegmentIdentificationSequence[0].ReferencedSegmentNumber == segment:
            position = group.PlanePositionSequence[0].ImagePositionPatient
            places.append(in_patient(position, orientation, spacing, *np.nonzero(frame)))
    return np.round(np.vstack(places), 3)


def same_places(left: np.ndarray, right: np.ndarray) -> None:
    assert len(left) == len(right) > 0
    order = np.lexsort(left.T), np.lexsort(right.T)
    np.testing.assert_allclose(left[order[0]], right[order[1]], atol=2e-3)


STACKS = {
    "axial": (studies.AXIAL, 2.5),
    "axial reversed": (studies.AXIAL, -2.5),
    "sagittal": (studies.SAGITTAL, 1.0),
    "sagittal reversed": (studies.SAGITTAL, -1.0),
    "coronal": (studies.CORONAL, 3.0),
    "oblique": (studies.OBLIQUE, 1.7),
    "oblique reversed": (studies.OBLIQUE, -1.7),
    "feet first, face down": ((-1.0, 0, 0, 0, -1.0, 0), 2.0),
}


@pytest.mark.parametrize("name", STACKS)
def test_voxels_lie_where_the_overlay_was(name: str) -> None:
    headers = studies.stack(5, *STACKS[name])
    case, array = studies.case_of(5, affine=studies.affine_of(headers)), studies.blocks(5)
    (seg,) = objects_for(studies.proposal_of(case, array), case, source_series(headers), parts=("seg",))
    read = saved(seg)
    for segment, number in ((1, 1), (2, 3), (3, 7)):
        same_places(found(read, segment), wanted(headers, array, number))


@pytest.mark.parametrize("name", STACKS)
def test_highdicom_reads_the_same_pixels_for_each_source_image(name: str) -> None:
    from highdicom.seg import Segmentation

    headers = studies.stack(5, *STACKS[name])
    case, array = studies.case_of(5, affine=studies.affine_of(headers)), studies.blocks(5)
    (seg,) = objects_for(studies.proposal_of(case, array), case, source_series(headers), parts=("seg",))
    read = Segmentation.from_dataset(saved(seg))
    uids = [header.SOPInstanceUID for header in headers]
    back = read.get_pixels_by_source_instance(uids, ignore_spatial_locations=True, assert_missing_frames_are_empty=True)
    for segment, number in ((0, 1), (1, 3), (2, 7)):
        np.testing.assert_array_equal(back[..., segment], array == number)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    turn=st.tuples(*[st.floats(-1, 1) for _ in range(4)]).filter(lambda q: np.linalg.norm(q) > 0.2),
    step=st.sampled_from([-3.3, -0.6, 0.6, 5.0]),
    seed=st.integers(0, 99),
)
def test_any_orientation(turn: tuple[float, ...], step: float, seed: int) -> None:
    from scipy.spatial.transform import Rotation

    turned = Rotation.from_quat(turn).as_matrix()
    orientation = tuple(float(x) for x in np.round(np.concatenate([turned[:, 0], turned[:, 1]]), 9))
    headers = studies.stack(3, orientation, step, 9, 7)
    case = studies.case_of(3, 9, 7, affine=studies.affine_of(headers))
    array = np.random.default_rng(seed).choice([0, 1, 3], size=(3, 9, 7), p=[0.7, 0.2, 0.1]).astype(np.uint8)
    array[1, 2, 3], array[2, 0, 0] = 1, 3
    (seg,) = objects_for(studies.proposal_of(case, array), case, source_series(headers), parts=("seg",))
    for segment, number in ((1, 1), (2, 3)):
        same_places(found(saved(seg), segment), wanted(headers, array, number))


def test_frames_of_a_multi_frame_object_in_another_order() -> None:
    from highdicom.seg import Segmentation

    header, order = studies.enhanced(4), (3, 2, 1, 0)
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1], affine[:3, 2] = (0.7, 0, 0), (0, 0.8, 0), (0, 0, -3.0)
    affine[:3, 3] = (-30, -20, 10 + 9)
    case, array = studies.case_of(4, affine=tuple(float(x) for x in affine.ravel())), studies.blocks(4)
    proposal = studies.proposal_of(case, array)
    (seg,) = objects_for(proposal, case, source_series([header], order=order), parts=("seg",))
    back = Segmentation.from_dataset(saved(seg)).get_pixels_by_source_frame(
        header.SOPInstanceUID, [4, 3, 2, 1], assert_missing_frames_are_empty=True, ignore_spatial_locations=True
    )
    np.testing.assert_array_equal(back[..., 0], array == 1)
    # The order is found by place where it is not given, and where the header is given once for each frame.
    for headers in ([header], [header] * 4):
        (same,) = objects_for(proposal, case, source_series(headers), parts=("seg",))
        assert saved(same).PixelData == saved(seg).PixelData
    with pytest.raises(InvalidInput, match="wrong slice"):
        objects_for(proposal, case, source_series([header], order=(0, 1, 2, 3)), parts=("seg",))


@pytest.mark.parametrize("kind", ["CR", "DX", "MG", "OT", "US"])
def test_an_image_that_lies_nowhere_in_the_patient(kind: str) -> None:
    case, source = studies.single(kind)
    array = studies.blocks(1)
    (seg,) = objects_for(studies.proposal_of(case, array), case, source, parts=("seg",))
    read = saved(seg)
    np.testing.assert_array_equal(read.pixel_array.reshape(-1, 24, 32)[0], array[0] == 1)
    referenced = read.ReferencedSeriesSequence[0].ReferencedInstanceSequence[0].ReferencedSOPInstanceUID
    assert referenced == source.headers[0].SOPInstanceUID
    assert "FrameOfReferenceUID" not in read


def test_a_clip_gives_one_segmentation_a_frame_that_names_its_frame() -> None:
    header = studies.header("US-clip")
    header.NumberOfFrames = 3
    case, array = studies.case_of(3, modality="US"), studies.blocks(3)
    made = objects_for(studies.proposal_of(case, array), case, source_series([header]), parts=("seg",))
    assert len(made) == 2  # the third frame has no pixel
    for place, seg in enumerate(made):
        group = saved(seg).PerFrameFunctionalGroupsSequence[0]
        assert group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedFrameNumber == place + 1
    assert len({seg.SOPInstanceUID for seg in made}) == 2


def test_who_the_patient_is_goes_back_unchanged_and_codes_and_algorithm_are_there() -> None:
    case, source = studies.ct()
    (seg,) = objects_for(studies.proposal_of(case, studies.blocks(6)), case, source, parts=("seg",))
    read = saved(seg)
    assert (str(read.PatientName), read.PatientID) == ("Imaginaire^Élodie", "IPP-0001")
    assert (read.AccessionNumber, read.StudyInstanceUID) == ("A-42", studies.STUDY)
    lung, glass, own = read.SegmentSequence
    assert lung.SegmentedPropertyTypeCodeSequence[0].CodeValue == "39607008"
    modifier = lung.SegmentedPropertyTypeCodeSequence[0].SegmentedPropertyTypeModifierCodeSequence[0]
    assert modifier.CodeMeaning == "Left"
    assert glass.SegmentedPropertyCategoryCodeSequence[0].CodeMeaning == "Morphologically Abnormal Structure"
    assert own.SegmentedPropertyTypeCodeSequence[0].CodingSchemeDesignator == "99COGNOSCOPE"
    for segment in read.SegmentSequence:
        (algorithm,) = segment.SegmentationAlgorithmIdentificationSequence
        assert (algorithm.AlgorithmName, algorithm.AlgorithmVersion) == ("imaging.test", "1.2.3")
        assert algorithm.AlgorithmFamilyCodeSequence[0].CodeMeaning == "Artificial Intelligence"
        assert "ab" * 32 in algorithm.AlgorithmParameters
    assert read.ContentLabel == "PRELIMINARY"
    assert read.SeriesDescription.startswith("Proposition préliminaire, non relue")


def test_the_same_proposal_gives_the_same_bytes_and_another_other_uids() -> None:
    case, source = studies.ct()

    def written(proposal):  # type: ignore[no-untyped-def]
        streams = [BytesIO() for _ in range(3)]
        for stream, made in zip(streams, objects_for(proposal, case, source), strict=True):
            made.save_as(stream, enforce_file_format=True)
        return [stream.getvalue() for stream in streams]

    proposal = studies.proposal_of(case, studies.blocks(6), with_marks=True)
    assert written(proposal) == written(proposal)
    other = type(proposal).model_validate({**proposal.plain(), "version": "1.2.4"})
    ours = {made.SOPInstanceUID for made in objects_for(proposal, case, source)}
    assert not ours & {made.SOPInstanceUID for made in objects_for(other, case, source)}


def test_the_headers_given_are_left_as_they_are() -> None:
    for case, source in (studies.ct(), studies.single("US"), studies.single("MG")):
        before = [str(header) for header in source.headers]
        frames = case.images[0].raster.frames
        objects_for(studies.proposal_of(case, studies.blocks(frames), with_marks=True), case, source)
        assert [str(header) for header in source.headers] == before


def test_headers_that_do_not_fit_are_refused_without_a_name() -> None:
    case, source = studies.ct()
    proposal = studies.proposal_of(case, studies.blocks(6))
    turned = SourceSeries(tuple(reversed(source.headers)))
    fewer = SourceSeries(source.headers[:-1])
    small = source_series(studies.stack(6, rows=23))
    bare = source_series([studies.header("CT", n) for n in range(1, 7)])
    for wrong in (turned, fewer, small, bare, [], SourceSeries(source.headers, "other")):
        with pytest.raises(InvalidInput) as refused:
            objects_for(proposal, case, wrong)
        assert "Imaginaire" not in str(refused.value)
        assert "IPP" not in str(refused.value)
        assert refused.value.__cause__ is None


def test_what_is_marked_on_an_image_without_headers_is_not_left_out_in_silence() -> None:
    from cognoscope.core.case import Case

    one, source = studies.ct()
    other = one.images[0].model_copy(update={"name": "other"})
    case = Case(kind="imaging-test", subject="person:p1", as_of=studies.AS_OF, images=(one.images[0], other))
    proposal = studies.proposal_of(case, studies.blocks(6))
    with pytest.raises(InvalidInput, match="headers of the image image are missing"):
        objects_for(proposal, case, SourceSeries(source.headers, "other"))


def test_headers_of_two_series_are_no_source() -> None:
    one, other = studies.stack(2)
    other.SeriesInstanceUID = f"{studies.STUDY}.77"
    with pytest.raises(InvalidInput, match="SeriesInstanceUID"):
        source_series([one, other])
    with pytest.raises(InvalidInput, match="headers"):
        source_series([])
    with pytest.raises(InvalidInput, match="twice"):
        source_series([studies.enhanced(3)], order=(0, 1, 1))


def test_pixels_of_a_source_are_left_out() -> None:
    header = studies.header("OT")
    header.PixelData = b"\0" * 768
    assert "PixelData" not in source_series([header]).headers[0]
    assert "PixelData" in header


def test_the_tables_of_the_standard_are_loaded_beforehand() -> None:
    from highdicom import _standard_utils

    from cognoscope.exports.dicom import warm_up

    _standard_utils.get_module_attribute_map.cache_clear()
    warm_up()
    case, source = studies.ct()
    objects_for(studies.proposal_of(case, studies.blocks(6)), case, source, parts=("seg",))
    assert _standard_utils.get_module_attribute_map.cache_info().misses == 1
