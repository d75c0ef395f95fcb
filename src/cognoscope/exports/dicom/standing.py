"""What stands of a value about images once people have decided."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from cognoscope.core.image_value import ImageMark, ImageValue, Measurement
from cognoscope.core.review import Review


@dataclass(frozen=True)
class Standing:
    """The elements that stand, with people's own values in the place of the proposed ones.

    final: a person has decided on the whole, or on every measurement and mark. set_aside: the reason's code, where the
    whole was overruled. proposed: by key, what a corrected measurement had been proposed to be.
    """

    measurements: tuple[Measurement, ...]
    marks: tuple[ImageMark, ...]
    overlays: tuple[str, ...]
    final: bool = False
    set_aside: str | None = None
    proposed: dict[str, float] = field(default_factory=dict)


def standing(value: ImageValue, reviews: Sequence[Review] = (), headline: str | None = None) -> Standing:
    """Each person's last word on each element; reviews in the order in which they were given.

    headline: the element that a correction of the whole is about.
    """
    last: dict[str | None, Review] = {}
    for review in reviews:
        if review.verdict == "defer":
            continue
        if review.element is None:
            last = {}  # A decision on the whole comes after, and over, those on its parts.
        last[review.element] = review
    whole = last.pop(None, None)
    if whole is not None and whole.verdict == "overrule":
        return Standing((), (), (), True, whole.reason or "other")
    if whole is not None and whole.verdict == "amend" and headline is not None:
        last.setdefault(headline, whole)
    kept, proposed = [], {}
    for one in value.measurements:
        decided = last.get(one.key)
        if decided is not None and decided.verdict == "overrule":
            continue
        if decided is not None and decided.verdict == "amend":
            corrected = _corrected(one, decided.amended)
            proposed[one.key] = one.amount
            kept.append(corrected)
        else:
            kept.append(one)
    marks = [moved for mark in value.marks if (moved := _moved(mark, last.get(mark.key))) is not None]
    overlays = [over.key for over in value.overlays if not _overruled(last.get(over.key))]
    parts = {one.key for one in value.measurements} | {mark.key for mark in value.marks}
    final = whole is not None or parts <= set(last)
    return Standing(tuple(kept), tuple(marks), tuple(overlays), final, None, proposed)


def _overruled(review: Review | None) -> bool:
    return review is not None and review.verdict == "overrule"


def _corrected(one: Measurement, amended: float | str | None) -> Measurement:
    """A person's number carries no interval; a person's word says which of the options it is."""
    if isinstance(amended, int | float):
        return one.model_copy(update={"amount": float(amended), "interval": None, "words": None, "options": ()})
    try:
        return _corrected(one, float(str(amended)))
    except ValueError:
        from cognoscope.core.noun import Sentence

        words = Sentence(fr=str(amended), en=str(amended))
        return one.model_copy(update={"words": words, "interval": None, "options": ()})


def _moved(mark: ImageMark, review: Review | None) -> ImageMark | None:
    """The mark where a person put it: its points as JSON, `[[row, column], ...]`; None where it was set aside."""
    if review is None or review.verdict == "accept":
        return mark
    if review.verdict == "overrule":
        return None
    try:
        given = json.loads(str(review.amended))
        points = given["points"] if isinstance(given, dict) else given
        fields = {**mark.plain(), "points": points, "certainty": None}
        if isinstance(given, dict):
            fields |= {name: given[name] for name in ("shape", "frame") if name in given}
        return ImageMark.model_validate(fields)
    except (ValueError, TypeError, KeyError):
        return mark.model_copy(update={"certainty": None})
