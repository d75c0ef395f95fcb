"""The screening simulator: what a programme would gain and lose by letting the program read first, second, third, or
sort, on this hospital's own examinations.
"""

from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from cognoscope.core.application import Application
from cognoscope.methods.screening import Figure, Row, simulate
from cognoscope.methods.screening_settings import shipped
from cognoscope.web import words
from cognoscope.web.blind import is_blind_first
from cognoscope.web.choices import ChoiceRefused
from cognoscope.web.i18n import N_
from cognoscope.web.image_scores import Read, read_scores, read_truth
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.permissions import Permission, allowed
from cognoscope.web.screening_form import FIELDS, Examinations, invented, read_form
from cognoscope.web.security import require
from cognoscope.web.session import Person
from cognoscope.web.worklist import reads_images

router = APIRouter()
Reader = Annotated[Person, Depends(require(Permission.COMPARE))]
Word = Annotated[str, Query(max_length=160)]
DRAWS = 400
MOST = 20_000
FEWEST_CANCERS = 5
"""With fewer cancers known, the hospital's own examinations say nothing, and are not simulated on."""


@router.get("/screening")
def show(page: CurrentPage, person: Reader, data: Word = "") -> Response:
    """The strategies beside each other, for the programme as the form has it."""
    page.services.access_log.record(person.actor, "screening", "", page.services.clock())
    typed = {name: page.request.query_params.get(name, "") for name, *_ in FIELDS}
    settings, problem = shipped(), ""
    try:
        programme, sliders = read_form(settings.programme, typed)
    except ChoiceRefused as refused:
        values = {name: page.translate(value) for name, value in refused.values.items()}
        problem = page.translate(refused.sentence, **values)
        programme, sliders = read_form(settings.programme, {})
    sources = _sources(page, person)
    examinations = sources[data][1] if data in sources else next((one for _, one in sources.values()), invented())
    rows = simulate(
        examinations.scores[:MOST],
        examinations.cancer[:MOST],
        programme,
        women=examinations.women[:MOST],
        draws=DRAWS,
        seed=20261121,
    )
    return page.render(
        "pages/screening.html",
        problem=problem,
        sliders=sliders,
        sources={code: title for code, (title, _) in sources.items()},
        chosen=data,
        examinations=examinations,
        cancers=int(examinations.cancer.sum()),
        rows=[_said(one, page.language) for one in rows],
        wording=settings.wording,
        notes=list(dict.fromkeys(settings.sources.values())),
        chart=_chart(page, rows),
    )


def _sources(page: Page, person: Person) -> dict[str, tuple[str, Examinations]]:
    """The scores of this hospital whose truth is known, by application and measurement."""
    found = {}
    for application in page.services.applications:
        if reads_images(application):
            for code, title, examinations in _of(page, person, application):
                found[code] = (title, examinations)
    return found


def _of(page: Page, person: Person, application: Application) -> list[tuple[str, str, Examinations]]:
    evaluates = allowed(person.role, Permission.READ_EVALUATION)
    hidden = is_blind_first(page.services, application.name) and not evaluates
    read = read_scores(page.services.ledger, application.name, shadow=evaluates, decided_only=hidden)
    found = []
    for key, (fr, en, unit) in read.labels.items():
        truth = read_truth(page.services.ledger, {application.name: key})
        examinations = _examinations(read, key, truth)
        if unit == "1" and examinations is not None:
            label = en if page.language == "en" else fr
            title = f"{words.say(application.card.title, page.language)} · {label}"
            found.append((f"{application.name}|{key}", title, examinations))
    return found


def _examinations(read: Read, key: str, truth: dict[str, float]) -> Examinations | None:
    known = [
        (one.amounts[key], truth[one.subject] > 0.5, one.subject)
        for one in read.cases.values()
        if key in one.amounts and one.subject in truth
    ]
    if not known:
        return None
    scores, cancer, women = (np.array(column) for column in zip(*known, strict=True))
    if cancer.sum() < FEWEST_CANCERS or cancer.all():
        return None
    return Examinations(scores.astype(np.float64), cancer.astype(np.bool_), women.astype(np.str_), invented=False)


def _said(row: Row, language: str) -> dict[str, Any]:
    def figure(one: Figure, digits: int = 1, times: float = 1.0) -> str:
        text = words.number(times * one.value, language, digits)
        if one.low is None or one.high is None or one.low == one.high:
            return text
        low, high = (words.number(times * limit, language, digits) for limit in (one.low, one.high))
        return text if low == high == text else f"{text} ({low}\u00a0–\u00a0{high})"

    return {
        "strategy": row.strategy,
        "cancers": figure(row.cancers, 2),
        "found": figure(row.found, 0, 100.0),
        "recalls": figure(row.recalls),
        "reads": figure(row.reads, 0),
        "consensus": figure(row.consensus, 0),
        "load": words.signed(row.reads_difference.value, language),
    }


def _chart(page: Page, rows: list[Row]) -> dict[str, Any]:
    """Cancers found against women recalled, one mark a strategy."""
    wording = shipped().wording
    return {
        "kind": "strategies",
        "x": page.translate(N_("femmes rappelées pour 1 000")),
        "y": page.translate(N_("cancers trouvés pour 1 000")),
        "series": [
            {
                "label": words.say(wording[row.strategy].title, page.language),
                "points": [[round(row.recalls.value, 2), round(row.cancers.value, 3)]],
                "intervals": [[row.cancers.low, row.cancers.high]],
            }
            for row in rows
        ],
    }
