"""Measurements, marks and images in the words of a screen."""

import math

from cognoscope.core.case import CaseImage
from cognoscope.core.image_value import ADDED, PROBABILITY, ImageMark, Measurement
from cognoscope.methods.images.spoken import percent
from cognoscope.web import words
from cognoscope.web.i18n import N_, translate

UNITS = {"1": "", "mm2": "mm²", "mm3": "mm³", "cm2": "cm²", "cm3": "cm³", "[hnsf'U]": "UH", "deg": "°"}
"""UCUM codes that people write otherwise; the others are shown as they are."""

SHAPES = {
    "point": N_("point"),
    "box": N_("cadre"),
    "ellipse": N_("ellipse"),
    "polygon": N_("contour"),
    "polyline": N_("ligne"),
}
VERDICT = f"{ADDED}verdict"
"""The element of a reading made before the proposal was shown: what the reader concluded."""
CONCLUSIONS = {
    "normal": N_("Rien d'anormal"),
    "abnormal": N_("Quelque chose d'anormal"),
    "unsure": N_("Je ne peux pas conclure"),
}
SIDES = {"R": N_("droite"), "L": N_("gauche")}
MOST_DIGITS = 3


def unit_words(unit: str) -> str:
    """A UCUM unit as people write it."""
    return UNITS.get(unit, unit)


def digits_of(measurement: Measurement) -> int:
    """Decimals worth showing: three figures (two below 1), at most three decimals and no more than were given."""
    shown = [measurement.amount]
    if measurement.interval:
        shown += [measurement.interval.low, measurement.interval.high]
    largest = max(abs(one) for one in shown)
    given = max(len(f"{one:.{MOST_DIGITS}f}".rstrip("0").partition(".")[2]) for one in shown)
    figures = 2 if largest >= 1 else 1
    return max(0, min(given, figures - math.floor(math.log10(largest)))) if largest > 0 else 0


def with_unit(amount: float, unit: str, language: str, digits: int) -> str:
    """A number and its unit: `23,4 %` in French, `23.4%` in English, `12 mm`."""
    text, said = words.number(amount, language, digits), unit_words(unit)
    if not said:
        return text
    tight = said == "°" or (said == "%" and language == "en")
    return f"{text}{said}" if tight else f"{text}{words.NARROW_SPACE}{said}"


def measured(measurement: Measurement, language: str) -> str:
    """The value in words: the name of a class, a probability in %, else the number."""
    if measurement.words is not None:
        return words.say(measurement.words, language)
    if measurement.code == PROBABILITY:
        return words.say(percent(measurement.amount), language)
    return with_unit(measurement.amount, measurement.unit, language, digits_of(measurement))


def interval_words(measurement: Measurement, language: str) -> str:
    """Between which values, and how often that holds; empty where no interval was estimated."""
    interval = measurement.interval
    if interval is None:
        return ""
    digits = digits_of(measurement)
    return translate(
        N_("entre %(low)s et %(high)s (%(level)s)"),
        language,
        low=words.number(interval.low, language, digits),
        high=with_unit(interval.high, measurement.unit, language, digits),
        level=words.percent(interval.level, language),
    )


def options_words(measurement: Measurement, language: str) -> str:
    """What cannot be excluded, where more than one name cannot."""
    if len(measurement.options) < 2:
        return ""
    said = ", ".join(words.say(one, language) for one in measurement.options)
    return translate(N_("Ne peut être exclu : %(options)s"), language, options=said)


def image_label(image: CaseImage, language: str) -> str:
    """How an image is called beside others: its side and view, else its modality and name."""
    side = translate(SIDES[image.laterality], language) if image.laterality else ""
    said = " ".join(part for part in (image.view or "", side) if part)
    named = "" if image.name == image.modality.lower() else f" {image.name}"
    return said or f"{image.modality}{named}"


def place_words(mark: ImageMark, image: CaseImage | None, language: str) -> str:
    """What a mark is drawn as, and on which slice."""
    shape = translate(SHAPES[mark.shape], language)
    if image is None or image.raster.frames < 2:
        return shape
    slice_ = words.number(mark.frame + 1, language)
    return translate(N_("%(shape)s, coupe %(slice)s"), language, shape=shape, slice=slice_)
