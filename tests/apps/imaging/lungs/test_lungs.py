"""Extent of lesions: shares and volumes on a built thorax, files of every kind, evaluation on a built folder."""

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tests.apps.imaging.lungs.cases import AS_OF, built, ct, model, picture, slice_case, upright_affine

from cognoscope.apps.imaging.lungs.app import APPLICATION
from cognoscope.apps.imaging.lungs.case import cases_from_file
from cognoscope.apps.imaging.lungs.evaluate import evaluate
from cognoscope.apps.imaging.lungs.model import interval, join
from cognoscope.apps.imaging.lungs.network import APART_MM, chosen, classes_of
from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput
from cognoscope.core.image_value import ImageValue
from cognoscope.core.proposal import Proposal
from cognoscope.methods.images.scores import dice

pytest.importorskip("onnxruntime", reason="needs the extra `imaging`")
pytest.importorskip("openvino", reason="needs the extra `imaging`")
image_files = pytest.importorskip("PIL.Image", reason="needs the extra `imaging`")


@cache
def application():
    return APPLICATION.with_model(model())  # type: ignore[misc]


def one(case: Case) -> Proposal:
    (proposal,) = application().propose(case)
    return proposal


@cache
def of_the_thorax() -> ImageValue:
    value = one(ct(built().hounsfield)).value
    assert isinstance(value, ImageValue)
    return value


def amount(value: ImageValue, key: str) -> float:
    element = value.element(key)
    assert element is not None
    return float(element.amount)  # type: ignore[union-attr]


def test_shares_and_volumes_are_those_of_the_thorax():
    value, thorax = of_the_thorax(), built()
    assert amount(value, "lung-ml-right") == pytest.approx(1000 * thorax.right.sum() * thorax.litre, rel=0.03)
    assert amount(value, "lung-ml-left") == pytest.approx(1000 * thorax.left.sum() * thorax.litre, rel=0.03)
    glass = 100 * (thorax.glass & (thorax.hounsfield < 0)).sum() / thorax.right.sum()
    assert amount(value, "ground-glass-right") == pytest.approx(glass, abs=1.0)
    assert amount(value, "ill-ml-both") == amount(value, "ill-ml-right") + amount(value, "ill-ml-left")


def test_the_overlay_lies_on_the_lesion():
    overlays = {each.key: each.raster.array() for each in of_the_thorax().overlays}
    assert dice(overlays["lesions"] == 1, built().glass) > 0.8
    assert not overlays["lesions"][overlays["lungs"] == 0].any(), "what is ill is part of the lung"
    assert not overlays["lesions"][built().airway].any()


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_ct_that_came_mirrored_is_read_alike_and_answered_in_its_own_order(axis: int):
    affine = np.array(upright_affine(built().spacing)).reshape(4, 4)
    affine[:3, 2 - axis] *= -1
    case = ct(
        np.ascontiguousarray(np.flip(built().hounsfield, axis)), affine=tuple(float(each) for each in affine.ravel())
    )
    value = one(case).value
    assert isinstance(value, ImageValue)
    for key in ("lesions-right", "lesions-left", "lung-ml-left"):
        assert amount(value, key) == amount(of_the_thorax(), key)
    turned = np.flip(of_the_thorax().overlays[1].raster.array(), axis)
    assert np.array_equal(value.overlays[1].raster.array(), turned)


def test_a_picture_upright_and_transposed_says_the_same():
    first, second = (one(slice_case(picture(transposed))).value for transposed in (True, False))
    assert isinstance(first, ImageValue) and isinstance(second, ImageValue)
    assert amount(first, "lesions-right") == pytest.approx(amount(second, "lesions-right"), abs=0.5)
    assert first.element("lung-ml-both") is None, "a picture has no scale"
    assert np.array_equal(first.overlays[0].raster.array()[0], second.overlays[0].raster.array()[0].T)


def test_a_series_that_cuts_the_lungs_off_says_so():
    headline = one(ct(built().hounsfield[10:26])).headline
    assert headline is not None and "cuts the lungs off" in headline.text.en


def test_nifti_says_the_same_as_dicom(tmp_path: Path):
    nibabel = pytest.importorskip("nibabel", reason="needs the extra `imaging`")
    thorax = built()
    # To the right, front and head (RAS), as most programs write it.
    array = thorax.hounsfield[:, ::-1, ::-1].transpose(2, 1, 0)
    frames, rows, columns = thorax.spacing
    nibabel.Nifti1Image(array, np.diag([columns, rows, frames, 1.0])).to_filename(tmp_path / "ct.nii.gz")
    (case,) = cases_from_file(tmp_path / "ct.nii.gz", AS_OF)
    value = one(case).value
    assert isinstance(value, ImageValue)
    assert amount(value, "lesions-right") == amount(of_the_thorax(), "lesions-right")


