"""What a classification says of an image, as parts of a proposal: a probability, a set of classes, where it looked."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cognoscope.core import pixels
from cognoscope.core.image_value import PROBABILITY, ImageMark, Measurement, Overlay
from cognoscope.core.noun import Sentence
from cognoscope.methods.images.answers import Answer
from cognoscope.methods.images.asking import Asked
from cognoscope.methods.images.model_folder import OperatingPoint
from cognoscope.methods.images.shapes import box, largest_part

HEAT = Sentence(fr="Ce qui a compté", en="What counted")
HOT = 0.6
"""A place counts as hot from this share of the hottest on."""
MIDDLE = OperatingPoint(name="middle", threshold=0.5)


def percent(chance: float) -> Sentence:
    """A probability in words: `34 %`, `34%`; never 0 or 100, which nobody knows."""
    if chance < 0.01:
        return Sentence(fr="moins de 1 %", en="less than 1%")
    if chance > 0.99:
        return Sentence(fr="plus de 99 %", en="more than 99%")
    return Sentence(fr=f"{100 * chance:.0f} %", en=f"{100 * chance:.0f}%")


def named(answer: Answer, labels: Mapping[str, Sentence]) -> tuple[Sentence, ...]:
    """The classes that cannot be excluded, in words."""
    return tuple(word(answer.head.classes[number], labels) for number in answer.plausible)


def word(name: str, labels: Mapping[str, Sentence]) -> Sentence:
    """What a class is called; its own name where a hospital's model has one that is not known here."""
    return labels.get(name) or Sentence(fr=name, en=name)


def working_point(answer: Answer, name: str = "") -> OperatingPoint:
    """The operating point of that name, else the first one, else a threshold of one half."""
    points = answer.head.operating_points
    return answer.head.operating_point(name) or (points[0] if points else MIDDLE)


def probability(asked: Asked, answer: Answer, key: str, label: Sentence, labels: Mapping[str, Sentence]) -> Measurement:
    """The calibrated probability of "yes" with the classes that cannot be excluded."""
    return Measurement(
        key=f"{key}{asked.suffix}",
        label=label,
        amount=round(answer.yes, 3),
        options=named(answer, labels) if answer.head.conformal else (),
        code=PROBABILITY,
        evidence=(asked.whole,),
    )


def heat_overlay(asked: Asked, heat: NDArray[np.uint8], label: Sentence = HEAT) -> Overlay:
    """Where the network looked, over the image; `heat` is rows x columns of the image."""
    return Overlay(
        key=f"heat{asked.suffix}",
        label=label,
        kind="heatmap",
        image=asked.image.name,
        raster=pixels.keep(heat[np.newaxis]),
    )


def hottest(asked: Asked, heat: NDArray[np.uint8], key: str, label: Sentence, certainty: float) -> ImageMark | None:
    """A box around the place that counted most; None where the whole image did, which marks nothing."""
    hot = largest_part(heat >= max(1, round(HOT * float(heat.max()))), fill=False)
    if not hot.any() or hot.mean() > 0.5:
        return None
    top, left, bottom, right = box(hot)
    return ImageMark(
        key=f"{key}{asked.suffix}",
        label=label,
        image=asked.image.name,
        shape="box",
        points=((float(top), float(left)), (float(bottom - 1), float(right - 1))),
        certainty=round(certainty, 3),
    )
