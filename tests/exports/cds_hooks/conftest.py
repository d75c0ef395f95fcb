"""A home with the tiny knowledge, the interactions in service, and prescription software registered."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.apps.pharmacy.interactions.knowledge_examples import load_into, write
from tests.exports.cds_hooks.client import Software, register
from tests.web.people import Clock

from cognoscope.apps.pharmacy.interactions.app import APPLICATION
from cognoscope.core.actor import Role, person
from cognoscope.core.home import Home
from cognoscope.core.lifecycle import change_state
from cognoscope.intake import keys
from cognoscope.web.app import create_app
from cognoscope.web.services import Services

CHIEF = person("chief", Role.PHARMACIST)


@pytest.fixture
def web(home: Home, tmp_path: Path) -> Iterator[FastAPI]:
    """An installation whose interactions are in the state `advisory`."""
    keys.create(home)
    folder = tmp_path / "sources"
    folder.mkdir()
    load_into(home.knowledge, write(folder))
    app = create_app(home, (APPLICATION,), Clock())
    services: Services = app.state.services
    for state in ("shadow", "advisory"):
        change_state(services.ledger, APPLICATION.name, state, CHIEF, "Test", services.clock())
    yield app
    services.close()


@pytest.fixture
def services(web: FastAPI) -> Services:
    """What it works with."""
    found: Services = web.state.services
    return found


@pytest.fixture
def software(web: FastAPI, services: Services, tmp_path: Path) -> Software:
    """Registered prescription software that calls the installation."""
    register(services, tmp_path)
    return Software(TestClient(web, follow_redirects=False, raise_server_exceptions=False), services)
