"""The alert policy: what is in force, what another one would do to past prescriptions, and putting it in force."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from cognoscope.apps.pharmacy.interactions.alerts import CONTRAINDICATED, LEVELS
from cognoscope.apps.pharmacy.interactions.card import CARD
from cognoscope.apps.pharmacy.interactions.case_warehouse import cases_from_warehouse
from cognoscope.apps.pharmacy.interactions.deciding import REASONS
from cognoscope.apps.pharmacy.interactions.habits import Suggestion, suggestions
from cognoscope.apps.pharmacy.interactions.policy import Policy, read_policy, shipped_policy
from cognoscope.apps.pharmacy.interactions.prescription import Prescription
from cognoscope.apps.pharmacy.interactions.prescription_case import prescription_of
from cognoscope.apps.pharmacy.interactions.simulation import Simulation, past_cases
from cognoscope.core.entry import Entry
from cognoscope.core.errors import CognoscopeError, InvalidInput
from cognoscope.core.events import PolicyChanged
from cognoscope.web.i18n import N_
from cognoscope.web.page import CurrentPage, Page
from cognoscope.web.permissions import Permission, allowed
from cognoscope.web.policy_chart import FATE_NAMES, bars, rows
from cognoscope.web.policy_form import ACTS, LEVEL_NAMES, SWITCHES, FormRefused, monitoring_lines, policy_of
from cognoscope.web.policy_jobs import JOBS, Job
from cognoscope.web.security import require
from cognoscope.web.session import Person

router = APIRouter(prefix="/policy")
Reader = Annotated[Person, Depends(require(Permission.READ_POLICY))]
Setter = Annotated[Person, Depends(require(Permission.SET_POLICY))]
PATIENCE = 1.5
"""Seconds a simulation is waited for before the page shows how far it is."""

HISTORY = 20
REASON_NEEDED = N_("Dites en quelques mots pourquoi la politique change. Rien n'a changé.")
FAILED = N_("La simulation n'a pas pu aller à son terme. Rien n'a changé ; essayez de nouveau.")
UNSAFE = N_("Cette politique cacherait une contre-indication : elle ne peut pas être mise en vigueur.")
SIMULATE_FIRST = N_("Simulez cette politique avant de la mettre en vigueur. Rien n'a changé.")
UNREADABLE = N_("La politique en vigueur est illisible : celle qui est livrée est montrée. Mettez-en une en vigueur.")
DONE = N_("Politique mise en vigueur. Registre, n° %(seq)s.")


async def _form(request: Request) -> FormData:
    return await request.form()


Sent = Annotated[FormData, Depends(_form)]


@router.get("")
def show(page: CurrentPage, person: Reader) -> Response:
    """The policy in force, as a table, and as a form for who may change it."""
    in_force, problem = _in_force(page)
    return _render(page, person, in_force, problem=problem)


@router.post("/simulate")
def try_out(page: CurrentPage, person: Reader, sent: Sent) -> Response:
    """What the policy of the form would have done; asked again while it runs, it says how far it is."""
    in_force, _ = _in_force(page)
    try:
        policy = policy_of(_texts(sent), in_force, _offered(page, in_force))
    except FormRefused as refused:
        return _render(page, person, in_force, problem=page.translate(str(refused)), status_code=422)
    job = _job(page, policy, in_force)
    job.wait(PATIENCE)
    problem = page.translate(FAILED) if job.failed else ""
    return _render(page, person, policy, job=job, problem=problem, base=in_force)


@router.post("")
def put_in_force(page: CurrentPage, person: Setter, sent: Sent) -> Response:
    """Record the policy, once it was simulated and somebody said why."""
    texts, ledger = _texts(sent), page.services.ledger
    in_force, _ = _in_force(page)
    try:
        policy = read_policy(texts.get("policy", ""))
    except InvalidInput:
        return _render(page, person, in_force, problem=page.translate(SIMULATE_FIRST), status_code=422)
    job, reason = _job(page, policy, in_force), texts.get("reason", "").strip()
    if not reason:
        return _render(
            page, person, policy, job=job, problem=page.translate(REASON_NEEDED), base=in_force, status_code=422
        )
    job.wait(60)
    if job.result is None or not job.result.safe:
        problem = page.translate(UNSAFE if job.result is not None else FAILED)
        return _render(page, person, in_force, problem=problem, status_code=422)
    event = PolicyChanged(
        application=CARD.name, content=policy.digest, policy=policy.canonical().decode(), reason=reason[:500]
    )
    made = ledger.append(event, person.actor, page.services.clock())
    return page.redirect("/policy", page.translate(DONE, seq=made.seq))


def _texts(sent: FormData) -> dict[str, str]:
    return {name: value for name, value in sent.multi_items() if isinstance(value, str)}


def _history(page: Page) -> list[Entry]:
    entries = page.services.ledger.entries(event="PolicyChanged", newest_first=True, limit=10 * HISTORY)
    mine = [
        entry for entry in entries if isinstance(entry.event, PolicyChanged) and entry.event.application == CARD.name
    ]
    return mine[:HISTORY]


def _offered(page: Page, in_force: Policy) -> list[Suggestion]:
    """The suggestions that the policy in force does not hold yet."""
    held = {(habit.ward, habit.rule) for habit in in_force.habits}
    return [one for one in suggestions(page.services.ledger) if (one.ward, one.rule) not in held]


def _in_force(page: Page) -> tuple[Policy, str]:
    for entry in _history(page)[:1]:
        assert isinstance(entry.event, PolicyChanged)
        try:
            return read_policy(entry.event.policy), ""
        except InvalidInput:
            return shipped_policy(), page.translate(UNREADABLE)
    return shipped_policy(), ""


def _job(page: Page, policy: Policy, in_force: Policy) -> Job:
    key = (policy.digest, in_force.digest, f"{id(page.services.ledger)} {page.services.newest()}")
    return JOBS.get(key, lambda: Job(policy, in_force, lambda: _past(page)))


def _past(page: Page) -> Iterable[Prescription]:
    """The prescriptions the ledger keeps; where it keeps none, those of the stays in progress."""
    found = False
    for asked in past_cases(page.services.ledger):
        found = True
        yield asked
    if not found:
        try:
            cases = cases_from_warehouse(page.services.warehouse, page.services.clock())
        except CognoscopeError:
            return
        for case in cases:
            yield prescription_of(case)


def _render(
    page: Page,
    person: Person,
    policy: Policy,
    *,
    job: Job | None = None,
    problem: str = "",
    base: Policy | None = None,
    status_code: int = 200,
) -> Response:
    result: Simulation | None = job.result if job else None
    history = _history(page)
    return page.render(
        "pages/policy.html",
        status_code,
        policy=policy,
        text=policy.canonical().decode(),
        changed=base is not None and base.digest != policy.digest,
        levels=[level for level in LEVELS if level != CONTRAINDICATED],
        level_names=LEVEL_NAMES,
        acts=ACTS,
        switches=SWITCHES,
        monitoring=monitoring_lines(base or policy, page.language),
        kept={each.analyte: each for each in policy.monitoring},
        base=base or policy,
        offered=_offered(page, base or policy),
        habit_reasons={reason.code: reason.label.in_language(page.language) for reason in CARD.reasons},
        reason_words={code: words[page.language == "en"] for code, words in REASONS.items()},
        job=job,
        simulation=result,
        bars=bars(result, page.language) if result else [],
        rows=rows(result, page.language) if result else [],
        fates=FATE_NAMES,
        history=history,
        in_force=history[0] if history else None,
        may_set=allowed(person.role, Permission.SET_POLICY),
        problem=problem,
    )
