"""What people do with cards becomes their reviews, once."""

from typing import Any

import pytest
from tests.exports.cds_hooks.chart_examples import call, request
from tests.exports.cds_hooks.client import Software
from tests.exports.cds_hooks.conftest import CHIEF
from tests.exports.cds_hooks.test_services import SELECT, SIGN, STATINS

from cognoscope.apps.pharmacy.interactions.app import APPLICATION
from cognoscope.core.actor import Actor, Role
from cognoscope.core.events import ReviewGiven
from cognoscope.core.lifecycle import change_state
from cognoscope.core.review import Review
from cognoscope.web.services import Services

WHEN = "2026-11-21T09:00:30Z"


def one_card(software: Software, **context: Any) -> dict[str, Any]:
    """A card for the invented prescriber."""
    (card,) = software.call(SIGN, call("order-sign", *STATINS, context=context)).json()["cards"]
    found: dict[str, Any] = card
    return found


def reviews(services: Services) -> list[tuple[Actor, Review]]:
    """Every review of the ledger with who gave it."""
    entries = services.ledger.entries(event="ReviewGiven")
    return [(entry.actor, entry.event.review) for entry in entries if isinstance(entry.event, ReviewGiven)]


def test_accepting_is_a_review_by_the_person_of_the_call(software: Software, services: Services) -> None:
    card = one_card(software)
    suggestion = {"id": card["suggestions"][0]["uuid"]}
    said = {"card": card["uuid"], "outcome": "accepted", "acceptedSuggestions": [suggestion], "outcomeTimestamp": WHEN}
    answer = software.feedback(SIGN, said)
    assert answer.status_code == 200
    assert answer.json() == {"feedback": [{"card": card["uuid"], "status": "recorded"}]}
    ((actor, review),) = reviews(services)
    assert (actor.kind, actor.role) == ("person", Role.CLINICIAN)
    assert actor.id.startswith("practitioner-")
    assert (review.verdict, review.reason) == ("accept", None)
    assert review.element is not None


@pytest.mark.parametrize(
    ("given", "reason", "comment"),
    [
        (None, "other", ""),
        ({"reason": {"code": "already-monitored", "system": "urn:x"}}, "already-monitored", ""),
        ({"reason": {"code": "dose-adapted"}, "userComment": "demi-dose"}, "dose-adapted", "demi-dose"),
        (
            {"reason": {"code": "own-1", "display": "Avis demandé"}, "userComment": "au CHU"},
            "other",
            "Avis demandé : au CHU",
        ),
        ({"userComment": "patient prévenu"}, "other", "patient prévenu"),
    ],
)
def test_overriding_keeps_the_reason(
    software: Software, services: Services, given: dict[str, Any] | None, reason: str, comment: str
) -> None:
    said = {"card": one_card(software)["uuid"], "outcome": "overridden", "outcomeTimestamp": WHEN}
    assert software.feedback(SIGN, said if given is None else {**said, "overrideReason": given}).status_code == 200
    ((_, review),) = reviews(services)
    assert (review.verdict, review.reason, review.comment) == ("overrule", reason, comment)


def test_the_same_feedback_again_changes_nothing_and_a_change_of_mind_does(
    software: Software, services: Services
) -> None:
    said = {"card": one_card(software)["uuid"], "outcome": "overridden", "outcomeTimestamp": WHEN}
    for status in ("recorded", "repeated"):
        assert software.feedback(SIGN, said).json()["feedback"][0]["status"] == status
    assert len(reviews(services)) == 1
    assert software.feedback(SIGN, said, said).json()["feedback"][1]["status"] == "repeated"
    software.feedback(SIGN, {**said, "outcome": "accepted"})
    assert [review.verdict for _, review in reviews(services)] == ["overrule", "accept"]