def test_a_broken_file_is_a_sentence(tmp_path: Path):
    for name in ("ct.nii.gz", "slice.png", "slice.dcm"):
        path = tmp_path / name
        path.write_bytes(b"\x1f\x8bnothing of the kind")
        with pytest.raises(InvalidInput):
            cases_from_file(path, AS_OF)


def test_without_weights_it_abstains_and_names_the_command():
    from cognoscope.apps.imaging.lungs.app import application as made

    (proposal,) = made(None).propose(ct(built().hounsfield))
    assert proposal.abstention is not None and "cognoscope models add" in proposal.abstention.sentence.en


def test_frames_are_read_often_enough():
    frames = np.arange(10, 110)
    for apart in (0.5, 1.0, 1.25, 2.0, 3.0, 10.0):
        read = chosen(frames, apart)
        assert read[0] == 10 and read[-1] == 109
        assert np.diff(read).max() * apart <= max(APART_MM, apart) + 1e-9


def test_the_likelier_class_counts_from_the_threshold_on():
    planes = np.array([[[0.8, 0.6, 0.6]], [[0.15, 0.3, 0.1]], [[0.05, 0.1, 0.3]]], np.float32)
    assert classes_of(planes, 0.3).tolist() == [[0, 1, 2]]
    assert classes_of(planes, 0.5).tolist() == [[0, 0, 0]]


def test_what_is_outlined_outside_the_lungs_goes_and_what_touches_them_is_lung():
    fields = np.zeros((1, 20, 30), np.uint8)
    fields[0, 5:15, 3:10], fields[0, 5:15, 20:27] = 1, 2
    lesions = np.zeros_like(fields)
    lesions[0, 12:17, 4:8], lesions[0, 1:3, 13:16] = 2, 1
    join(fields, lesions)
    assert (fields[0, 15:17, 4:8] == 1).all() and not lesions[0, 1:3].any() and (lesions[0, 12:17, 4:8] == 2).all()


@pytest.mark.parametrize("share", [0.0, 0.03, 0.5, 1.0])
def test_an_interval_holds_its_share_and_stays_within_bounds(share: float):
    found = interval(share, 0.3, 0.9)
    assert 0 <= found.low <= 100 * share <= found.high <= 100 and found.high > found.low


def folder_of_slices(folder: Path, names: dict[str, str]) -> Path:
    """A folder laid out like the reference data: slices by official part."""
    for part in ("images", "masks_infection", "masks_multiclass", "published_predictions/A"):
        (folder / part).mkdir(parents=True)
    shown = picture()
    classes = np.where(shown > 155, 2, np.where(shown > 60, 1, 0)).astype(np.uint8)
    classes[:, :4] = 0
    for number, name in enumerate(names):
        image_files.fromarray(np.roll(shown, number, axis=1)).save(folder / f"images/{name}.png")
        truth = np.roll(classes, number, axis=1)
        image_files.fromarray(truth).save(folder / f"masks_multiclass/{name}.png")
        image_files.fromarray(np.where(truth > 0, 255, 0).astype(np.uint8)).save(folder / f"masks_infection/{name}.png")
        image_files.fromarray(np.full(truth.shape, 255, np.uint8)).save(folder / f"published_predictions/A/{name}.png")
    with (folder / "slices.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["slice_id", "official_split", "file"])
        rows.writerows([name, part, f"images/{name}.png"] for name, part in names.items())
    return folder


def test_evaluation_judges_the_official_test_slices_beside_what_was_published(tmp_path: Path):
    folder = folder_of_slices(tmp_path / "a", {"1": "train", "2": "test", "3": "test"})
    found = evaluate(folder, model())
    metrics = {each.name: each for each in found.metrics}
    assert found.rows == 2 and set(found.detail["by_slice"]) == {"2", "3"}
    assert 0 < metrics["dice_mean"].value < 1  # type: ignore[operator]
    assert metrics["dice_mean"].baseline == found.detail["published_on_these_slices"]["A"]["dice_mean"]


def test_evaluation_without_weights_or_slices_says_so(tmp_path: Path):
    folder = folder_of_slices(tmp_path / "a", {"1": "test"})
    assert evaluate(folder, None).detail["nothing_judged"] == "there is no model"
    (folder / "images/1.png").unlink()
    with pytest.raises(InvalidInput, match=r"the first is images/1\.png"):
        evaluate(folder, model())
    with pytest.raises(InvalidInput, match=r"slices\.csv cannot be read"):
        evaluate(tmp_path, model())
