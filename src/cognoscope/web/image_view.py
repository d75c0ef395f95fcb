"""A proposal on images as the page shows it: elements to decide on, and plain data for the viewer's script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from cognoscope.core.case import Case, CaseImage
from cognoscope.core.evidence import PixelsPointer
from cognoscope.core.image_value import ADDED, ImageMark, ImageValue, Measurement, Overlay
from cognoscope.core.queries import Reviewed
from cognoscope.web import words
from cognoscope.web.image_words import (
    digits_of,
    image_label,
    interval_words,
    measured,
    options_words,
    place_words,
    unit_words,
    with_unit,
)
from cognoscope.web.render import Decision, ElementView, ImageElement, ValueView, standing
from cognoscope.web.window_presets import presets_of

LOOKS = 6
"""Colours with their hatchings; a seventh class looks like the first again."""
SIDE_BY_SIDE = 4
"""Up to so many images stand beside each other; of more, one at a time is shown."""


@dataclass(frozen=True)
class Amendments:
    """What people made of the elements: the last correction of each that stands, and the places they added."""

    values: Mapping[str, float | str]
    added: tuple[ImageMark, ...]

    def mark(self, proposed: ImageMark) -> ImageMark:
        """The mark where a person put it, else where it was proposed."""
        return read_mark(self.values.get(proposed.key)) or proposed

    def overlay(self, proposed: Overlay) -> Overlay:
        """The overlay as a person painted it, else as proposed."""
        return _read_overlay(self.values.get(proposed.key)) or proposed


def amendments(reviews: Sequence[Reviewed], *, blind_of: str | None = None) -> Amendments:
    """What stands of the corrections made with the proposal in view; or those that one person made before seeing it."""
    last: dict[str, Reviewed] = {}
    for one in sorted(reviews, key=lambda one: one.seq):
        if one.review.element and one.review.blind == (blind_of is not None) and blind_of in (None, one.actor.id):
            last[one.review.element] = one
    values = {key: one.review.amended for key, one in last.items() if one.review.amended is not None}
    marks = [mark for key, text in values.items() if key.startswith(ADDED) and (mark := read_mark(text))]
    return Amendments(values, tuple(marks))


def read_mark(text: float | str | None) -> ImageMark | None:
    """The mark that a correction holds, or None where it holds something else."""
    if not isinstance(text, str) or not text.startswith("{"):
        return None
    try:
        return ImageMark.from_json(text)
    except ValidationError:
        return None


def _read_overlay(text: float | str | None) -> Overlay | None:
    if not isinstance(text, str) or not text.startswith("{"):
        return None
    try:
        return Overlay.from_json(text)
    except ValidationError:
        return None


def every_overlay(value: ImageValue, key: str, reviews: Sequence[Reviewed]) -> list[Overlay]:
    """The overlay of that key as it was proposed, and as each reader who repainted it left it."""
    proposed = [one for one in value.overlays if one.key == key]
    painted = [one.review.amended for one in reviews if one.review.element == key and not one.review.blind]
    return proposed + [read for text in painted if (read := _read_overlay(text))]


def image_value_view(
    value: ImageValue, case: Case | None, language: str, made: Sequence[Decision], amended: Amendments, mine: Amendments
) -> ValueView:
    """The elements to decide on: measurements, marks, segmentations; and what people added.

    A heatmap explains and claims nothing: it is shown, and nobody has to decide on it.
    """
    elements = [_measurement(one, language, mine) for one in value.measurements]
    elements += [_mark(one, rank, case, language, amended) for rank, one in enumerate(value.marks, 1)]
    elements += [_overlay(one, language) for one in value.overlays if one.kind == "segmentation"]
    for element in elements:
        own = next((one for one in made if one.element == element.key and not one.blind), None)
        element.decision = own or standing(made, element.key)
    return ValueView("image", "", elements, [], 0.0, [])


def added_views(amended: Amendments, case: Case | None, language: str) -> list[ElementView]:
    """The places that people added, each with what it is drawn as."""
    return [_mark(one, 0, case, language, amended) for one in amended.added]


def _measurement(one: Measurement, language: str, mine: Amendments) -> ElementView:
    label, said = words.say(one.label, language), measured(one, language)
    before = mine.values.get(one.key)
    # The number of a class or a grade says nothing that its name does not.
    told = one.words is None or one.amount.is_integer()
    number = "" if told else with_unit(one.amount, one.unit, language, digits_of(one))
    detail = [text for text in (interval_words(one, language), options_words(one, language)) if text]
    shown = ImageElement(
        kind="measurement",
        badge="",
        detail=detail,
        number=number,
        unit=unit_words(one.unit),
        mine=with_unit(before, one.unit, language, max(digits_of(one), 0 if before.is_integer() else 1))
        if isinstance(before, float)
        else "",
    )
    prefilled = f"{one.amount:.{max(digits_of(one), 0)}f}"
    return ElementView(key=one.key, label=label, short=label, value=said, prefilled=prefilled, image=shown)


def _mark(one: ImageMark, rank: int, case: Case | None, language: str, amended: Amendments) -> ElementView:
    stands = amended.mark(one)
    label = words.say(one.label, language)
    image = case.image(one.image) if case else None
    shown = ImageElement(
        kind="mark",
        badge=str(rank) if rank else "+",
        detail=[place_words(stands, image, language)],
        certainty=one.certainty,
        shape=one.shape,
        points=stands.points,
    )
    return ElementView(key=one.key, label=label, short=label, value=label, image=shown)


def _overlay(one: Overlay, language: str) -> ElementView:
    label = words.say(one.label, language)
    names = ", ".join(words.say(each.label, language) for each in one.classes)
    shown = ImageElement(kind="overlay", badge="", detail=[names] if names != label else [])
    return ElementView(key=one.key, label=label, short=label, value=label, image=shown)


def viewer_data(
    digest: str, case: Case, value: ImageValue | None, amended: Amendments, language: str
) -> dict[str, Any]:
    """What `static/image-view.js` draws: images in hanging order, windows, overlays and marks. Without a value, the
    images alone.
    """
    images = hanging(case.images)
    root = f"/proposals/{digest}"
    return {
        "images": [_image(one, root, language) for one in images],
        "together": len(images) <= SIDE_BY_SIDE,
        "places": _places(value) if value else {},
        "overlays": [_drawn(value, one, amended.overlay(one), root, language) for one in value.overlays]
        if value
        else [],
        "marks": [
            *(_placed(amended.mark(one), str(rank), language) for rank, one in enumerate(value.marks, 1)),
            *(_placed(one, "+", language) for one in amended.added),
        ]
        if value
        else [],
    }


def _places(value: ImageValue) -> dict[str, tuple[str, int]]:
    """For each measurement, the image and the frame that it rests on first."""
    places = {}
    for one in value.measurements:
        pointer = next((each for each in one.evidence if isinstance(each, PixelsPointer)), None)
        if pointer:
            places[one.key] = (pointer.image, pointer.frame)
    return places


def hanging(images: Sequence[CaseImage]) -> list[CaseImage]:
    """As films are hung: one view after the other, the patient's right side on the left of the screen."""
    views = list(dict.fromkeys(image.view or "" for image in images))
    sides = {"R": 0, "L": 1, None: 2}
    return sorted(images, key=lambda image: (views.index(image.view or ""), sides[image.laterality]))


