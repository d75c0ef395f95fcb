"""Corrections of what was proposed on images, as a form sends them: a number, a mark's place, a repainted overlay.

An amended mark or overlay is recorded whole, as the canonical JSON of an `ImageMark` or an `Overlay`: whoever reads the
ledger needs nothing else to draw it. The pixels of a repainted overlay are kept beside those of the case.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from cognoscope.core import pixels
from cognoscope.core.card import Card
from cognoscope.core.case import Case
from cognoscope.core.image_value import ADDED, ImageMark, ImageValue, Measurement, Overlay
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Proposal
from cognoscope.core.queries import Reviewed
from cognoscope.core.review import Review
from cognoscope.web.choices import (
    LARGEST,
    NOT_UNDERSTOOD,
    NOTHING_CHANGED,
    ChoiceRefused,
    Form,
    amendments_of,
    number_of,
    reviews_of,
)
from cognoscope.web.i18n import N_
from cognoscope.web.image_view import amendments
from cognoscope.web.image_words import digits_of

MOST_ADDED = 50
MOST_PAINTED = 8_000_000
LONGEST_LABEL = 80
OUTSIDE = N_("Ce repère sort de l'image : rien n'a été enregistré.")
NOT_PAINTED = N_("Ce contour n'a pas été compris. Rien n'a été enregistré.")
ALREADY = N_("Cet emplacement n'a pas été changé : rien n'a été enregistré.")
TOO_MANY = N_("Il y a déjà %(most)s repères ajoutés : rien n'a été enregistré.")


@dataclass(frozen=True)
class OnImages:
    """What a decision on images is about besides the form: case, card, reviews so far, who decides, where pixels go."""

    value: ImageValue
    case: Case | None
    card: Card
    made: Sequence[Reviewed]
    reader: str
    folder: Path


def image_reviews(proposal: Proposal, about: OnImages, form: Form) -> list[Review]:
    """The reviews that a form about images stands for. Besides the verdicts: `add` adds a place that the program did
    not mark, `mine` keeps the number that this reader had entered before seeing the proposal.

    Raises:
        ChoiceRefused: nothing changed, outside the image, or not understood.
    """
    verdict, _, rest = form.choice.partition("|")
    element = rest.partition("|")[0]
    if verdict == "add":
        return _addition(proposal, about, form)
    if verdict == "mine":
        before = amendments(about.made, blind_of=about.reader).values.get(element)
        if before is None or about.value.element(element) is None:
            raise ChoiceRefused(NOT_UNDERSTOOD)
        return amendments_of(proposal, {element: before}, form)
    if verdict == "amend":
        return _corrections(proposal, about, element, form)
    added = {mark.key for mark in amendments(about.made).added}
    return reviews_of(proposal, about.card, form, added)


def _corrections(proposal: Proposal, about: OnImages, element: str, form: Form) -> list[Review]:
    found, stands = about.value.element(element), amendments(about.made)
    if isinstance(found, Measurement):
        amount = number_of(form.typed.get(f"amended:{element}", ""), least=-LARGEST)
        if round(amount - found.amount, digits_of(found)) == 0:
            raise ChoiceRefused(NOTHING_CHANGED)
        return amendments_of(proposal, {element: amount}, form)
    if about.case is None or found is None:
        raise ChoiceRefused(NOT_UNDERSTOOD)
    if isinstance(found, ImageMark):
        moved = _moved(stands.mark(found), about.case, form.typed)
        return amendments_of(proposal, {element: moved.canonical().decode()}, form)
    painted = _painted(stands.overlay(found), form.typed.get(f"painted:{element}", ""), about.folder)
    return amendments_of(proposal, {element: painted.canonical().decode()}, form)


def _addition(proposal: Proposal, about: OnImages, form: Form) -> list[Review]:
    key = next(keys_after(about.made), None)
    if key is None:
        raise ChoiceRefused(TOO_MANY, most=str(MOST_ADDED))
    try:
        drawn = json.loads(form.typed.get("added:mark", ""))
        if about.case is None:
            raise ValueError("no images")
        mark = added_mark(drawn, about.case, key)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ChoiceRefused(NOT_UNDERSTOOD) from error
    return amendments_of(proposal, {key: mark.canonical().decode()}, form)


def keys_after(made: Sequence[Reviewed]) -> Iterator[str]:
    """Keys for places to add that no review of this proposal has used."""
    used = {one.review.element for one in made}
    return (key for rank in range(1, MOST_ADDED + 1) if (key := f"{ADDED}{rank}") not in used)


def added_mark(drawn: Any, case: Case, key: str) -> ImageMark:
    """A mark as the viewer's script writes it: `image`, `frame`, `shape`, `points`, and `label` if there is one.

    Raises:
        ValueError, TypeError, KeyError: it is not such a mark, or lies outside the image.
    """
    label = " ".join(str(drawn.get("label") or "").split())[:LONGEST_LABEL] if isinstance(drawn, dict) else ""
    mark = ImageMark(
        key=key,
        label=Sentence(fr=label or "Repère ajouté", en=label or "Added mark"),
        image=drawn["image"],
        frame=drawn["frame"],
        shape=drawn["shape"],
        points=tuple((round(float(row), 2), round(float(column), 2)) for row, column in drawn["points"]),
    )
    if not _inside(mark, case):
        raise ValueError("outside the image")
    return mark


def _moved(mark: ImageMark, case: Case, typed: Mapping[str, str]) -> ImageMark:
    """The mark at the points typed, `row column` pairs separated by line ends or semicolons."""
    text = typed.get(f"points:{mark.key}", "").replace("\n", ";")
    try:
        pairs = [one.replace(",", ".").split() for one in text.split(";") if one.strip()]
        points = tuple((round(float(row), 2), round(float(column), 2)) for row, column in pairs)
        moved = mark.model_copy(update={"points": points})
        moved = ImageMark.model_validate(moved.model_dump())
    except (ValueError, ValidationError) as error:
        raise ChoiceRefused(NOT_UNDERSTOOD) from error
    if not _inside(moved, case):
        raise ChoiceRefused(OUTSIDE)
    if moved.points == tuple((round(row, 2), round(column, 2)) for row, column in mark.points):
        raise ChoiceRefused(ALREADY)
    return moved


def _inside(mark: ImageMark, case: Case) -> bool:
    image = case.image(mark.image)
    if image is None or mark.frame >= image.raster.frames:
        return False
    return all(
        -0.5 <= row <= image.raster.rows - 0.5 and -0.5 <= column <= image.raster.columns - 0.5
        for row, column in mark.points
    )


def _painted(overlay: Overlay, text: str, folder: Path) -> Overlay:
    """The overlay with the frames that were painted: a JSON object from frame number to runs, value and length in
    turn, row by row.
    """
    if overlay.kind != "segmentation" or not text or len(text) > MOST_PAINTED:
        raise ChoiceRefused(NOTHING_CHANGED if not text else NOT_PAINTED)
    array = overlay.raster.array().copy()
    known = [0, *(one.number for one in overlay.classes)]
    try:
        frames = json.loads(text)
        for number, runs in frames.items():
            array[_frame(number, len(array))] = _unrolled(runs, array.shape[1:], known)
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise ChoiceRefused(NOT_PAINTED) from error
    if np.array_equal(array, overlay.raster.array()):
        raise ChoiceRefused(NOTHING_CHANGED)
    raster = pixels.keep(array)
    pixels.save([raster], folder)
    return overlay.model_copy(update={"raster": raster})


def _frame(number: str, frames: int) -> int:
    if not 0 <= int(number) < frames:
        raise ValueError("no such frame")
    return int(number)


def _unrolled(runs: list[int], shape: tuple[int, ...], known: list[int]) -> np.ndarray:
    counts = np.asarray(runs[1::2], dtype=np.int64)
    values = np.asarray(runs[0::2], dtype=np.int64)
    if len(values) != len(counts) or (counts < 1).any() or counts.sum() != math.prod(shape):
        raise ValueError("runs of another size")
    if not np.isin(values, known).all():
        raise ValueError("a class that is not there")
    return np.repeat(values.astype(np.uint8), counts).reshape(shape)
