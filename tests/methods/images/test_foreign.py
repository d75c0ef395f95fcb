"""What judges a gate: spoiled copies are spoiled, generated images differ, shares are counted."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from cognoscope.methods.images.foreign import foreign_images, refusals, set_kinds, spoiled_copies
from cognoscope.methods.images.foreign_generated import photographs, text_pages
from cognoscope.methods.images.foreign_spoiled import BLURS, NOISES, blurred, cropped, greyed, inverted, noisy, resized
from cognoscope.methods.images.gate import GateVerdict

PATTERN = (np.indices((96, 80)).sum(axis=0) % 16 * 16).astype(np.uint8)
COLOURED = np.stack([PATTERN, PATTERN.max() - PATTERN, np.full_like(PATTERN, 90)], axis=-1)


@pytest.mark.parametrize("image", [PATTERN, COLOURED])
@pytest.mark.parametrize("kind", BLURS)
def test_a_blur_takes_detail_and_keeps_the_mean(image: np.ndarray, kind: str):
    out = blurred(image, 3.0, kind, np.random.default_rng(1))
    assert out.shape == image.shape and out.dtype == np.uint8
    before, after = (np.abs(np.diff(each.astype(float), axis=0)).mean() for each in (image, out))
    assert after < 0.6 * before and abs(out.mean() - image.mean()) < 3


@pytest.mark.parametrize("image", [PATTERN, COLOURED])
@pytest.mark.parametrize("kind", NOISES)
def test_noise_is_as_strong_as_it_says(image: np.ndarray, kind: str):
    out = noisy(image, 0.15, kind, np.random.default_rng(1))
    assert out.shape == image.shape
    assert 0.05 < np.std(out.astype(float) - image) / 255 < 0.35


def test_a_crop_is_a_window_well_inside():
    window = cropped(PATTERN, 0.4, np.random.default_rng(3), enlarge=False)
    assert window.shape == (38, 32)
    places = np.lib.stride_tricks.sliding_window_view(PATTERN, window.shape)
    tops, lefts = np.nonzero((places == window).all(axis=(2, 3)))
    assert len(tops) and (tops > 5).any() and (lefts > 5).any()
    assert cropped(COLOURED, 0.4, np.random.default_rng(3), enlarge=True).shape == COLOURED.shape


def test_small_helpers():
    np.testing.assert_array_equal(inverted(inverted(COLOURED)), COLOURED)
    trace = np.stack([PATTERN, PATTERN, np.maximum(PATTERN, 3) - 3], axis=-1)
    assert greyed(trace).ndim == 2 and greyed(COLOURED) is COLOURED and greyed(PATTERN) is PATTERN
    assert resized(COLOURED, 10, 12).shape == (10, 12, 3)


def test_the_same_seed_gives_the_same_images():
    pytest.importorskip("PIL", reason="needs the extra `imaging`")
    one, other = (list(foreign_images([PATTERN], 7, each=2)) for _ in range(2))
    assert [kind for kind, _ in one] == ["photograph"] * 2 + ["text"] * 2 + [
        "inverted",
        "cropped",
        "blurred",
        "noisy",
    ] * 2
    for (_, first), (_, second) in zip(one, other, strict=True):
        np.testing.assert_array_equal(first, second)
    assert all(image.dtype == np.uint8 and min(image.shape[:2]) >= 16 for _, image in one)


def test_generated_images_differ_from_each_other():
    pytest.importorskip("PIL", reason="needs the extra `imaging`")
    for source in (photographs, text_pages):
        images = list(islice(source(np.random.default_rng(4)), 6))
        assert len({image.tobytes() for image in images}) == 6
        assert all(image.std() > 3 for image in images)


def test_other_modalities_leave_out_their_own_kind(tmp_path: Path):
    pillow = pytest.importorskip("PIL.Image", reason="needs the extra `imaging`")
    for number, name in enumerate(("skin_isic2017_256", "skin_ph2_512", "retina_srahim_dr_640")):
        (tmp_path / name / "images").mkdir(parents=True)
        for each in range(3):
            pillow.fromarray(np.full((20, 20), 50 * number + each, np.uint8)).save(
                tmp_path / name / "images" / f"{each}.png"
            )
    found = [image for kind, image in foreign_images([], 1, tmp_path, "dermoscopy", each=3) if kind == "modality"]
    assert len(found) == 3 and all(image.min() >= 100 for image in found)
    assert {"dermoscopy", "fundus", "mammogram"} <= set(set_kinds().values())


def test_shares_are_counted_and_kinds_weigh_alike():
    def check(image: np.ndarray) -> GateVerdict:
        return GateVerdict(bool(image.mean() < 100), "", 0.0, 1.0)

    dark, bright = np.zeros((4, 4)), np.full((4, 4), 200.0)
    found = refusals(check, [dark] * 9 + [bright], [("text", bright)] * 30 + [("noisy", dark)] * 10, list("aabbccddee"))
    assert found.own.value == 0.1 and found.own.count == 10
    assert found.kinds["text"].value == 1 and found.kinds["noisy"].value == 0 and found.foreign.value == 0.5
    assert found.foreign.low < 0.5 < found.foreign.high and found.kinds["text"].low > 0.85
    alone = refusals(check, [dark] * 9 + [bright], [("text", bright)])
    assert alone.own.high < found.own.high
    with pytest.raises(ValueError, match="own images"):
        refusals(check, [], [("text", bright)])


def test_copies_of_floats_are_bytes():
    kinds = dict(spoiled_copies(PATTERN / 255.0, np.random.default_rng(1)))
    assert set(kinds) == {"inverted", "cropped", "blurred", "noisy"}
    np.testing.assert_array_equal(kinds["inverted"], 255 - PATTERN)
