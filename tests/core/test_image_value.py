"""The value of applications that read images: what cannot be told apart, or drawn, is refused."""

import numpy as np
import pytest
from pydantic import ValidationError

from cognoscope.core import pixels
from cognoscope.core.image_value import ImageMark, ImageValue, Measurement, Overlay, OverlayClass, on_pixels
from cognoscope.core.noun import Sentence

LABEL = Sentence(fr="Atteinte", en="Extent")
SHARE = Measurement(key="share", label=LABEL, amount=12.5, unit="%")


def a_mark(key: str = "finding-1", shape: str = "box", points=((1.2, 2.7), (5.1, 9.9))) -> ImageMark:
    return ImageMark(key=key, label=LABEL, image="image", shape=shape, points=points)


def an_overlay(**changes) -> Overlay:
    raster = pixels.keep(np.ones((1, 4, 4), np.uint8))
    classes = (OverlayClass(number=1, name="lesion", label=LABEL),)
    return Overlay(
        **{"key": "lesion", "label": LABEL, "kind": "segmentation", "image": "image", "raster": raster}
        | {"classes": classes}
        | changes
    )


def test_survives_json_and_is_found_by_key():
    value = ImageValue(measurements=(SHARE,), marks=(a_mark(),), overlays=(an_overlay(),))
    again = ImageValue.from_json(value.canonical())
    assert again == value and again.digest == value.digest
    assert [again.element(key) for key in ("share", "finding-1", "lesion", "none")] == [
        *value.measurements,
        *value.marks,
        *value.overlays,
        None,
    ]


def test_two_elements_of_one_key_are_refused():
    with pytest.raises(ValidationError, match="same key"):
        ImageValue(measurements=(SHARE,), marks=(a_mark("share"),))


@pytest.mark.parametrize(
    ("shape", "points"),
    [("point", ((1, 1), (2, 2))), ("box", ((1, 1),)), ("ellipse", ((1, 1), (2, 2), (3, 3))), ("polygon", ((1, 1),))],
)
def test_a_shape_has_its_number_of_points(shape, points):
    with pytest.raises(ValidationError, match=f"a {shape} cannot have"):
        a_mark(shape=shape, points=points)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"classes": ()}, "names its classes"),
        ({"kind": "heatmap"}, "names its classes"),
        ({"raster": pixels.keep(np.ones((1, 4, 4), np.int16))}, "of uint8"),
        ({"raster": pixels.keep(np.ones((1, 4, 4, 3), np.uint8))}, "of uint8"),
    ],
)
def test_an_incoherent_overlay_is_refused(changes, said):
    with pytest.raises(ValidationError, match=said):
        an_overlay(**changes)


def test_a_mark_is_evidence_of_the_box_around_it():
    assert on_pixels(a_mark()).box == (1, 2, 6, 10)
