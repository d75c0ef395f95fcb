"""Plain pictures and NIfTI files become arrays and volumes, or are refused before anything is allocated."""

import gzip
import io
import random
from pathlib import Path

import numpy as np
import pytest

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.dicom import images
from cognoscope.intake.dicom.images import read_image
from cognoscope.intake.dicom.nifti import read_nifti

pytest.importorskip("PIL", reason="needs the extra `imaging`")
COLOURS = np.random.default_rng(0).integers(0, 255, (20, 30, 3)).astype(np.uint8)


def saved(array: np.ndarray, form: str = "PNG", mode: str | None = None, **options: object) -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    image = Image.fromarray(array)
    (image.convert(mode) if mode else image).save(stream, form, **options)
    return stream.getvalue()


@pytest.mark.parametrize(("form", "options"), [("PNG", {}), ("WEBP", {"lossless": True})])
def test_pictures_come_out_as_they_went_in(tmp_path: Path, form: str, options: dict[str, object]):
    path = tmp_path / "a.img"
    path.write_bytes(saved(COLOURS, form, **options))
    assert np.array_equal(read_image(path), COLOURS)


def test_grey_stays_grey_and_deep():
    deep = np.arange(600, dtype=np.uint16).reshape(20, 30) * 100
    assert np.array_equal(read_image(saved(deep)), deep)
    assert read_image(saved(COLOURS[..., 0])).shape == (20, 30)
    assert read_image(saved(COLOURS, "JPEG", "L")).shape == (20, 30)


def test_palettes_and_transparency_become_colours():
    assert read_image(saved(COLOURS, mode="P")).shape == (20, 30, 3)
    clear = np.concatenate([COLOURS, np.zeros((20, 30, 1), np.uint8)], axis=-1)
    assert read_image(saved(clear)).max() == 0
    assert read_image(saved(COLOURS, mode="1")).shape == (20, 30)


def test_a_camera_that_was_turned_is_turned_back():
    from PIL import Image

    turned = Image.Exif()
    turned[0x0112] = 6
    assert read_image(saved(COLOURS, exif=turned.tobytes())).shape == (30, 20, 3)


@pytest.mark.parametrize(
    "content", [b"", b"no picture", saved(COLOURS)[:-30], saved(COLOURS, "BMP"), saved(COLOURS, "JPEG")[:300]]
)
def test_what_is_no_whole_picture_is_refused(content: bytes):
    with pytest.raises(InvalidInput, match=r"picture"):
        read_image(content)


def test_too_many_pixels_are_refused_before_they_are_unpacked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(images, "MOST_PIXELS", 100)
    with pytest.raises(InvalidInput, match="80 million"):
        read_image(saved(COLOURS))


def test_an_animation_is_refused():
    from PIL import Image

    stream = io.BytesIO()
    frames = [Image.fromarray(COLOURS), Image.fromarray(255 - COLOURS)]
    frames[0].save(stream, "WEBP", save_all=True, append_images=frames[1:])
    with pytest.raises(InvalidInput, match="animation"):
        read_image(stream.getvalue())


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_broken_pictures_are_read_or_refused(form: str):
    good, chance = saved(COLOURS, form), random.Random(form)
    for _ in range(150):
        data = bytearray(good)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            assert read_image(bytes(data)).dtype in (np.uint8, np.uint16)
        except InvalidInput as error:
            assert "icture" in str(error)


def nifti(path: Path, data: np.ndarray, affine: np.ndarray) -> Path:
    import nibabel

    nibabel.save(nibabel.Nifti1Image(data, affine), path)
    return path


def test_nifti_is_the_volume_that_its_affine_says(tmp_path: Path):
    data = np.arange(2 * 3 * 4, dtype=np.int16).reshape(2, 3, 4)
    affine = np.array([[-0.7, 0, 0, 50], [0, 0.8, 0, -60], [0, 0, 2.5, -100], [0, 0, 0, 1]])
    found = read_nifti(nifti(tmp_path / "a.nii.gz", data, affine))
    assert found.array.shape == (4, 3, 2) and found.array.dtype == np.int16
    assert found.spacing_mm == pytest.approx((2.5, 0.8, 0.7))
    for place in [(0, 0, 0), (1, 2, 3), (0, 1, 2)]:
        world = affine @ (*place, 1)
        frame, row, column, _ = np.rint(np.linalg.inv(found.affine) @ world).astype(int)
        assert found.array[frame, row, column] == data[place]
    # Frames to the head, rows to the back, columns to the left.
    assert found.affine[2, 0] > 0 and found.affine[1, 1] < 0 and found.affine[0, 2] < 0


def test_nifti_floats_are_rounded_and_wide_values_kept(tmp_path: Path):
    data = np.full((3, 3, 3), -1023.6, np.float32)
    assert read_nifti(nifti(tmp_path / "a.nii", data, np.eye(4))).array[0, 0, 0] == -1024
    assert read_nifti(nifti(tmp_path / "b.nii", data - 1e6, np.eye(4))).array.dtype == np.float32


def test_bad_nifti_is_a_sentence(tmp_path: Path):
    good = nifti(tmp_path / "good.nii", np.zeros((3, 3, 3), np.int16), np.eye(4)).read_bytes()
    nan = nifti(tmp_path / "nan.nii", np.full((2, 2, 2), np.nan, np.float32), np.eye(4)).read_bytes()
    four = nifti(tmp_path / "four.nii", np.zeros((2, 2, 2, 5), np.int16), np.eye(4)).read_bytes()
    huge = good[:42] + b"\xff\x7f\xff\x7f\xff\x7f" + good[48:]
    for number, content in enumerate((b"", b"x" * 400, good[:-10], huge, nan, four)):
        path = tmp_path / f"bad{number}.nii"
        path.write_bytes(content)
        with pytest.raises(InvalidInput, match="NIfTI"):
            read_nifti(path)
    packed = tmp_path / "cut.nii.gz"
    packed.write_bytes(gzip.compress(good)[:-20])
    with pytest.raises(InvalidInput, match="NIfTI"):
        read_nifti(packed)


def test_broken_nifti_headers_are_read_or_refused(tmp_path: Path):
    good, chance = nifti(tmp_path / "good.nii", np.zeros((3, 3, 3), np.int16), np.eye(4)).read_bytes(), random.Random(7)
    path = tmp_path / "bad.nii"
    for _ in range(150):
        data = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(352)] = chance.randrange(256)
        path.write_bytes(bytes(data))
        try:
            assert read_nifti(path).array.ndim == 3
        except InvalidInput as error:
            assert "NIfTI" in str(error)
