"""Cohorts: those that were saved, one in numbers, two side by side, and the form of a new one."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from cognoscope.core.errors import InvalidInput
from cognoscope.intake.cohorts import Cohort
from cognoscope.intake.cohorts_counts import Count
from cognoscope.intake.cohorts_extract import EXTRACTED_BY
from cognoscope.intake.cohorts_figures import CohortFigures
from cognoscope.intake.cohorts_saved import Saved, latest, save, saved
from cognoscope.web.cohort_chart import compared, months
from cognoscope.web.cohort_counts import comparison_of, figures_of, known
from cognoscope.web.cohort_form import FIELDS, FormRefused, Typed, definition
from cognoscope.web.cohort_words import in_words
from cognoscope.web.i18n import N_
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.permissions import Permission
from cognoscope.web.reading_words import condition_names, measure_names
from cognoscope.web.security import require
from cognoscope.web.session import Person

router = APIRouter(prefix="/cohorts")
Reader = Annotated[Person, Depends(require(Permission.READ_COHORT))]
Saver = Annotated[Person, Depends(require(Permission.SAVE_COHORT))]
Name = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")]
COUNTED_AT_ONCE = 8
"""Cohorts of the list that are counted for it; the others show their number once somebody opened them."""

KEYS = {"male": N_("hommes"), "female": N_("femmes"), "unknown": N_("inconnu")}
NOT_COUNTED = N_("Cette cohorte ne peut pas être comptée : ses mots ne peuvent pas être cherchés.")
NAME_NEEDED = N_("Donnez-lui un nom pour l'enregistrer.")
SAVED = N_("Cohorte enregistrée : %(name)s. Registre, n° %(seq)s.")


@dataclass(frozen=True)
class Listed:
    """A line of the list."""

    saved: Saved
    persons: str | None


@router.get("")
def show_all(page: CurrentPage, person: Reader) -> Response:
    """The cohorts that were saved, newest first."""
    page.services.access_log.record(person.actor, "cohorts", "", page.services.clock())
    warehouse, today = page.services.warehouse, _today(page)
    lines, left = [], COUNTED_AT_ONCE
    for one in saved(page.services.ledger):
        figures = known(warehouse, one.cohort, today)
        if figures is None and left:
            left -= 1
            figures, _ = _figures(page, one.cohort)
        lines.append(Listed(one, figures.persons.shown if figures else None))
    return page.render("pages/cohorts.html", lines=lines)


async def _form(request: Request) -> FormData:
    return await request.form()


@router.get("/new")
def draft(page: CurrentPage, person: Saver, request: Request) -> Response:
    """The form; with something in it, what it would find."""
    typed = _typed(request.query_params.multi_items())
    return _draft(page, person, typed)


@router.post("/new")
def keep(page: CurrentPage, person: Saver, sent: Annotated[FormData, Depends(_form)]) -> Response:
    """Save the definition under its name."""
    typed = _typed([(name, value) for name, value in sent.multi_items() if isinstance(value, str)])
    try:
        if not typed["name"]:
            raise FormRefused(NAME_NEEDED)
        cohort = definition(typed, _today(page))
    except FormRefused as refused:
        return _draft(page, person, typed, page.translate(refused.sentence, **refused.values), 422)
    _, problem = _figures(page, cohort)
    if problem:
        return _draft(page, person, typed, problem, 422)
    made = save(page.services.ledger, cohort, person.actor, page.services.clock())
    return page.redirect(f"/cohorts/{cohort.name}", page.translate(SAVED, name=cohort.name, seq=made.seq))


@router.get("/compare")
def compare_two(
    page: CurrentPage,
    person: Reader,
    a: Annotated[str, Query(max_length=80)] = "",
    b: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """What two cohorts have, side by side, widest apart first."""
    ledger = page.services.ledger
    one, other = latest(ledger, a) if a else None, latest(ledger, b) if b else None
    if (a and one is None) or (b and other is None):
        raise HTTPException(404)
    page.services.access_log.record(person.actor, "cohort-compare", "", page.services.clock())
    rows, comparison, problem = [], None, ""
    if one and other:
        try:
            comparison = comparison_of(page.services.warehouse, one.cohort, other.cohort)
            rows = compared(comparison, page.language)
        except InvalidInput:
            problem = page.translate(NOT_COUNTED)
    return page.render(
        "pages/cohort_compare.html",
        a=one,
        b=other,
        names=[each.cohort.name for each in saved(ledger)],
        comparison=comparison,
        rows=rows,
        problem=problem,
    )


@router.get("/{name}")
def show(page: CurrentPage, person: Reader, name: Name) -> Response:
    """One cohort: its definition in words, and what may be shown of it in numbers."""
    found = latest(page.services.ledger, name)
    if found is None:
        raise HTTPException(404)
    page.services.access_log.record(person.actor, "cohort", f"cohort:{name}", page.services.clock())
    figures, problem = _figures(page, found.cohort)
    return page.render(
        "pages/cohort.html",
        saved=found,
        definition=in_words(found.cohort.criterion, page.language),
        problem=problem,
        others=[one.cohort.name for one in saved(page.services.ledger) if one.cohort.name != name],
        may_extract=person.role in EXTRACTED_BY,
        **_shown(page, figures),
    )


def _draft(page: Page, person: Person, typed: Typed, problem: str = "", status_code: int = 200) -> Response:
    found: Cohort | None = None
    figures: CohortFigures | None = None
    if typed.anything and not problem:
        try:
            found = definition(typed, _today(page))
            figures, problem = _figures(page, found)
        except FormRefused as refused:
            problem, status_code = page.translate(refused.sentence, **refused.values), 422
        if figures is not None:
            page.services.access_log.record(person.actor, "cohort", "", page.services.clock())
    return page.render(
        "pages/cohort_new.html",
        status_code,
        typed=typed,
        chosen=[one for one in typed["condition"].split(",") if one],
        conditions=condition_names(page.language),
        measures=measure_names(page.language),
        definition=in_words(found.criterion, page.language) if found and figures else None,
        problem=problem,
        **_shown(page, figures),
    )


def _typed(items: list[tuple[str, str]]) -> Typed:
    """The known fields; several conditions are joined, and only known ones count."""
    fields = {name: value for name, value in items if name in FIELDS}
    conditions = {label for label, _ in condition_names("fr")}
    fields["condition"] = ",".join(
        dict.fromkeys(value for name, value in items if name == "condition" and value in conditions)
    )
    if fields.get("measure") not in {label for label, _, _ in measure_names("fr")}:
        fields["measure"] = ""
    return Typed(fields)


def _figures(page: Page, cohort: Cohort) -> tuple[CohortFigures | None, str]:
    """The cohort in numbers, or why it cannot be counted."""
    try:
        return figures_of(page.services.warehouse, cohort, _today(page)), ""
    except InvalidInput:
        return None, page.translate(NOT_COUNTED)


def _shown(page: Page, figures: CohortFigures | None) -> dict[str, object]:
    def named(counts: tuple[Count, ...]) -> list[tuple[str, Count]]:
        return [(page.translate(KEYS[one.key]) if one.key in KEYS else one.key, one) for one in counts]

    return {
        "figures": figures,
        "sexes": named(figures.sexes) if figures else [],
        "ages": named(figures.ages) if figures else [],
        "months": months(figures.months, page.language) if figures else None,
    }


def _today(page: Page) -> date:
    return page.services.clock().astimezone(page.services.zone).date()
