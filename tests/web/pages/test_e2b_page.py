"""Taking a declared case out: for those who decide and read documents, and never half of one."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.exports.declarations import case, declaration, findings
from tests.web import records
from tests.web.pages.conftest import Enter
from tests.web.people import Clock, post

from cognoscope.core.actor import Role, program
from cognoscope.core.application import Application
from cognoscope.core.events import ProposalMade
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.proposal import Proposal
from cognoscope.exports.e2b import problems
from cognoscope.web.app import create_app


@pytest.fixture
def reactions() -> Application:
    made = records.application(
        name="pharmacy.reactions", reviewers=(Role.PHARMACIST, Role.BED_MANAGER), readers=(Role.CLINICIAN,)
    )
    return made


@pytest.fixture
def web(home: Home, clock: Clock, reactions: Application) -> Iterator[FastAPI]:
    app = create_app(home, (reactions,), clock)
    yield app
    app.state.services.close()


def recorded(app: FastAPI, *given: Any) -> Proposal:
    ledger: Ledger = app.state.services.ledger
    ledger.keep_case(case())
    made = declaration(*given)
    ledger.append(ProposalMade(proposal=made, state="advisory"), program("run"), made.as_of)
    return made


def test_the_pharmacist_takes_the_case_out_and_the_ledger_says_so(web: FastAPI, person: Enter):
    made = recorded(web)
    client: TestClient = person("luc", Role.PHARMACIST)
    assert f"/proposals/{made.digest}/e2b" in client.get(f"/proposals/{made.digest}").text
    answer = post(client, f"/proposals/{made.digest}/e2b")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml")
    assert 'filename="e2b-abc123.xml"' in answer.headers["content-disposition"]
    assert problems(answer.content) == []
    (entry,) = web.state.services.ledger.entries(event="ExtractExported")
    assert (entry.actor.id, entry.event.what) == ("luc", f"e2b {made.digest[:12]}")


def test_what_is_missing_is_told_on_the_page_and_nothing_leaves(web: FastAPI, person: Enter):
    made = recorded(web, *findings()[:2])
    answer = post(person("luc", Role.PHARMACIST), f"/proposals/{made.digest}/e2b")
    assert answer.status_code == 422 and "suspect medicine" in answer.text
    assert not web.state.services.ledger.entries(event="ExtractExported")


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.BED_MANAGER])
def test_reading_alone_or_deciding_alone_is_not_enough(web: FastAPI, person: Enter, role: Role):
    made = recorded(web)
    client = person("nina", role)
    assert f"/proposals/{made.digest}/e2b" not in client.get(f"/proposals/{made.digest}").text
    assert post(client, f"/proposals/{made.digest}/e2b").status_code == 403
