"""The application of a fresh installation, and browsers with people signed in."""

from collections.abc import Callable, Iterator

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.web.people import Clock, make_account, sign_in

from cognoscope.core.actor import Role
from cognoscope.core.home import Home
from cognoscope.web import passwords
from cognoscope.web.app import create_app
from cognoscope.web.services import Services


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id with the smallest parameters: the real ones are asserted in one test, not paid in all."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobody.cache_clear()


@pytest.fixture
def clock() -> Clock:
    """The clock the application looks at."""
    return Clock()


@pytest.fixture
def web(home: Home, clock: Clock) -> Iterator[FastAPI]:
    """The application, without any health application in it."""
    app = create_app(home, applications=(), clock=clock)
    yield app
    app.state.services.close()


@pytest.fixture
def services(web: FastAPI) -> Services:
    """What the application works with."""
    found: Services = web.state.services
    return found


@pytest.fixture
def browser(web: FastAPI) -> Callable[[], TestClient]:
    """Makes a browser without cookies that follows no redirection."""
    return lambda: TestClient(web, follow_redirects=False, raise_server_exceptions=False)


@pytest.fixture
def person(services: Services, browser: Callable[[], TestClient]) -> Callable[..., TestClient]:
    """Makes a browser in which somebody with these roles is signed in."""

    def enter(name: str, *roles: Role) -> TestClient:
        make_account(services, name, *roles)
        client = browser()
        answer = sign_in(client, name)
        assert answer.status_code == 303, answer.text
        return client

    return enter
