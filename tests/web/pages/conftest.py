"""The pages with one small application in service, and people of several roles."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.web.pages.ward import application, propose, put_into_service
from tests.web.people import Clock

from cognoscope.core.actor import Role
from cognoscope.core.application import Application
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.proposal import Proposal
from cognoscope.web.app import create_app

Enter = Callable[..., TestClient]


@pytest.fixture
def ward() -> Application:
    """The application; a test may ask for another card by overriding this."""
    return application()


@pytest.fixture
def proposals(home: Home, ward: Application) -> dict[str, Proposal]:
    """This morning's proposals, by question; the application is in service."""
    with Ledger.open(home.ledger_url) as ledger:
        put_into_service(ledger)
        return propose(ledger, ward)


@pytest.fixture
def web(home: Home, ward: Application, clock: Clock, proposals: dict[str, Proposal]) -> Iterator[FastAPI]:
    """The web application over that ledger, two hours later."""
    clock.forward(hours=2)
    app = create_app(home, (ward,), clock)
    yield app
    app.state.services.close()


@pytest.fixture
def ledger_of(web: FastAPI) -> Ledger:
    """The ledger that the web application writes to."""
    found: Ledger = web.state.services.ledger
    return found


@pytest.fixture
def bed_manager(person: Enter) -> TestClient:
    """Somebody whose role reviews this application, signed in."""
    return person("lea", Role.BED_MANAGER)
