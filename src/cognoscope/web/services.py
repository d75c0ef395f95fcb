"""What every request needs, opened once a worker: ledger, access log, accounts, sessions, clock, settings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from cognoscope.core import pixels
from cognoscope.core.access import AccessLog
from cognoscope.core.application import Application
from cognoscope.core.home import Home, Settings
from cognoscope.core.ledger import Ledger
from cognoscope.core.signing_key import read_or_make_key
from cognoscope.intake.warehouse import Warehouse, open_warehouse
from cognoscope.web.accounts import Accounts
from cognoscope.web.column_queries import newest_entry
from cognoscope.web.fragments import Fragments
from cognoscope.web.kept_pages import KeptPages
from cognoscope.web.looks import Looks
from cognoscope.web.machine_clients import MachineClients
from cognoscope.web.machine_trust import MachineTrust
from cognoscope.web.openid import OpenID
from cognoscope.web.rate_limit import RateLimit
from cognoscope.web.session import Sessions
from cognoscope.web.unchanged import Unchanged

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Services:
    """Made by `open_services`, found at `app.state.services`, closed when the server stops."""

    home: Home
    settings: Settings
    applications: tuple[Application, ...]
    clock: Clock
    ledger: Ledger
    access_log: AccessLog
    accounts: Accounts
    sessions: Sessions
    rate_limit: RateLimit
    openid: OpenID | None
    unchanged: Unchanged
    fragments: Fragments = field(default_factory=Fragments)
    pages: KeptPages = field(default_factory=KeptPages)
    looks: Looks = field(default_factory=Looks)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The hospital's time zone."""
        return ZoneInfo(self.settings.time_zone)

    @cached_property
    def warehouse(self) -> Warehouse:
        """The warehouse, opened when a page first needs it."""
        return open_warehouse(self.home)

    @cached_property
    def machines(self) -> MachineTrust:
        """Which registered program a signed request comes from."""
        return MachineTrust(MachineClients(self.ledger))

    def application(self, name: str) -> Application | None:
        """The application of that name, or None."""
        return next((application for application in self.applications if application.name == name), None)

    def newest(self, proposal: str | None = None) -> int:
        """The number of the ledger's last entry, or of the last about the subject of the proposal of that digest."""
        return self.unchanged.get(("newest", proposal), lambda: newest_entry(self.ledger, proposal))

    async def newest_soon(self, proposal: str | None = None) -> int:
        """As `newest`, without holding up the event loop while the database is asked."""
        kept: int | None = self.unchanged.peek(("newest", proposal))
        return await run_in_threadpool(self.newest, proposal) if kept is None else kept

    def close(self) -> None:
        """Give the databases back."""
        self.unchanged.close()
        self.ledger.close()
        self.access_log.close()


def open_services(home: Home, applications: tuple[Application, ...], clock: Clock) -> Services:
    """Open everything.

    Raises:
        CognoscopeError: the home is not initialised, or a key or database cannot be used.
    """
    settings = home.settings()
    pixels.look_in(home.pixels)
    openid = OpenID(settings.openid) if settings.openid else None
    key = read_or_make_key(home.session_key_file)
    ledger = Ledger.open(home.ledger_url)
    unchanged = Unchanged(ledger.engine)
    return Services(
        home=home,
        settings=settings,
        applications=applications,
        clock=clock,
        ledger=ledger,
        access_log=AccessLog.open(home.access_url),
        accounts=Accounts(ledger),
        sessions=Sessions(ledger.engine, key, unchanged),
        rate_limit=RateLimit(ledger.engine),
        openid=openid,
        unchanged=unchanged,
    )


async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


CurrentServices = Annotated[Services, Depends(_services)]
"""Write `services: CurrentServices` in a route's parameters."""
