"""Who is asking, and whether they may: every route declares one permission, or is in the short public list."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.concurrency import run_in_threadpool

from cognoscope.web.permissions import Permission, allowed
from cognoscope.web.session import Person

PUBLIC_PATHS = frozenset({"/sign-in", "/sign-in/openid", "/sign-in/openid/return", "/public", "/static/{path:path}"})
"""What can be reached without being signed in."""


@dataclass(frozen=True)
class Visitor:
    """Whoever sent the request: perhaps with a session's name, perhaps signed in."""

    session_id: str | None
    person: Person | None


async def visitor(request: Request) -> Visitor:
    """Dependency: the visitor, looked up once a request."""
    services = request.app.state.services
    session_id = services.sessions.read_cookie(request)
    if session_id is None:
        return Visitor(None, None)
    person = services.sessions.known(session_id, services.clock())
    return Visitor(session_id, person) if person else await run_in_threadpool(look_up, request)


def look_up(request: Request) -> Visitor:
    """The visitor, asked of the database when need be."""
    services = request.app.state.services
    session_id = services.sessions.read_cookie(request)
    return Visitor(session_id, services.sessions.find(session_id, services.clock()) if session_id else None)


class SignInNeeded(Exception):
    """Nobody is signed in, and the page is not public."""


class PasswordChangeNeeded(Exception):
    """The password was set by somebody else and must be replaced first."""


class NotPermitted(Exception):
    """The acting role does not hold the permission."""

    def __init__(self, person: Person, permission: Permission) -> None:
        super().__init__(f"{person.role} may not {permission}")
        self.person = person
        self.permission = permission


@dataclass(frozen=True)
class Require:
    """Dependency: the signed-in person, provided their acting role holds the permission."""

    permission: Permission

    async def __call__(self, who: Annotated[Visitor, Depends(visitor)]) -> Person:
        """The person.

        Raises:
            SignInNeeded, PasswordChangeNeeded, NotPermitted: answered by `pages.errors`.
        """
        if who.person is None:
            raise SignInNeeded
        if who.person.must_change_password and self.permission is not Permission.OWN_PROFILE:
            raise PasswordChangeNeeded
        if not allowed(who.person.role, self.permission):
            raise NotPermitted(who.person, self.permission)
        return who.person


def require(permission: Permission) -> Require:
    """`person: Annotated[Person, Depends(require(Permission.READ_INBOX))]`."""
    return Require(permission)


class ForPrograms:
    """Base of dependencies that let registered programs pass: each request proves by itself who sent it, by a signature
    or by where it comes from. No cookie counts, so that no page elsewhere can make a browser send one for somebody.
    """


def is_for_programs(route: object) -> bool:
    """Whether a route is for registered programs, and for them only."""
    dependant = getattr(route, "dependant", None)
    return dependant is not None and any(isinstance(call, ForPrograms) for call in _calls(dependant))


def permissions_of(route: RouteContext) -> set[Permission]:
    """The permissions a route asks for, in its parameters, its decorator or its router."""
    dependant = getattr(route, "dependant", None)
    return {call.permission for call in _calls(dependant) if isinstance(call, Require)} if dependant else set()


def _calls(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from _calls(inner)


def check_every_route(app: FastAPI) -> None:
    """Refuse to start with a route that is neither public, nor asks for a permission, nor is for registered programs.

    Raises:
        RuntimeError: names the route.
    """
    for route in iter_route_contexts(app.routes):
        if is_for_programs(route):
            if permissions_of(route):
                raise RuntimeError(f"The route {route.path} is for programs and asks for a person's permission.")
        elif route.path not in PUBLIC_PATHS and not permissions_of(route):
            raise RuntimeError(f"The route {route.path} is not public and asks for no permission.")


def return_path(path: str, request: Request) -> str:
    """`path` with the present page to come back to, when that can be opened again by following a link."""
    if request.method != "GET" or request.url.path == "/":
        return path
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{path}?{urlencode({'next': request.url.path + query})}"


def safe_path(path: str | None) -> str | None:
    """A path within this site, or None: an address that leads elsewhere is not followed after signing in."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or any(c in path for c in "\r\n\t\\"):
        return None
    return path
