"""What the tests of the web share: a clock to move, accounts to make, the sign-in form to fill in."""

import re
from datetime import UTC, datetime, timedelta

import httpx2
from starlette.testclient import TestClient

from cognoscope.core.actor import Role, program
from cognoscope.web.services import Services

PASSWORD = "un cheval de course bleu"
START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TEST = program("test")


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        """Move it."""
        self.at += timedelta(**by)


def token(text: str) -> str:
    """The CSRF token in a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert found, text
    return found.group(1)


def make_account(services: Services, name: str, *roles: Role, fresh: bool = False) -> None:
    """An account whose password is its owner's own, unless `fresh`."""
    at = services.clock()
    services.accounts.create(name, name.title(), roles, TEST, at, password=PASSWORD)
    if not fresh:
        services.accounts.set_password(name, PASSWORD, TEST, at, must_change=False)


def sign_in(client: TestClient, name: str, password: str = PASSWORD, **more: str) -> httpx2.Response:
    """Fill the sign-in form in and send it."""
    data = {"account": name, "password": password, "csrf_token": token(client.get("/sign-in").text), **more}
    return client.post("/sign-in", data=data)


def post(client: TestClient, path: str, **fields: object) -> httpx2.Response:
    """Send a form as one of our own pages would: with a token of this session."""
    return client.post(path, data={"csrf_token": token(client.get("/profile").text), **fields})
