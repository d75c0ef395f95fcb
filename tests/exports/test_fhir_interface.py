"""The read-only FHIR interface: reading, searching, paging, refusing; every answer is FHIR and is logged."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI, Header, Request
from fastapi.testclient import TestClient
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.device import Device
from fhir.resources.R4B.operationoutcome import OperationOutcome

from cognoscope.core.access import AccessLog
from cognoscope.core.actor import Actor, Role, person, program
from cognoscope.core.application import Application
from cognoscope.core.events import OutcomeKnown, ProposalMade, ReviewGiven
from cognoscope.core.ledger import Ledger
from cognoscope.core.noun import Sentence
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Abstention, Proposal
from cognoscope.core.review import Review
from cognoscope.exports.fhir import proposal_from
from cognoscope.exports.fhir_routes import fhir_router
from cognoscope.exports.fhir_search import FhirSources

START = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)
NAME = "emergency.arrivals"
ISSUE_TYPES = {"invalid", "login", "forbidden", "not-found", "not-supported"}


class Refused(Exception):
    pass


def proposal(day: int, *, site: str = "nord", application: str = NAME) -> Proposal:
    as_of = START + timedelta(days=day)
    return Proposal(
        application=application,
        version="1",
        model_digest="a" * 64,
        case_digest=f"{day:064x}",
        subject=f"unit:{site}",
        as_of=as_of,
        useful_until=as_of + timedelta(days=2),
        question="arrivals-daily",
        title=Sentence(fr="Passages", en="Arrivals"),
        abstention=Abstention(code="too-short", sentence=Sentence(fr="Série trop courte.", en="Series too short.")),
    )


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    robot, clinician = program("robot"), person("demo-clinician", Role.CLINICIAN)
    made: list[tuple[Any, Actor, datetime]] = []
    for day in range(10):
        at = START + timedelta(days=day)
        made.append((ProposalMade(proposal=proposal(day), state="advisory"), robot, at))
        made.append((ProposalMade(proposal=proposal(day, site="sud"), state="advisory"), robot, at))
    made.append((ProposalMade(proposal=proposal(11), state="shadow"), robot, START))
    made.append((ProposalMade(proposal=proposal(12, application="other.app"), state="advisory"), robot, START))
    ledger.append_many(made)
    review = Review(proposal=proposal(3).digest, verdict="accept", shown_at=START, decided_at=START, comment="Mme X")
    ledger.append(ReviewGiven(review=review), clinician, START + timedelta(days=3))
    outcome = Outcome(
        application=NAME,
        subject="unit:nord",
        measure="arrivals",
        element="2026-11-02",
        value=181.0,
        known_at=START,
        source="table",
    )
    ledger.append(OutcomeKnown(outcome=outcome), robot, START + timedelta(days=4))
    return ledger


@pytest.fixture
def client(filled: Ledger, home, fake_application: Application) -> Iterator[TestClient]:
    noted: list[tuple[str, frozenset[str]]] = []
    asker = SimpleNamespace(actor=person("manager", Role.MANAGER))

    def reader(x_role: Annotated[str, Header()] = "reader") -> SimpleNamespace:
        if x_role not in ("reader", "auditor"):
            raise Refused
        return asker

    def auditor(x_role: Annotated[str, Header()] = "reader") -> SimpleNamespace:
        if x_role != "auditor":
            raise Refused
        return asker

    with AccessLog.open(home.access_url) as access_log:
        for day in range(3):
            access_log.record(asker.actor, "proposal", "unit:nord", START + timedelta(days=day))

        def sources(request: Request, asker: Any) -> FhirSources:
            return FhirSources(
                ledger=filled,
                access_log=access_log,
                applications=[fake_application],
                pseudonym=lambda account: f"p-{len(account)}",
                zone=ZoneInfo("Europe/Paris"),
                hospital="Hôpital d'essai",
                started=START,
            )

        def note(request: Request, asker: Any, what: str, subjects: frozenset[str]) -> None:
            noted.append((what, subjects))

        app = FastAPI()
        app.include_router(fhir_router(reader, auditor, sources, note, {Refused: (403, "forbidden", "Not for you.")}))
        with TestClient(app) as opened:
            opened.noted = noted  # type: ignore[attr-defined]
            yield opened


@pytest.fixture
def fake_application() -> Application:
    card: Any = SimpleNamespace(
        name=NAME,
        version="1",
        title=Sentence(fr="Passages aux urgences", en="Emergency arrivals"),
        purpose=Sentence(fr="Prévoir.", en="Forecast."),
    )
    unused: Any = None
    return Application(card, "a" * 64, unused, unused, unused, unused, unused)


def bundle(client: TestClient, address: str, **headers: str) -> dict[str, Any]:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    content = answer.json()
    Bundle.model_validate(content)
    return content


def ids(content: dict[str, Any]) -> list[str]:
    return [entry["resource"]["id"] for entry in content.get("entry", [])]


def problem(client: TestClient, address: str, status: int, code: str, **headers: str) -> None:
    answer = client.get(address, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    content = answer.json()
    OperationOutcome.model_validate(content)
    assert content["issue"][0]["code"] == code
    assert code in ISSUE_TYPES


def test_the_capability_statement_is_valid_and_names_what_is_served(client):
    content = client.get("/fhir/metadata").json()
    CapabilityStatement.model_validate(content)
    assert content["fhirVersion"] == "4.0.1"
    served = {resource["type"] for resource in content["rest"][0]["resource"]}
    assert served == {"Observation", "Provenance", "AuditEvent", "Device", "AdverseEvent"}


def test_every_search_parameter_declared_is_understood(client):
    values = {
        "_id": "x", "subject": "unit:nord", "date": "ge2026-11-01", "category": "proposal",
        "target": "Observation/x", "recorded": "2026", "_lastUpdated": "2026",
    }  # fmt: skip
    for resource in client.get("/fhir/metadata").json()["rest"][0]["resource"]:
        for parameter in resource["searchParam"]:
            address = f"/fhir/{resource['type']}?{parameter['name']}={values[parameter['name']]}"
            bundle(client, address, **{"x-role": "auditor"})


def test_a_proposal_is_read_and_comes_back_whole_with_its_status(client):
    answer = client.get(f"/fhir/Observation/{proposal(3).digest}")
    assert proposal_from(answer.json()) == proposal(3)
    assert answer.json()["status"] == "final"
    assert client.get(f"/fhir/Observation/{proposal(4).digest}").json()["status"] == "preliminary"


def test_shadow_proposals_and_other_applications_are_not_there(client):
    problem(client, f"/fhir/Observation/{proposal(11).digest}", 404, "not-found")
    problem(client, f"/fhir/Observation/{proposal(12, application='other.app').digest}", 404, "not-found")
    assert len(ids(bundle(client, "/fhir/Observation?category=proposal&_count=200"))) == 20


def test_pages_follow_one_another_without_gap_or_double(client):
    seen: list[str] = []
    address = "/fhir/Observation?category=proposal&_count=7"
    for _ in range(3):
        content = bundle(client, address)
        seen += ids(content)
        following = [link["url"] for link in content["link"] if link["relation"] == "next"]
        address = following[0] if following else ""
    assert address == ""
    assert len(seen) == len(set(seen)) == 20
    assert seen[0] == proposal(9, site="sud").digest


def test_searching_by_unit_both_ways(client):
    plain = ids(bundle(client, "/fhir/Observation?subject=unit:sud"))
    token = ids(bundle(client, "/fhir/Observation?subject:identifier=urn:cognoscope:unit|sud"))
    assert plain == token and len(plain) == 10


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        ("date=ge2026-11-10", {7, 8, 9}),  # their period ends on or after the 10th
        ("date=lt2026-11-02", {0}),
        ("date=le2026-11-02", {0, 1}),
        ("date=gt2026-11-11", {9}),
        ("date=ge2026-11-04&date=lt2026-11-03", {1}),
        ("date=2026", set(range(10))),
        ("date=2026-12", set()),
        ("date=ge2026-11-12T04:59:00Z", {9}),
    ],
)
def test_searching_by_date_compares_periods(client, dates, days):
    found = ids(bundle(client, f"/fhir/Observation?category=proposal&subject=unit:nord&{dates}"))
    assert set(found) == {proposal(day).digest for day in days}


def test_outcomes_are_final_observations_of_their_own_category(client):
    content = bundle(client, "/fhir/Observation?category=outcome")
    (resource,) = [entry["resource"] for entry in content["entry"]]
    assert resource["valueQuantity"]["value"] == 181.0
    assert client.get(f"/fhir/Observation/{resource['id']}").json() == resource
    assert ids(bundle(client, "/fhir/Observation?category=nothing")) == []


def test_provenance_of_a_proposal_has_its_author_and_its_verifier(client):
    content = bundle(client, f"/fhir/Provenance?target=Observation/{proposal(3).digest}")
    kinds = [entry["resource"]["agent"][0]["type"]["coding"][0]["code"] for entry in content["entry"]]
    assert kinds == ["verifier", "author"]
    assert "Mme X" not in str(content) and "demo-clinician" not in str(content)
    assert client.get(f"/fhir/Provenance/{ids(content)[0]}").status_code == 200
    assert len(ids(bundle(client, "/fhir/Provenance?recorded=2026-11-04"))) == 3


def test_the_device_that_authored_a_proposal_is_served(client):
    reference = client.get(f"/fhir/Observation/{proposal(3).digest}").json()["device"]["reference"]
    content = client.get(f"/fhir/{reference}").json()
    Device.model_validate(content)
    assert content["version"] == [{"value": "1"}]
    assert content["identifier"][0]["value"] == "a" * 64
    assert len(ids(bundle(client, "/fhir/Device"))) == 1
    assert ids(bundle(client, "/fhir/Device?_cursor=1")) == []


def test_audit_events_are_for_auditors(client):
    problem(client, "/fhir/AuditEvent", 403, "forbidden")
    problem(client, "/fhir/AuditEvent/access-1", 403, "forbidden")
    first = bundle(client, "/fhir/AuditEvent?_count=2", **{"x-role": "auditor"})
    assert ids(first) == ["access-3", "access-2"]
    assert ids(bundle(client, first["link"][1]["url"], **{"x-role": "auditor"})) == ["access-1"]
    assert ids(bundle(client, "/fhir/AuditEvent?date=2026-11-02", **{"x-role": "auditor"})) == ["access-2"]
    assert ids(bundle(client, "/fhir/AuditEvent?_id=access-1,entry-2,x", **{"x-role": "auditor"})) == ["access-1"]


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/fhir/Patient", 404, "not-supported"),
        ("/fhir/Patient/1", 404, "not-supported"),
        ("/fhir/Observation/1/_history", 404, "not-supported"),
        ("/fhir/Observation/nothing", 404, "not-found"),
        ("/fhir/Observation?name=Martin", 400, "invalid"),
        ("/fhir/Observation?date=yesterday", 400, "invalid"),
        ("/fhir/Observation?date=2026-13-01", 400, "invalid"),
        ("/fhir/Observation?_count=0", 400, "invalid"),
        ("/fhir/Observation?_count=100000", 400, "invalid"),
        ("/fhir/Observation?_cursor=-1", 400, "invalid"),
        ("/fhir/Device?subject=unit:nord", 400, "invalid"),
        ("/fhir/Observation?_format=xml", 400, "invalid"),
    ],
)
def test_what_cannot_be_answered_is_an_operation_outcome(client, address, status, code):
    problem(client, address, status, code)


@pytest.mark.parametrize("address", ["/fhir/metadata", "/fhir/Observation", "/fhir/Device/x", "/fhir/a/b/c"])
def test_nothing_is_open_to_others(client, address):
    problem(client, address, 403, "forbidden", **{"x-role": "nobody"})


def test_reading_is_noted_with_whom_it_was_about(client):
    client.noted.clear()
    client.get(f"/fhir/Observation/{proposal(3).digest}")
    client.get("/fhir/Observation")
    client.get("/fhir/Device")
    assert client.noted == [
        ("fhir Observation", frozenset({"unit:nord"})),
        ("fhir Observation", frozenset({"unit:nord", "unit:sud"})),
        ("fhir Device", frozenset()),
    ]


def test_nothing_can_be_written(client):
    for method in (client.post, client.put, client.delete):
        assert method("/fhir/Observation").status_code == 405