def _image(one: CaseImage, root: str, language: str) -> dict[str, Any]:
    presets = presets_of(one.modality)
    return {
        "name": one.name,
        "label": image_label(one, language),
        "url": f"{root}/images/{one.name}/frames/",
        "dtype": one.raster.dtype,
        "frames": one.raster.frames,
        "rows": one.raster.rows,
        "columns": one.raster.columns,
        "colour": len(one.raster.shape) == 4,
        "spacing": one.spacing,
        "unit": unit_words(one.unit or ""),
        "window": one.window,
        "presets": [[p.en if language == "en" else p.fr, p.centre, p.width] for p in presets],
    }


def classes_drawn(value: ImageValue, overlay: Overlay, language: str) -> list[tuple[int, str, int]]:
    """Number, name and look of each class; no two overlays of a proposal begin with the same look."""
    before = sum(len(one.classes) for one in value.overlays[: value.overlays.index(overlay)])
    return [
        (each.number, words.say(each.label, language), (before + rank) % LOOKS)
        for rank, each in enumerate(overlay.classes)
    ]


def _drawn(value: ImageValue, proposed: Overlay, stands: Overlay, root: str, language: str) -> dict[str, Any]:
    return {
        "key": proposed.key,
        "label": words.say(proposed.label, language),
        "kind": proposed.kind,
        "image": proposed.image,
        "url": f"{root}/overlays/{proposed.key}/{stands.raster.content}/frames/",
        "dtype": "uint8",
        "frames": stands.raster.frames,
        "rows": stands.raster.rows,
        "columns": stands.raster.columns,
        "classes": [
            {"number": number, "label": label, "look": look}
            for number, label, look in classes_drawn(value, proposed, language)
        ],
    }


def _placed(mark: ImageMark, badge: str, language: str) -> dict[str, Any]:
    return {
        "key": mark.key,
        "badge": badge,
        "label": words.say(mark.label, language),
        "image": mark.image,
        "frame": mark.frame,
        "shape": mark.shape,
        "points": mark.points,
        "own": mark.key.startswith(ADDED),
    }
