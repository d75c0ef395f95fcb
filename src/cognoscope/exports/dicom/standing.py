"""What stands of a value about images once people have decided."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import ValidationError

from cognoscope.core.image_value import ADDED, ImageMark, ImageValue, Measurement, Overlay
from cognoscope.core.noun import Noun, Sentence
from cognoscope.core.review import Review

Drawn = TypeVar("Drawn", bound=Noun)


@dataclass(frozen=True)
class Standing:
    """The elements that stand, with people's own values in the place of the proposed ones.

    final: a person has decided on the whole, or on every measurement and mark. set_aside: the reason's code, where the
    whole was overruled. proposed: by key, what a corrected measurement had been proposed to be.
    """

    measurements: tuple[Measurement, ...]
    marks: tuple[ImageMark, ...]
    overlays: tuple[Overlay, ...]
    final: bool = False
    set_aside: str | None = None
    proposed: dict[str, float] = field(default_factory=dict)


def standing(value: ImageValue, reviews: Sequence[Review] = (), headline: str | None = None) -> Standing:
    """Each person's last word on each element; reviews in the order in which they were given.

    A decision on the whole is about the elements that have none of their own, except that a proposal set aside as a
    whole leaves nothing. What was read blind, before the proposal was seen, decides nothing about it.

    headline: the element that a correction of the whole is about.
    """
    last: dict[str | None, Review] = {}
    for review in reviews:
        if review.verdict != "defer" and not review.blind:
            last[review.element] = review
    whole = last.pop(None, None)
    if whole is not None and whole.verdict == "overrule":
        return Standing((), (), (), True, whole.reason or "other")
    if whole is not None and whole.verdict == "amend" and headline is not None:
        last.setdefault(headline, whole)
    amended = {key: review.amended for key, review in last.items() if review.verdict == "amend"}
    away = {key for key, review in last.items() if review.verdict == "overrule"}
    marks = [_read(ImageMark, amended.get(one.key)) or one for one in value.marks if one.key not in away]
    added = [_read(ImageMark, text) for key, text in amended.items() if key is not None and key.startswith(ADDED)]
    parts = {one.key for one in value.measurements} | {mark.key for mark in value.marks}
    return Standing(
        measurements=tuple(
            _corrected(one, amended[one.key]) if one.key in amended else one
            for one in value.measurements
            if one.key not in away
        ),
        marks=(*marks, *(mark for mark in added if mark is not None)),
        overlays=tuple(_read(Overlay, amended.get(one.key)) or one for one in value.overlays if one.key not in away),
        final=whole is not None or parts <= set(last),
        proposed={one.key: one.amount for one in value.measurements if one.key in amended},
    )


def _corrected(one: Measurement, amended: float | str | None) -> Measurement:
    """A person's number carries no interval; a person's word says which of the options it is."""
    if isinstance(amended, int | float):
        return one.model_copy(update={"amount": float(amended), "interval": None, "words": None, "options": ()})
    try:
        return _corrected(one, float(str(amended)))
    except ValueError:
        words = Sentence(fr=str(amended) or "-", en=str(amended) or "-")
        return one.model_copy(update={"words": words, "interval": None, "options": ()})


def _read(kind: type[Drawn], amended: float | str | None) -> Drawn | None:
    """A mark or an overlay as a person left it; None where the correction holds something else."""
    if not isinstance(amended, str):
        return None
    try:
        return kind.from_json(amended)
    except ValidationError:
        return None
