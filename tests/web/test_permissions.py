"""Deny by default: every route, every role."""

from collections.abc import Callable

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient
from tests.web.people import make_account, sign_in

from cognoscope.core.actor import Role
from cognoscope.web.permissions import PERMISSIONS, Permission, allowed, may_read, may_review
from cognoscope.web.security import PUBLIC_PATHS, check_every_route, is_for_programs, permissions_of
from cognoscope.web.services import Services

P = Permission
PATIENT_DATA = {
    P.READ_INBOX,
    P.READ_PROPOSAL,
    P.REVIEW,
    P.READ_SUBJECT,
    P.OPEN_VAULT,
    P.READ_LEDGER,
    P.READ_FHIR,
    P.READ_DOCUMENT,
}


def concrete(path: str) -> str:
    """An address of the route."""
    return "/".join("x" if part.startswith("{") else part for part in path.split("/"))


def test_every_route_is_public_or_asks_for_a_permission(web: FastAPI) -> None:
    routes = list(iter_route_contexts(web.routes))
    assert len(routes) > 10
    for route in routes:
        ways = (route.path in PUBLIC_PATHS, bool(permissions_of(route)), is_for_programs(route))
        assert sum(ways) == 1, route.path


def test_without_signing_in_every_private_route_leads_to_the_sign_in_page(
    web: FastAPI, browser: Callable[[], TestClient]
) -> None:
    client = browser()
    asked = 0
    for route in iter_route_contexts(web.routes):
        if route.path in PUBLIC_PATHS:
            continue
        for method in route.methods or ():
            answer = client.request(method, concrete(route.path or ""))
            asked += 1
            if is_for_programs(route):
                assert answer.status_code == (403 if method == "OPTIONS" else 401), (method, route.path)
                assert answer.json()["message"].endswith("."), route.path
            elif (route.path or "").startswith("/fhir"):
                assert (answer.status_code, answer.json()["resourceType"]) == (401, "OperationOutcome"), route.path
            elif method in ("GET", "HEAD"):
                assert answer.status_code == 303, (method, route.path)
                assert answer.headers["location"].startswith("/sign-in"), route.path
            else:
                assert answer.status_code in (303, 403), (method, route.path)
    assert asked > 5


@pytest.mark.parametrize("role", list(Role))
def test_a_role_without_the_permission_is_refused_on_every_route(
    web: FastAPI, services: Services, browser: Callable[[], TestClient], role: Role
) -> None:
    make_account(services, "alice", role)
    client = browser()
    sign_in(client, "alice")
    for route in iter_route_contexts(web.routes):
        needed = permissions_of(route)
        if "GET" not in (route.methods or ()) or not needed:
            continue
        answer = client.get(concrete(route.path or ""))
        if all(allowed(role, permission) for permission in needed):
            assert answer.status_code not in (303, 403) or answer.headers.get("location", "/").startswith("/"), (
                route.path
            )
            assert answer.status_code < 500, (route.path, answer.text)
        else:
            assert answer.status_code == 403, (role, route.path)
            assert "Votre rôle ne donne pas accès" in answer.text or "Your role does not give access" in answer.text


def test_a_route_without_a_permission_stops_the_start() -> None:
    app, router = FastAPI(docs_url=None, redoc_url=None, openapi_url=None), APIRouter()

    @router.get("/forgotten")
    def forgotten() -> str:
        return "open to all"

    app.include_router(router)
    with pytest.raises(RuntimeError, match="/forgotten is not public"):
        check_every_route(app)


def test_the_table_names_every_role_and_every_permission_is_somebodys() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert frozenset().union(*PERMISSIONS.values()) == set(Permission)


def test_what_each_role_is_kept_from() -> None:
    assert not PERMISSIONS[Role.ADMINISTRATOR] & PATIENT_DATA
    assert PERMISSIONS[Role.COLLEGE_MEMBER] & PATIENT_DATA == {P.READ_PROPOSAL, P.READ_SUBJECT}
    assert PERMISSIONS[Role.PATIENT] == {P.OWN_PROFILE, P.DECLARE_REACTION}
    assert {role for role in Role if allowed(role, P.OPEN_VAULT)} == {Role.DATA_PROTECTION_OFFICER}
    assert {role for role in Role if allowed(role, P.READ_ACCESS_LOG)} == {Role.DATA_PROTECTION_OFFICER}
    assert {role for role in Role if allowed(role, P.MANAGE_ACCOUNTS)} == {Role.ADMINISTRATOR}
    readers = {Role.CLINICIAN, Role.PHARMACIST, Role.RADIOLOGIST, Role.CODER, Role.DATA_PROTECTION_OFFICER}
    assert {role for role in Role if allowed(role, P.READ_DOCUMENT)} == readers
    assert {role for role in Role if allowed(role, P.READ_COHORT)} == readers | {Role.MANAGER}
    assert {role for role in Role if allowed(role, P.SET_POLICY)} == {Role.PHARMACIST}
    assert {role for role in Role if allowed(role, P.CHECK_PRESCRIPTION)} == {Role.CLINICIAN, Role.PHARMACIST}
    assert {role for role in Role if allowed(role, P.SAVE_COHORT)} == readers - {Role.DATA_PROTECTION_OFFICER}


def test_the_card_says_which_roles_decide_and_read() -> None:
    from types import SimpleNamespace
    from typing import Any

    card: Any = SimpleNamespace(
        reviewers=(Role.BED_MANAGER, Role.ADMINISTRATOR), readers=(Role.MANAGER, Role.COLLEGE_MEMBER)
    )
    assert {role for role in Role if may_review(role, card)} == {Role.BED_MANAGER}
    assert {role for role in Role if may_read(role, card)} == {
        Role.BED_MANAGER,
        Role.MANAGER,
        Role.COLLEGE_MEMBER,
    }