def test_two_prescribers_are_two_persons(software: Software, services: Services) -> None:
    for user in ("Practitioner/one", "Practitioner/two"):
        card = one_card(software, userId=user)
        software.feedback(SIGN, {"card": card["uuid"], "outcome": "accepted", "outcomeTimestamp": WHEN})
    assert len({actor.id for actor, _ in reviews(services)}) == 2


def test_unknown_cards_are_said_and_the_known_ones_recorded(software: Software, services: Services) -> None:
    card = one_card(software)["uuid"]
    known = {"card": card, "outcome": "accepted", "outcomeTimestamp": WHEN}
    unknown = {**known, "card": "4e0a3a1e-3283-4575-ab82-028d55fe2719"}
    assert software.feedback(SIGN, unknown).status_code == 404
    assert software.feedback(SELECT, known).status_code == 404
    assert reviews(services) == []
    answer = software.feedback(SIGN, unknown, known)
    assert [each["status"] for each in answer.json()["feedback"]] == ["unknown", "recorded"]


@pytest.mark.parametrize("when", ["1999-01-01T00:00:00Z", "2999-01-01T00:00:00Z"])
def test_a_clock_that_is_wrong_does_not_lose_a_decision(software: Software, services: Services, when: str) -> None:
    said = {"card": one_card(software)["uuid"], "outcome": "accepted", "outcomeTimestamp": when}
    assert software.feedback(SIGN, said).json()["feedback"][0]["status"] == "recorded"
    ((_, review),) = reviews(services)
    assert review.shown_at <= review.decided_at <= services.clock()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"feedback": {}},
        {"feedback": [{}]},
        {"feedback": [{"card": "x", "outcome": "ignored", "outcomeTimestamp": WHEN}]},
        {"feedback": [{"card": "x", "outcome": "accepted", "outcomeTimestamp": "yesterday"}]},
        {"feedback": [{"card": "x", "outcome": "accepted", "outcomeTimestamp": "2026-11-21T09:00:00"}]},
        {"feedback": [{"card": "x", "outcome": "accepted", "outcomeTimestamp": WHEN}] * 101},
        {"feedback": [{"card": "x", "outcome": "overridden", "outcomeTimestamp": WHEN, "overrideReason": "no"}]},
    ],
)
def test_malformed_feedback(software: Software, body: dict[str, Any]) -> None:
    path = f"/cds-services/{SIGN}/feedback"
    answer = software.browser.post(path, json=body, headers=software.headers(path))
    assert answer.status_code == 400
    assert answer.json()["message"].endswith(".")


def test_feedback_may_be_signed_for_the_service_itself(software: Software) -> None:
    card, path = one_card(software), f"/cds-services/{SIGN}"
    said = {"feedback": [{"card": card["uuid"], "outcome": "accepted", "outcomeTimestamp": WHEN}]}
    answer = software.browser.post(f"{path}/feedback", json=said, headers=software.headers(path))
    assert answer.status_code == 200


def test_feedback_is_taken_when_the_application_no_longer_runs(software: Software, services: Services) -> None:
    card = one_card(software)
    change_state(services.ledger, APPLICATION.name, "suspended", CHIEF, "Test", services.clock())
    said = {"card": card["uuid"], "outcome": "accepted", "outcomeTimestamp": WHEN}
    assert software.feedback(SIGN, said).status_code == 200


def test_an_alert_that_was_decided_is_not_sent_again_in_the_stay(software: Software) -> None:
    asked = call("order-sign", request("a", "Cardionel"), request("b", "Fluidan"))
    (card,) = software.call(SIGN, asked).json()["cards"]
    reason = {"reason": {"code": "already-monitored"}}
    said = {"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": WHEN, "overrideReason": reason}
    software.feedback(SIGN, said)
    software.services.clock.forward(minutes=10)  # type: ignore[attr-defined]
    again = call("order-sign", request("a", "Cardionel"), request("b", "Fluidan"))
    assert software.call(SIGN, again).json() == {"cards": []}
