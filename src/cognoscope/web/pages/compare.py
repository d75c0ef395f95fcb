"""Two applications on the same studies of this hospital: ROC, decisions, agreement, and where they differ."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from cognoscope.core.application import Application
from cognoscope.methods.comparison import Comparison, compare, compare_measurements
from cognoscope.web import words
from cognoscope.web.blind import is_blind_first
from cognoscope.web.choices import ChoiceRefused, number_of
from cognoscope.web.compare_view import difference_chart, differing, estimate, roc_chart, roc_rows, rows
from cognoscope.web.image_scores import Aligned, Read, aligned, read_scores, read_truth
from cognoscope.web.image_words import unit_words
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.permissions import Permission, allowed
from cognoscope.web.security import require
from cognoscope.web.session import Person
from cognoscope.web.worklist import reads_images

router = APIRouter()
Reader = Annotated[Person, Depends(require(Permission.COMPARE))]
Word = Annotated[str, Query(max_length=160)]
SEED = 20261121
FEWEST = 2
TENS = 10
"""Amounts from here on are said with one decimal."""


@dataclass(frozen=True)
class Side:
    """One application and what it measured; `element` is the number that is compared, `threshold` where it decides."""

    application: Application
    read: Read
    element: str
    threshold: float | None
    typed: str

    def title(self, language: str) -> str:
        """Application and measurement in words."""
        name = words.say(self.application.card.title, language)
        label = self.label(self.element, language)
        return f"{name} · {label}" if label else name

    def label(self, key: str, language: str) -> str:
        """A measurement's label."""
        said = self.read.labels.get(key)
        return (said[1] if language == "en" else said[0]) if said else key

    @property
    def unit(self) -> str:
        """Of what is compared (UCUM)."""
        said = self.read.labels.get(self.element)
        return said[2] if said else "1"


@router.get("/compare")
def show(page: CurrentPage, person: Reader, a: Word = "", b: Word = "", ta: Word = "", tb: Word = "") -> Response:
    """Both sides as chosen (`a` and `b`: application, a bar, measurement), else the first two that read images."""
    page.services.access_log.record(person.actor, "comparison", "", page.services.clock())
    shown = [one for one in page.services.applications if reads_images(one)]
    reads = {one.name: _read(page, person, one) for one in shown}
    problem, sides = "", []
    try:
        sides = _sides(shown, reads, (a, b), (ta, tb))
    except ChoiceRefused as refused:
        problem = page.translate(refused.sentence, **refused.values)
        sides = _sides(shown, reads, (a, b), ("", ""))
    found = _compared(page, sides) if len(sides) == FEWEST else None
    choices = [
        (f"{one.name}|{key}", Side(one, reads[one.name], key, None, "").title(page.language))
        for one in shown
        for key in reads[one.name].labels
    ]
    return page.render("pages/compare.html", sides=sides, choices=choices, found=found, problem=problem)


def _read(page: Page, person: Person, application: Application) -> Read:
    return read_scores(
        page.services.ledger,
        application.name,
        shadow=allowed(person.role, Permission.READ_EVALUATION),
        decided_only=is_blind_first(page.services, application.name)
        and not allowed(person.role, Permission.READ_EVALUATION),
    )


def _sides(
    shown: list[Application], reads: dict[str, Read], chosen: tuple[str, str], typed: tuple[str, str]
) -> list[Side]:
    known = [(one, key) for one in shown for key in reads[one.name].labels]
    if not known:
        return []
    first = _chosen(known, chosen[0]) or known[0]
    others = [pair for pair in known if pair[0].name != first[0].name] or [pair for pair in known if pair != first]
    second = _chosen(known, chosen[1]) or (others[0] if others else first)
    return [
        Side(one, reads[one.name], key, number_of(text, least=-1e6) if text.strip() else None, text)
        for (one, key), text in zip((first, second), typed, strict=True)
    ]


def _chosen(known: list[tuple[Application, str]], wanted: str) -> tuple[Application, str] | None:
    return next(((one, key) for one, key in known if f"{one.name}|{key}" == wanted), None)


def _compared(page: Page, sides: list[Side]) -> dict[str, object]:
    """What the template is given of a comparison."""
    one, two = sides
    truth = read_truth(page.services.ledger, {side.application.name: side.element for side in reversed(sides)})
    data = aligned(one.read, one.element, two.read, two.element, truth)
    measured = one.unit == two.unit != "1"
    found = _compare(data, sides, measured)
    language, digits = page.language, _digits(data)
    names = [side.title(language) for side in sides]
    return {
        "comparison": found,
        "measured": measured,
        "rows": rows(found, language, max(digits, 1)),
        "kappa": estimate(found.agreement, language, 2) if found.agreement else "",
        "bias": estimate(found.measured.bias, language, 1) if found.measured else "",
        "limits": [words.number(each.value, language, 1) for each in (found.measured.low, found.measured.high)]
        if found.measured
        else [],
        "concordance": estimate(found.measured.concordance, language, 2) if found.measured else "",
        "unit": unit_words(one.unit),
        "roc": roc_chart(found.curves, names, language) if found.curves else None,
        "roc_rows": roc_rows(found.curves, language) if found.curves else [],
        "differences": difference_chart(found.measured, unit_words(one.unit), language) if found.measured else None,
        "differing": differing(found, data, language, digits, not measured),
    }


def _digits(data: Aligned) -> int:
    """Decimals of the amounts: none where all are whole."""
    amounts = np.concatenate([data.first, data.second])
    amounts = amounts[np.isfinite(amounts)]
    if np.array_equal(amounts, np.round(amounts)):
        return 0
    return 1 if len(amounts) and np.abs(amounts).max() >= TENS else 3


def _compare(data: Aligned, sides: list[Side], measured: bool) -> Comparison:
    if measured:
        return compare_measurements(data.first, data.second, data.truth, data.subjects, SEED)
    one, two = (side.threshold for side in sides)
    thresholds = (one, two) if one is not None and two is not None else None
    return compare(data.first, data.second, data.truth, data.subjects, SEED, thresholds)
