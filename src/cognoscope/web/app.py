"""The web application: every router in one tuple, one permission a route, one answer for each kind of error."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from cognoscope.apps.installed import installed
from cognoscope.core.application import Application
from cognoscope.core.home import Home
from cognoscope.web import assets, csrf
from cognoscope.web.headers import SecurityHeaders
from cognoscope.web.pages import (
    access,
    accounts,
    antibiotics,
    applications,
    blind,
    cds_hooks,
    cohorts,
    compare,
    declaration,
    document,
    e2b,
    errors,
    fhir,
    image,
    inbox,
    ledger,
    next,
    open_study,
    policy,
    prescription,
    profile,
    proposal,
    public,
    review,
    screening,
    search,
    sign_in,
    sign_in_openid,
    signals,
    subject,
    worklist,
)
from cognoscope.web.security import check_every_route
from cognoscope.web.services import open_services

ROUTERS = (
    assets.router,
    sign_in.router,
    sign_in_openid.router,
    profile.router,
    accounts.router,
    access.router,
    inbox.router,
    next.router,
    worklist.router,
    open_study.router,
    compare.router,
    screening.router,
    proposal.router,
    image.router,
    blind.router,
    prescription.router,
    antibiotics.router,
    policy.router,
    review.router,
    e2b.router,
    applications.router,
    subject.router,
    document.router,
    search.router,
    cohorts.router,
    declaration.router,
    signals.router,
    ledger.router,
    public.router,
    fhir.router,
    cds_hooks.router,
)


def now() -> datetime:
    """The clock on the wall; the web and the command line are the only ones to look at it."""
    return datetime.now(UTC)


def create_app(
    home: Home, applications: tuple[Application, ...] | None = None, clock: Callable[[], datetime] = now
) -> FastAPI:
    """The application of one installation.

    applications: those shown; None: all that are installed there, with the models that its people added.

    Raises:
        CognoscopeError: the home cannot be opened.
        RuntimeError: a route is neither public nor asks for a permission.
    """
    services = open_services(home, installed(home) if applications is None else applications, clock)

    @asynccontextmanager
    async def closing(_: FastAPI) -> AsyncIterator[None]:
        cds_hooks.prepare(services)
        yield
        services.close()

    app = FastAPI(
        title="Cognoscope",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=closing,
        dependencies=[Depends(csrf.check)],
    )
    app.state.services = services
    for router in ROUTERS:
        app.include_router(router)
    check_every_route(app)
    errors.register(app)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(SecurityHeaders)
    return app
