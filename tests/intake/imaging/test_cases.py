"""Cases from pictures, DICOM objects, tables of images and studies of the store."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.intake.dicom.synthetic import US, dataset, file_of

from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.core.noun import Sentence
from cognoscope.intake import keys
from cognoscope.intake.imaging.dicom_image import laterality, pixel_size_mm
from cognoscope.intake.imaging.from_file import cases_from_file
from cognoscope.intake.imaging.listed import listed_in
from cognoscope.methods.images.kind import ImageKind

pytest.importorskip("pydicom", reason="needs the extra `imaging`")
pillow = pytest.importorskip("PIL.Image", reason="needs the extra `imaging`")

AS_OF = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
KIND = ImageKind(case="plane", name=Sentence(fr="un plan", en="a plane"), modalities=("US", "OT"), least=8)
GREY = np.random.default_rng(1).integers(0, 255, (20, 30), dtype=np.uint8)


def picture(path: Path, array: np.ndarray = GREY) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pillow.fromarray(array).save(path)
    return path


def region(spatial: int = 1, unit: int = 3, delta: float = 0.02, right: int = 29) -> object:
    from pydicom.dataset import Dataset

    made = Dataset()
    made.RegionSpatialFormat, made.PhysicalUnitsXDirection, made.PhysicalUnitsYDirection = spatial, unit, unit
    made.RegionLocationMinX0, made.RegionLocationMaxX1 = 0, right
    made.RegionLocationMinY0, made.RegionLocationMaxY1 = 0, 19
    made.PhysicalDeltaX, made.PhysicalDeltaY = delta, -delta
    return made


def ultrasound(**changed: object) -> bytes:
    usual = {"SOPClassUID": US, "Modality": "US", "PixelSpacing": None, "RescaleSlope": None, "RescaleIntercept": None}
    return file_of(GREY, **usual | changed)


def test_a_picture_is_a_case_without_size_or_side(tmp_path):
    (case,) = cases_from_file(KIND, picture(tmp_path / "a.png"), AS_OF)
    (image,) = case.images
    assert (image.modality, image.spacing, image.laterality) == ("US", None, None)
    assert np.array_equal(image.raster.array()[0], GREY)
    assert case.subject.startswith("person:image-") and case.kind == "plane"


def test_the_same_picture_is_the_same_case_whatever_its_name(tmp_path):
    one, other = (cases_from_file(KIND, picture(tmp_path / name), AS_OF)[0] for name in ("Dupont.png", "b.png"))
    assert one.digest == other.digest
    assert b"Dupont" not in one.canonical()


def test_a_table_beside_says_size_and_side(tmp_path):
    picture(tmp_path / "images" / "a.png")
    (tmp_path / "labels.csv").write_text("file,pixel_size_mm_here,eye\nimages/a.png,0.25,R\n", encoding="utf-8")
    for path in (tmp_path / "images" / "a.png", tmp_path / "labels.csv", tmp_path):
        (case,) = cases_from_file(KIND, path, AS_OF)
        assert case.images[0].spacing == (0.0, 0.25, 0.25) and case.images[0].laterality == "R"


def test_a_table_that_was_changed_is_read_again(tmp_path):
    picture(tmp_path / "a.png")
    for size in (0.25, 0.5):
        (tmp_path / "images.csv").write_text(f"file,pixel_size_mm\na.png,{size}\n", encoding="utf-8")
        import os

        os.utime(tmp_path / "images.csv", (size * 1e9, size * 1e9))
        assert cases_from_file(KIND, tmp_path / "a.png", AS_OF)[0].images[0].spacing == (0.0, size, size)


def test_a_folder_gives_a_case_each(tmp_path):
    for name in ("a.png", "b.jpg", "c.webp"):
        picture(tmp_path / name)
    (tmp_path / "readme.txt").write_text("no image", encoding="utf-8")
    assert len(cases_from_file(KIND, tmp_path, AS_OF)) == 3


def test_ultrasound_says_its_size_by_regions(tmp_path):
    from pydicom.sequence import Sequence

    path = tmp_path / "a.dcm"
    path.write_bytes(ultrasound(SequenceOfUltrasoundRegions=Sequence([region()])))
    (case,) = cases_from_file(KIND, path, AS_OF)
    assert case.images[0].spacing == pytest.approx((0.0, 0.2, 0.2))
    assert b"Zzcanarix" not in case.canonical() and b"4711" not in case.canonical()


@pytest.mark.parametrize(
    ("regions", "expected"),
    [
        ([], None),
        ([region(spatial=2)], None),
        ([region(unit=4)], None),
        ([region(delta=0)], None),
        ([region(delta=0.05, right=9), region(delta=0.02)], (0.2, 0.2)),
    ],
)
def test_regions_that_are_no_images_or_have_no_centimetres_do_not_count(regions, expected):
    from pydicom.sequence import Sequence

    found = pixel_size_mm(dataset(GREY, PixelSpacing=None, SequenceOfUltrasoundRegions=Sequence(regions)))
    assert found == (pytest.approx(expected) if expected else None)


@pytest.mark.parametrize("said", ([0, 1], [-1, 1], [0.5], ["a", "b"], [500, 500]))
def test_an_impossible_pixel_spacing_is_unknown(said):
    from pydicom.dataset import Dataset

    made = Dataset()
    made.add_new(0x00280030, "LO" if isinstance(said[0], str) else "FD", said)
    assert pixel_size_mm(made) is None


def test_side_of_the_body():
    assert laterality(dataset(GREY, ImageLaterality="R", Laterality="L")) == "R"
    assert laterality(dataset(GREY, Laterality="L")) == "L"
    assert laterality(dataset(GREY, ImageLaterality="B")) is None


@pytest.mark.parametrize(
    "content",
    ["", "name\na.png\n", "file,pixel_size_mm\na.png,zero\n", "file,pixel_size_mm\na.png,-1\n", "file\na\0b\n"],
)
def test_a_table_that_cannot_be_used_is_a_sentence(tmp_path, content):
    (tmp_path / "images.csv").write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"images\.csv"):
        listed_in(tmp_path / "images.csv")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_a_table_or_a_sentence(tmp_path, content):
    path = tmp_path / "images.csv"
    path.write_bytes(b"file,pixel_size_mm,eye\n" + content)
    try:
        found = listed_in(path)
    except InvalidInput as error:
        assert str(path.name) in str(error)
    else:
        assert all(each.pixel_mm is None or each.pixel_mm > 0 for each in found)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 1200), change=st.binary(max_size=12))
def test_a_broken_file_is_a_sentence_without_a_name(tmp_path, cut, change):
    whole = ultrasound()
    path = tmp_path / "a.dcm"
    path.write_bytes(whole[:cut] + change + whole[cut + len(change) :])
    try:
        (case,) = cases_from_file(KIND, path, AS_OF)
    except InvalidInput as error:
        assert "canarix" not in str(error) and str(error).startswith("a.dcm: ")
    else:
        assert b"canarix" not in case.canonical()


def test_no_image_is_a_sentence(tmp_path):
    with pytest.raises(InvalidInput, match="no image in this folder"):
        cases_from_file(KIND, tmp_path, AS_OF)
    with pytest.raises(InvalidInput, match=r"gone\.png"):
        cases_from_file(KIND, tmp_path / "gone.png", AS_OF)
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(InvalidInput, match=r"a\.png: "):
        cases_from_file(KIND, tmp_path / "a.png", AS_OF)


def test_a_study_of_the_store_is_one_case_of_its_images(home: Home):
    from cognoscope.intake.dicom.store import ImageStore
    from cognoscope.intake.imaging.from_study import cases_from_study

    keys.create(home)
    store = ImageStore(home)
    both = [
        ultrasound(SOPInstanceUID=f"1.2.{at}", InstanceNumber=at, PixelData=bytes([at]) * GREY.size) for at in (1, 2)
    ]
    taken = store.take(both)
    (case,) = cases_from_study(KIND, store, taken[0].study, AS_OF)
    assert [image.name for image in case.images] == ["image_1", "image_2"]
    assert case.subject == f"person:{taken[0].person}" and case.source == "dicom"
    assert {image.instances[0] for image in case.images} == {each.instance for each in taken}
    assert b"4711" not in case.canonical() and b"1.2.826.0.1.77" not in case.canonical()


def test_a_study_of_something_else_is_a_sentence(home: Home):
    from cognoscope.intake.dicom.store import ImageStore
    from cognoscope.intake.imaging.from_study import cases_from_study

    keys.create(home)
    store = ImageStore(home)
    (taken,) = store.take([file_of(GREY)])
    with pytest.raises(InvalidInput, match="holds CT and not a plane"):
        cases_from_study(KIND, store, taken.study, AS_OF)
    with pytest.raises(InvalidInput, match="not kept here"):
        cases_from_study(KIND, store, "1.2.3", AS_OF)
