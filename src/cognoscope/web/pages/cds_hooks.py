"""CDS Hooks behind the list of registered programs: each request is signed, and its token passes once."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request

from cognoscope.apps.pharmacy.interactions.gather import open_reference
from cognoscope.core.errors import CognoscopeError
from cognoscope.exports.cds_hooks.calling import Circumstances, Installation
from cognoscope.exports.cds_hooks.routes import cds_router
from cognoscope.intake.knowledge.store import open_knowledge
from cognoscope.intake.pseudonyms import Pseudonymiser
from cognoscope.web.machine_clients import MachineClients
from cognoscope.web.machine_trust import Caller, NotTrusted
from cognoscope.web.security import ForPrograms
from cognoscope.web.services import Services

THREADS = 1
"""A worker process: more only take turns at the interpreter's lock, and make every caller wait for all the others."""

_POOL = ThreadPoolExecutor(THREADS, thread_name_prefix="cds-hooks")


class OriginUnknown(NotTrusted):
    """A browser asks for a page that no registered program comes from."""


class SignedRequest(ForPrograms):
    """Dependency: the registered program that signed the request."""

    async def __call__(self, request: Request) -> Caller:
        """The program.

        Raises:
            NotTrusted: none did; OriginUnknown: it did, and the browser's page is not one of its own.
        """
        services: Services = request.app.state.services
        here = f"{request.url.scheme}://{request.url.netloc}{request.url.path}"
        allowed = {here, here.removesuffix("/feedback")}
        caller = services.machines.check(request.headers.get("authorization"), allowed, services.clock())
        origin = request.headers.get("origin")
        if origin is not None and origin.lower() not in caller.origins:
            raise OriginUnknown("The client is not registered to call from this origin.")
        return caller


class KnownOrigin(ForPrograms):
    """Dependency: the origin of a browser's question before it calls, which carries no signature."""

    def __call__(self, request: Request) -> str:
        """The origin.

        Raises:
            OriginUnknown: no registered program calls from there.
        """
        services: Services = request.app.state.services
        origin = request.headers.get("origin", "")
        if origin.lower() not in services.machines.origins():
            raise OriginUnknown("No client is registered to call from this origin.")
        return origin


def _around(request: Request, caller: Caller) -> Circumstances:
    services: Services = request.app.state.services
    held: Installation | None = getattr(request.app.state, "cds_hooks", None)
    if held is None:
        held = request.app.state.cds_hooks = Installation(
            ledger=services.ledger,
            applications={each.name: each for each in services.applications},
            knowledge=open_knowledge(services.home),
            pseudonymiser=Pseudonymiser.from_file(services.home.key_file),
            zone=ZoneInfo(services.settings.time_zone),
            language=services.settings.language,
        )
    asked = request.headers.get("accept-language", "")[:2].lower()
    language = asked if asked in ("fr", "en") else held.language
    return Circumstances(held, caller, services.clock(), str(request.base_url).rstrip("/"), language)


async def _in_turn(work: Callable[..., Any], *arguments: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(_POOL, work, *arguments)


def prepare(services: Services) -> None:
    """Read the knowledge in the background where a program is registered, so that nobody's first call waits for it."""

    def read() -> None:
        # Whatever is wrong is said when somebody calls.
        with suppress(CognoscopeError):
            if MachineClients(services.ledger).all():
                open_reference(open_knowledge(services.home))

    threading.Thread(target=read, name="cds-hooks-knowledge", daemon=True).start()


router = cds_router(SignedRequest(), KnownOrigin(), _around, _in_turn, {OriginUnknown: 403, NotTrusted: 401})
