"""Calls answered by the real application on a tiny knowledge: cards, silence, the ledger, and no identity anywhere."""

import json
import sqlite3
from typing import Any

import pytest
from tests.exports.cds_hooks import chart_examples as chart
from tests.exports.cds_hooks import specification
from tests.exports.cds_hooks.chart_examples import bundle, call, request
from tests.exports.cds_hooks.client import Software
from tests.exports.cds_hooks.conftest import CHIEF

from cognoscope.apps.pharmacy.interactions.app import APPLICATION
from cognoscope.core.events import ProposalMade
from cognoscope.core.home import Home
from cognoscope.core.lifecycle import change_state
from cognoscope.core.values import TextValue
from cognoscope.web.services import Services

SIGN, SELECT, VIEW = "cognoscope-order-sign", "cognoscope-order-select", "cognoscope-patient-view"
STATINS = (request("a", "Clarimyx 500 mg"), request("b", "Simvax 20 mg"))
"""Clarithromycin with simvastatin: a contraindication."""


def cards(software: Software, service: str, body: dict[str, Any], **headers: str) -> list[dict[str, Any]]:
    """The cards of an answer that keeps to the specification."""
    answer = software.call(service, body, **headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    specification.answer(answer.json())
    found: list[dict[str, Any]] = answer.json()["cards"]
    return found


def proposals(services: Services) -> list[ProposalMade]:
    """What the ledger holds of the application."""
    events = [entry.event for entry in services.ledger.entries(event="ProposalMade")]
    return [event for event in events if isinstance(event, ProposalMade)]


def test_discovery_keeps_to_the_specification(software: Software) -> None:
    specification.discovery(software.discover().json())


def test_a_contraindication_is_a_critical_card(software: Software) -> None:
    (card,) = cards(software, SIGN, call("order-sign", *STATINS))
    assert card["indicator"] == "critical"
    assert card["summary"].startswith("Contre-indication : ")
    assert "SIMVAX" in card["summary"].upper()
    assert "rhabdomyolyse" in card["detail"]
    assert "2026_01" in card["source"]["label"]
    assert {reason["code"] for reason in card["overrideReasons"]} == {one.code for one in APPLICATION.card.reasons}
    assert [suggestion.keys() & {"actions"} for suggestion in card["suggestions"]] == [set()]
    assert card["links"][0]["url"].startswith("http://testserver/proposals/")


def test_a_precaution_is_a_warning_and_the_present_treatment_counts(software: Software) -> None:
    present = {"medications": bundle(request("x", code=(chart.CIS, "60000002"), status="active"))}
    (card,) = cards(software, SIGN, call("order-sign", request("a", "Cardionel 200"), prefetch=present))
    assert card["indicator"] == "warning"
    assert "INR" in card["detail"]


def test_an_alert_is_shown_once_in_a_stay_and_its_silence_is_recorded(software: Software, services: Services) -> None:
    present = {"medications": bundle(request("x", code=(chart.CIS, "60000002"), status="active"))}
    first = call("order-sign", request("a", "Cardionel 200"), prefetch=present)
    assert len(cards(software, SIGN, first)) == 1
    later = first | {"hookInstance": "22222222-2222-4222-8222-222222222222"}
    assert cards(software, SIGN, later) == []
    last = proposals(services)[-1].proposal.value
    assert isinstance(last, TextValue)
    (silent,) = [one for one in last.findings if one.group == "suppressed"]
    assert "seen" in silent.qualifiers or silent.reason is not None


def test_a_contraindication_is_shown_again(software: Software) -> None:
    first = call("order-sign", *STATINS)
    later = first | {"hookInstance": "33333333-3333-4333-8333-333333333333"}
    assert len(cards(software, SIGN, first)) == len(cards(software, SIGN, later)) == 1


def test_nothing_worth_saying_is_an_empty_list(software: Software, services: Services) -> None:
    for service, body in (
        (SIGN, call("order-sign", request("a", "Doloprane"))),
        (SELECT, call("order-select", request("a", "Doloprane"))),
        (VIEW, call("patient-view", prefetch={"medications": bundle(request("a", "Doloprane", status="active"))})),
    ):
        assert software.call(service, body).json() == {"cards": []}
    assert len(proposals(services)) == 2  # choosing and signing the same drug is one question


def test_a_patient_without_drugs_is_answered_with_silence(software: Software) -> None:
    assert software.call(VIEW, call("patient-view")).json() == {"cards": []}
    assert software.call(SIGN, call("order-sign")).json() == {"cards": []}


def test_opening_the_chart_shows_what_is_wrong_there(software: Software) -> None:
    present = {"medications": bundle(*({**one, "status": "active"} for one in STATINS))}
    (card,) = cards(software, VIEW, call("patient-view", prefetch=present))
    assert card["indicator"] == "critical"


def test_cards_speak_english_when_asked(software: Software) -> None:
    (card,) = cards(software, SIGN, call("order-sign", *STATINS), **{"Accept-Language": "en-GB,en"})
    assert card["summary"].startswith("Contraindicated")
    assert card["suggestions"][0]["label"] == "I take it into account"


def test_a_name_that_is_not_understood_is_told_at_signing_only(software: Software) -> None:
    odd = request("a", "Wxyzine"), request("b", "Doloprane")
    (card,) = cards(software, SIGN, call("order-sign", *odd))
    assert (card["indicator"], "Wxyzine" in card["summary"]) == ("info", True)
    assert cards(software, SELECT, call("order-select", *odd)) == []
    (alone,) = cards(software, SIGN, call("order-sign", odd[0]))
    assert alone["indicator"] == "info"


def test_what_was_not_sent_is_said_beside_an_alert(software: Software) -> None:
    body = call("order-sign", *STATINS)
    del body["prefetch"]["medications"], body["prefetch"]["allergies"]
    (card,) = cards(software, SIGN, body)
    assert "Non transmis" in card["detail"]
    assert "les traitements en cours, les allergies" in card["detail"]


def test_the_same_call_again_gives_the_same_card(software: Software, services: Services) -> None:
    body = call("order-sign", *STATINS)
    assert cards(software, SIGN, body) == cards(software, SIGN, body)
    assert len(proposals(services)) == 1


def test_everything_is_in_the_ledger_and_nobody_is_named_anywhere(
    software: Software, services: Services, home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    named = request("a", f"Clarimyx 500 mg {chart.NAMES[0]}", note=[{"text": f"pour {chart.NAMES[1]}"}])
    answer = software.call(SIGN, call("order-sign", named, STATINS[1]))
    (card,) = answer.json()["cards"]
    software.feedback(SIGN, {"card": card["uuid"], "outcome": "accepted", "outcomeTimestamp": "2026-11-21T09:01:00Z"})
    software.call(SIGN, call("order-sign", named, prefetch={"patient": chart.patient(id="other")}))
    names = [entry.event.event for entry in services.ledger.entries()]
    assert names[-3:] == ["CaseOpened", "ProposalMade", "ReviewGiven"]
    made = services.ledger.entries(event="ProposalMade")[0]
    assert made.actor.id == "client.prescriptions"
    assert services.ledger.verify().intact
    kept = services.ledger.case(proposals(services)[0].proposal.case_digest).canonical().decode()
    with sqlite3.connect(home.path / "ledger.sqlite") as database:
        written = "\n".join(line for line in database.iterdump() if "cases" not in line[:40])
    for identity in (*chart.NAMES, chart.PATIENT, chart.ENCOUNTER, "dr-de-la-tourette"):
        for place in (kept, written, answer.text, caplog.text):
            assert identity.casefold() not in place.casefold()


def test_in_the_shadow_it_runs_and_shows_nothing(software: Software, services: Services) -> None:
    change_state(services.ledger, APPLICATION.name, "shadow", CHIEF, "Test", services.clock())
    assert software.call(SIGN, call("order-sign", *STATINS)).json() == {"cards": []}
    (made,) = proposals(services)
    assert made.state == "shadow"


def test_suspended_it_does_not_run_and_the_token_is_used_all_the_same(software: Software, services: Services) -> None:
    change_state(services.ledger, APPLICATION.name, "suspended", CHIEF, "Test", services.clock())
    path = f"/cds-services/{SIGN}"
    headers = {**software.headers(path), "Content-Type": "application/json"}
    content = json.dumps(call("order-sign", *STATINS))
    assert software.browser.post(path, content=content, headers=headers).json() == {"cards": []}
    assert software.browser.post(path, content=content, headers=headers).status_code == 401
    assert proposals(services) == []


def test_a_patient_who_looks_is_shown_no_card(software: Software) -> None:
    body = call("order-sign", *STATINS, context={"userId": f"Patient/{chart.PATIENT}"})
    assert software.call(SIGN, body).json() == {"cards": []}


def test_without_the_thesaurus_signing_says_so(software: Software, services: Services) -> None:
    (services.home.knowledge / "ansm-thesaurus" / "current.json").unlink(missing_ok=True)
    for path in services.home.knowledge.glob("ansm*/current.json"):
        path.unlink()
    (card,) = cards(software, SIGN, call("order-sign", *STATINS))
    assert card["indicator"] == "info"
    assert "thésaurus" in card["summary"]
    assert cards(software, SELECT, call("order-select", *STATINS)) == []


@pytest.mark.parametrize(
    ("service", "body", "status"),
    [
        ("nothing", call("order-sign", *STATINS), 404),
        (SIGN, call("patient-view"), 400),
        (SIGN, b"{", 400),
        (SIGN, b'{"hook": "' + b"x" * (2 * 1024 * 1024) + b'"}', 413),
        (SIGN, call("order-sign", *STATINS, prefetch={"patient": {"resourceType": "Group"}}), 400),
    ],
)
def test_refusals_are_sentences_and_record_nothing(
    software: Software, services: Services, service: str, body: Any, status: int
) -> None:
    before = services.ledger.head()
    answer = software.call(service, body)
    assert answer.status_code == status
    assert answer.json()["message"].endswith(".")
    assert services.ledger.head() == before


def test_other_media_and_methods(software: Software) -> None:
    path = f"/cds-services/{SIGN}"
    assert software.browser.post(path, content="hook=x", headers=software.headers(path)).status_code == 415
    assert software.browser.put(path, headers=software.headers(path)).status_code == 405


def test_a_missing_prefetch_is_a_failed_precondition(software: Software) -> None:
    body = call("order-sign", request("a", "Cardionel"))
    del body["prefetch"]["medications"]
    answer = software.call(SIGN, body)
    assert answer.status_code == 412
    assert "`medications`" in answer.json()["message"]
