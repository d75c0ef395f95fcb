"""The read-only FHIR interface under `/fhir`, for any web application that says who may ask.

The web hands in its own permission checks; this module knows neither sessions nor roles.
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from cognoscope.core.actor import Actor
from cognoscope.core.errors import CognoscopeError
from cognoscope.exports.fhir.bundle import operation_outcome, search_set
from cognoscope.exports.fhir.capability import SEARCH_PARAMETERS, capability_statement
from cognoscope.exports.fhir.elements import Resource
from cognoscope.exports.fhir_search import FhirSources, Query, find, read_query

Refusals = Mapping[type[Exception], tuple[int, str, str]]
"""How the web's refusals are told: HTTP status, R4 issue type, sentence."""


class Asker(Protocol):
    """Who is asking, as the web's permission check gives it."""

    @property
    def actor(self) -> Actor:
        """The actor to write into the access log."""


SourcesFor = Callable[[Request, Asker], FhirSources]
Note = Callable[[Request, Asker, str, frozenset[str]], None]
"""Writes into the access log that somebody read a resource type about these subjects."""


def fhir_router(
    reader: Callable[..., Any], auditor: Callable[..., Any], sources_for: SourcesFor, note: Note, refusals: Refusals
) -> APIRouter:
    """The routes.

    Args:
        reader: dependency that lets those pass who may read proposals over FHIR.
        auditor: the same for AuditEvent.
        sources_for: what an asker may read.
        note: writes the access log.
        refusals: what `reader` and `auditor` raise.
    """
    router = APIRouter(prefix="/fhir", route_class=_route_class(refusals))

    @router.get("/metadata")
    def metadata(request: Request, asker: Annotated[Asker, Depends(reader)]) -> Response:
        sources = sources_for(request, asker)
        return _answer(capability_statement(sources.started.date(), sources.hospital))

    @router.get("/AuditEvent")
    def search_audit(request: Request, asker: Annotated[Asker, Depends(auditor)]) -> Response:
        return search(request, asker, "AuditEvent")

    @router.get("/AuditEvent/{id_}")
    def read_audit(request: Request, asker: Annotated[Asker, Depends(auditor)], id_: str) -> Response:
        return read(request, asker, "AuditEvent", id_)

    @router.get("/{kind}")
    def search_any(request: Request, asker: Annotated[Asker, Depends(reader)], kind: str) -> Response:
        return search(request, asker, kind)

    @router.get("/{kind}/{id_}")
    def read_any(request: Request, asker: Annotated[Asker, Depends(reader)], kind: str, id_: str) -> Response:
        return read(request, asker, kind, id_)

    @router.get("/{rest:path}")
    def unknown(asker: Annotated[Asker, Depends(reader)], rest: str) -> Response:
        return _problem(404, "not-supported", "There is nothing at this address: /fhir/metadata lists what there is.")

    def search(request: Request, asker: Asker, kind: str) -> Response:
        if kind not in SEARCH_PARAMETERS:
            return _problem(
                404, "not-supported", f"The type {kind[:40]!r} is not served: /fhir/metadata lists those that are."
            )
        sources = sources_for(request, asker)
        query = read_query(kind, request.query_params.multi_items(), sources.zone)
        found = find(sources, query)
        note(request, asker, f"fhir {kind}", found.subjects)
        following = None if found.following is None else request.url.include_query_params(_cursor=found.following)
        base = f"{str(request.base_url).rstrip('/')}/fhir"
        return _answer(search_set(base, found.resources, str(request.url), str(following) if following else None))

    def read(request: Request, asker: Asker, kind: str, id_: str) -> Response:
        if kind not in SEARCH_PARAMETERS:
            return _problem(
                404, "not-supported", f"The type {kind[:40]!r} is not served: /fhir/metadata lists those that are."
            )
        found = find(sources_for(request, asker), Query(kind, count=1, ids=[id_]))
        note(request, asker, f"fhir {kind}", found.subjects)
        if not found.resources:
            return _problem(404, "not-found", f"There is no {kind} of that id here.")
        return _answer(found.resources[0])

    return router


def _answer(resource: Resource, status: int = 200) -> Response:
    return JSONResponse(resource, status, media_type="application/fhir+json")


def _problem(status: int, code: str, sentence: str) -> Response:
    return _answer(operation_outcome(code, sentence), status)


def _route_class(refusals: Refusals) -> type[APIRoute]:
    """Routes whose every error is an OperationOutcome, never a page or a redirection."""

    class FhirRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def handler(request: Request) -> Response:
                try:
                    return await handle(request)
                except tuple(refusals) as error:
                    return _problem(*refusals[type(error)])
                except RequestValidationError:
                    return _problem(400, "invalid", "The request was not understood.")
                except CognoscopeError as error:
                    return _problem(400, "invalid", str(error))

            return handler

    return FhirRoute
