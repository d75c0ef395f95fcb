"""The addresses of CDS Hooks: discovery, calls and feedback; every answer, refusals included, is JSON.

Browsers of registered programs may call (CDS Hooks 2.0, "Cross-Origin Resource Sharing"): only origins that were
registered with the program are answered with the headers that let a page read the answer; no cookie is ever involved.
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from cognoscope.core.engine import DatabaseUnavailable
from cognoscope.core.errors import CognoscopeError
from cognoscope.exports.cds_hooks.answering import answer
from cognoscope.exports.cds_hooks.calling import Caller, Circumstances
from cognoscope.exports.cds_hooks.feedback import receive
from cognoscope.exports.cds_hooks.refusals import Refused
from cognoscope.exports.cds_hooks.request import MOST_BYTES
from cognoscope.exports.cds_hooks.services import Service, discovery, service

PREFIX = "/cds-services"
ALLOWED = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
}
Work = Callable[..., Coroutine[Any, Any, Any]]
Refusals = Mapping[type[Exception], int]
"""How what the web's checks raise is answered: an HTTP status; their sentence is told."""


def cds_router(
    caller: Callable[..., Any],
    preflight: Callable[..., Any],
    around: Callable[[Request, Any], Circumstances],
    in_turn: Work,
    refusals: Refusals,
) -> APIRouter:
    """The routes.

    Args:
        caller: dependency that lets registered programs pass.
        preflight: dependency that lets requests from registered origins pass; gives the origin.
        around: what is needed to answer a caller.
        in_turn: `await in_turn(function, *arguments)` runs it off the event loop.
        refusals: what `caller` and `preflight` raise.
    """
    router = APIRouter(prefix=PREFIX, route_class=_route_class(refusals))

    @router.get("")
    async def discover(request: Request, who: Annotated[Caller, Depends(caller)]) -> Response:
        circumstances = around(request, who)
        await in_turn(circumstances.installation.ledger.write, who.use)
        return _json(discovery(), 200, who, request)

    @router.post("/{identifier}")
    async def call(request: Request, who: Annotated[Caller, Depends(caller)], identifier: str) -> Response:
        asked = _service(identifier)
        body = await _body(request)
        return _json(await in_turn(answer, body, asked, around(request, who)), 200, who, request)

    @router.post("/{identifier}/feedback")
    async def feedback(request: Request, who: Annotated[Caller, Depends(caller)], identifier: str) -> Response:
        asked = _service(identifier)
        body = await _body(request)
        became = await in_turn(receive, body, asked, around(request, who))
        if became and all(each["status"] == "unknown" for each in became):
            raise Refused(404, "No such card was sent by this service to this client: nothing was recorded.")
        return _json({"feedback": became}, 200, who, request)

    @router.options("")
    @router.options("/{rest:path}")
    async def ask_first(origin: Annotated[str, Depends(preflight)], rest: str = "") -> Response:
        return Response(status_code=204, headers={**_readable(origin), **ALLOWED, "Access-Control-Max-Age": "600"})

    return router


def _service(identifier: str) -> Service:
    found = service(identifier)
    if found is None:
        raise Refused(404, "There is no service of that id: /cds-services lists those there are.")
    return found


async def _body(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/json", "application/fhir+json"):
        raise Refused(415, "The body must be sent as application/json.")
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise Refused(413, f"The body is larger than {MOST_BYTES // 1024 // 1024} MiB.")
        parts.append(part)
    return b"".join(parts)


def _readable(origin: str) -> dict[str, str]:
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}


def _json(content: object, status: int, who: Caller, request: Request) -> Response:
    origin = request.headers.get("origin", "")
    headers = _readable(origin) if origin in who.origins else {}
    return Response(msgspec.json.encode(content), status, headers, media_type="application/json")


def _refusal(status: int, sentence: str) -> Response:
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'} if status == 401 else {}
    return Response(msgspec.json.encode({"message": sentence}), status, headers, media_type="application/json")


def _route_class(refusals: Refusals) -> type[APIRoute]:
    """Routes whose every error is a sentence in JSON, never a page or a redirection."""

    class CdsRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def handler(request: Request) -> Response:
                try:
                    return await handle(request)
                except Refused as error:
                    return _refusal(error.status, error.sentence)
                except tuple(refusals) as error:
                    return _refusal(refusals[type(error)], str(error))
                except RequestValidationError:
                    return _refusal(400, "The request was not understood.")
                except DatabaseUnavailable:
                    return _refusal(503, "The ledger cannot be written now: nothing was recorded, ask again later.")
                except CognoscopeError as error:
                    return _refusal(500, str(error))
                except HTTPException as error:
                    return _refusal(error.status_code, "There is nothing at this address: see /cds-services.")

            return handler

    return CdsRoute
