"""What a reading is in words, measurements, overlays and evidence."""

from typing import Any, Final

import numpy as np

from cognoscope.apps.imaging.lungs.model import KINDS, SIDES, Reading, interval
from cognoscope.apps.imaging.lungs.words import CLASSES, FIELDS, FROM_ONE_SLICE, INCOMPLETE, LABELS, VOLUMES
from cognoscope.core import pixels
from cognoscope.core.case import CaseImage
from cognoscope.core.evidence import PixelsPointer, Pointer
from cognoscope.core.image_value import ImageValue, Measurement, Overlay, OverlayClass
from cognoscope.core.interval import Interval
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Headline
from cognoscope.methods.images.shapes import box

URGENT: Final = 0.5
"""From this share of both lungs on, nothing is more urgent."""


def value_of(reading: Reading, image: CaseImage, shares: dict[str, Any]) -> ImageValue:
    """Shares of each lung in %, volumes in mL where they are known, and both overlays.

    shares: `[more.shares]` of `model.toml`: level of the intervals, and the quantile of each kind of lesion.
    """
    measurements = [each for side in SIDES for kind in KINDS if (each := _share(reading, side, kind, shares))]
    measurements += _volumes(reading)
    overlays = (
        _overlay("lungs", reading.fields, image, FIELDS, Sentence(fr="Champs pulmonaires", en="Lung fields")),
        _overlay("lesions", reading.lesions, image, CLASSES, Sentence(fr="Lésions", en="Lesions")),
    )
    return ImageValue(measurements=tuple(measurements), overlays=overlays)


def headline_of(value: ImageValue, reading: Reading) -> Headline:
    """The share of both lungs, with its interval; the more is ill, the more urgent."""
    first = value.measurements[0]
    low, high = (first.interval.low, first.interval.high) if first.interval else (first.amount, first.amount)
    note = FROM_ONE_SLICE if len(reading.fields) == 1 else None if reading.complete else INCOMPLETE
    fr, en = (note.fr, note.en) if note else ("", "")
    text = Sentence(
        fr=f"Lésions : {_french(first.amount)} % des poumons, entre {_french(low)} et {_french(high)} %{fr}.",
        en=f"Lesions: {first.amount:g}% of the lungs, between {low:g} and {high:g}%{en}.",
    )
    urgency = round(min(1.0, first.amount / 100 / URGENT), 3)
    return Headline(element=first.key, text=text, expected=first.amount, interval=first.interval, urgency=urgency)


def evidence_of(reading: Reading, image: CaseImage) -> tuple[Pointer, ...]:
    """The slice on which most is ill and the box around that; the slice with most lung where nothing is."""
    shown = reading.lesions if reading.lesions.any() else reading.fields
    frame = int(np.argmax([np.count_nonzero(each) for each in shown]))
    seen = shown[frame] > 0
    return (PixelsPointer(image=image.name, frame=frame, box=box(seen)),)


def _share(reading: Reading, side: str, kind: str, shares: dict[str, Any]) -> Measurement | None:
    share = reading.share(side, kind)
    if share is None:
        return None
    told: Interval | None = interval(share, float(shares[kind]), float(shares["level"])) if kind in shares else None
    return Measurement(
        key=f"{kind}-{side}",
        label=LABELS[kind, side],
        amount=round(100 * share, 1),
        unit="%",
        interval=told,
    )


def _volumes(reading: Reading) -> list[Measurement]:
    found = []
    for side in SIDES:
        for kind, volume in (("lung", reading.lung_ml(side)), ("ill", reading.ill_ml(side))):
            if volume is not None and reading.share(side, "lesions") is not None:
                label = VOLUMES[kind, side]
                found.append(Measurement(key=f"{kind}-ml-{side}", label=label, amount=float(round(volume)), unit="mL"))
    return found


def _overlay(
    key: str, array: np.ndarray, image: CaseImage, classes: tuple[OverlayClass, ...], label: Sentence
) -> Overlay:
    return Overlay(
        key=key, label=label, kind="segmentation", image=image.name, raster=pixels.keep(array), classes=classes
    )


def _french(number: float) -> str:
    return f"{number:g}".replace(".", ",")
