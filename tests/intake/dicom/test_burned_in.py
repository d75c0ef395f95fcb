"""Text burnt into the pixels is found by its shape and masked; images without text stay as they are."""

import numpy as np
import pytest
from tests.intake.dicom.synthetic import CAPTURE, CT, US, dataset, file_of, written

from cognoscope.intake.dicom.burned_in import Box, masked, text_boxes, where_to_look
from cognoscope.intake.dicom.reading import read_object

pytest.importorskip("PIL", reason="needs the extra `imaging`")
WORDS = "ZZCANARIX QWVOTRELLE 17/03/1951"


def tissue(rows: int = 300, columns: int = 400, seed: int = 0) -> np.ndarray:
    """A fan of speckle on black, as ultrasound looks."""
    chance = np.random.default_rng(seed)
    across, down = np.meshgrid(np.arange(columns) - columns / 2, np.arange(rows) - 10)
    fan = (np.hypot(across, down) < rows * 0.85) & (np.abs(np.arctan2(across, np.maximum(down, 1))) < 0.7)
    speckle = chance.gamma(2.0, 20.0, (rows, columns))
    smooth = sum(np.roll(np.roll(speckle, y, 0), x, 1) for y in range(-2, 3) for x in range(-2, 3)) / 25
    return np.where(fan, np.clip(smooth, 0, 250), 0).astype(np.uint8)


def drawn(image: np.ndarray, place: tuple[int, int], size: int, ink: int = 255) -> tuple[np.ndarray, np.ndarray]:
    """The image with words on it, and where their ink is."""
    from PIL import Image, ImageDraw, ImageFont

    blank = Image.new("L", image.shape[::-1], 0)
    ImageDraw.Draw(blank).text(place, WORDS, fill=255, font=ImageFont.load_default(size))
    where = np.asarray(blank) > 100
    return np.where(where, ink, image).astype(image.dtype), where


@pytest.mark.parametrize("size", [10, 13, 18, 28])
@pytest.mark.parametrize("place", [(4, 4), (6, 262)])
def test_words_at_the_rim_are_masked(size: int, place: tuple[int, int]):
    written_on, where = drawn(tissue(columns=640), place, size)
    clean, lines = masked(written_on[None], "whole")
    assert lines >= 1
    left = (clean[0] > 200) & where
    assert left.sum() <= 0.02 * where.sum()


def test_dark_words_on_a_light_label_are_masked():
    film = np.full((400, 500), 60, np.uint16)
    film[10:50, 10:400] = 3_000
    written_on, where = drawn(film, (20, 18), 18, ink=40)
    clean, _ = masked(written_on[None], "rim")
    assert ((clean[0] < 1_000) & where)[12:48].sum() <= 0.02 * where.sum()


def test_colours_and_frames_are_masked_alike():
    still, where = drawn(tissue(), (4, 4), 13)
    frames = np.repeat(np.stack([still, still, still])[..., None], 3, axis=-1)
    frames[1, 150:, 150:] += 1
    clean, _ = masked(frames, "whole")
    assert clean.shape == frames.shape
    assert ((clean.max(axis=-1) > 200) & where).sum() <= 0.02 * 3 * where.sum()


def test_images_without_text_stay_as_they_are():
    for seed in range(4):
        image = tissue(seed=seed)
        clean, lines = masked(image[None], "whole")
        assert lines == 0 and np.array_equal(clean[0], image)


@pytest.mark.parametrize("image", [np.zeros((50, 50)), np.full((64, 64), 0.5), np.eye(64), np.zeros((3, 3))])
def test_nothing_is_found_in_nothing(image: np.ndarray):
    assert text_boxes(image.astype(np.float32)) == []


def test_only_the_rim_is_searched_where_only_the_rim_bears_text():
    middle, _ = drawn(np.zeros((400, 900), np.uint8), (300, 190), 14)
    assert masked(middle[None], "rim")[1] == 0
    assert masked(middle[None], "whole")[1] == 1


def test_a_box_lies_within_its_image():
    corner, _ = drawn(np.zeros((60, 300), np.uint8), (0, 0), 14)
    for box in text_boxes(corner.astype(np.float32) / 255):
        assert isinstance(box, Box) and 0 <= box.top < box.bottom <= 60 and 0 <= box.left < box.right <= 300


@pytest.mark.parametrize(
    ("sop_class", "modality", "said", "look"),
    [
        (CT, "CT", None, "nowhere"),
        (CT, "CT", "YES", "whole"),
        (CAPTURE, "CT", None, "whole"),
        (US, "US", "NO", "whole"),
        (CT, "DX", None, "rim"),
    ],
)
def test_where_to_look_depends_on_the_kind(sop_class: str, modality: str, said: str | None, look: str):
    content = file_of(np.zeros((4, 4), np.uint16), SOPClassUID=sop_class, Modality=modality, BurnedInAnnotation=said)
    assert where_to_look(read_object(content)) == look


def test_palette_images_are_searched_as_they_look():
    from cognoscope.intake.dicom.store_writing import prepared
    from cognoscope.intake.pseudonyms import Pseudonymiser

    _, where = drawn(np.zeros((120, 400), np.uint8), (4, 4), 14)
    made = dataset(where.astype(np.uint8), SOPClassUID=US, Modality="US", PhotometricInterpretation="PALETTE COLOR",
                   RescaleSlope=None, RescaleIntercept=None)  # fmt: skip
    for name in ("Red", "Green", "Blue"):
        setattr(made, f"{name}PaletteColorLookupTableDescriptor", [4, 0, 8])
        setattr(made, f"{name}PaletteColorLookupTableData", bytes((0, 255, 0, 0)))
    kept = prepared(read_object(written(made)), Pseudonymiser(b"k" * 32))
    left = np.frombuffer(kept.dataset.PixelData, np.uint8)[: where.size].reshape(where.shape)
    assert kept.masked_lines == 1 and left.sum() <= 0.02 * where.sum()
