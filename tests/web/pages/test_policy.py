"""The alert policy: who reads it, who changes it, simulation before anything, and the ledger's memory of it."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.apps.pharmacy.interactions import cases
from tests.apps.pharmacy.interactions.knowledge_examples import tiny
from tests.web.pages.conftest import Enter
from tests.web.people import Clock, post

from cognoscope.apps.pharmacy import interactions
from cognoscope.apps.pharmacy.interactions.case import build_case
from cognoscope.apps.pharmacy.interactions.policy import shipped_policy
from cognoscope.core.actor import Role, person, program
from cognoscope.core.events import PolicyChanged, ReviewGiven
from cognoscope.core.home import Home
from cognoscope.core.lifecycle import change_state
from cognoscope.core.review import Review
from cognoscope.core.running import run
from cognoscope.web.app import create_app

CHIEF = person("chief", Role.ADMINISTRATOR)
REVIEWER = person("lea", Role.CLINICIAN)


@pytest.fixture
def web(home: Home, clock: Clock) -> Iterator[FastAPI]:
    app = create_app(home, (interactions.APPLICATION,), clock)
    yield app
    app.state.services.close()


@pytest.fixture
def past(web: FastAPI) -> None:
    """Four prescriptions that the ledger keeps."""
    ledger, at = web.state.services.ledger, cases.AS_OF - timedelta(hours=1)
    for state in ("shadow", "advisory"):
        change_state(ledger, interactions.APPLICATION.name, state, CHIEF, "read", at)
    for number in range(4):
        asked = cases.patient(subject=f"stay:{number + 1}", egfr=90, allergies=())
        orders = cases.orders("Simvax", "Clarimyx", "Cardionel", "Spirotone", "Ramipax")
        case = build_case(asked, orders, tiny(), cases.AS_OF)
        run(interactions.APPLICATION, case, ledger, program("scheduler"), cases.AS_OF)


def fields(**changes: str) -> dict[str, str]:
    """What the form sends for the policy that ships."""
    policy = shipped_policy()
    sent = {"shown_at_most": "1", "once_per_stay": "1", "one_by_orders": "1", "drafts_first": "1"}
    sent |= {f"level_{level}": act for level, act in policy.levels.items()}
    sent |= {f"local_{level}": act for level, act in policy.local.items()}
    for each in policy.monitoring:
        sent |= {f"on_{each.analyte}": "1", f"hours_{each.analyte}": f"{each.within_hours:g}"}
        sent[f"low_{each.analyte}"] = "" if each.low is None else f"{each.low:g}"
        sent[f"high_{each.analyte}"] = "" if each.high is None else f"{each.high:g}"
    return sent | changes


def simulated(client: TestClient, **changes: str) -> str:
    """The page once the simulation is over: a slow machine shows first how far it is."""
    for _ in range(100):
        page = post(client, "/policy/simulate", **fields(**changes)).text
        if "Voir où elle en est" not in page:
            return page
    raise AssertionError("the simulation does not end")


def policy_in(page: str) -> str:
    found = re.search(r'name="policy" value="([^"]+)"', page)
    assert found, page
    return found[1].replace("&#34;", '"').replace("&quot;", '"').replace("&#39;", "'")


@pytest.mark.parametrize("role", [Role.CODER, Role.BED_MANAGER, Role.PATIENT])
def test_others_cannot_read_it(person: Enter, role: Role) -> None:
    assert person("autre", role).get("/policy").status_code == 403


def test_a_clinician_reads_and_cannot_change(person: Enter, web: FastAPI) -> None:
    reader = person("lea", Role.CLINICIAN)
    page = reader.get("/policy").text
    assert "Seul un pharmacien peut changer cette politique" in page and "disabled" in page
    answer = post(reader, "/policy", policy=shipped_policy().canonical().decode(), reason="essai")
    assert answer.status_code == 403
    assert not web.state.services.ledger.entries(event="PolicyChanged")


def test_simulating_shows_what_would_change_and_changes_nothing(person: Enter, web: FastAPI, past: None) -> None:
    pharmacist = person("paul", Role.PHARMACIST)
    page = simulated(pharmacist, level_discouraged="suppress")
    assert "Aucune contre-indication n&#39;est cachée" in page or "Aucune contre-indication n'est cachée" in page
    assert "Ce qui changerait : 4 alertes" in page, "the discouraged pair of each of the four prescriptions"
    assert "<svg" in page and "Mettre en vigueur" in page
    assert not web.state.services.ledger.entries(event="PolicyChanged")


def test_put_in_force_with_a_reason_then_used_by_the_next_run(person: Enter, web: FastAPI, past: None) -> None:
    pharmacist = person("paul", Role.PHARMACIST)
    tried = simulated(pharmacist, level_discouraged="suppress")
    without = post(pharmacist, "/policy", policy=policy_in(tried), reason="  ")
    assert without.status_code == 422 and "Dites en quelques mots" in without.text
    assert post(pharmacist, "/policy", policy=policy_in(tried), reason="Trop d'alertes").status_code == 303
    (entry,) = web.state.services.ledger.entries(event="PolicyChanged")
    assert isinstance(entry.event, PolicyChanged)
    assert (entry.actor.id, entry.event.reason) == ("paul", "Trop d'alertes")
    assert json.loads(entry.event.policy)["levels"]["discouraged"] == "suppress"
    page = pharmacist.get("/policy").text
    assert "En vigueur depuis" in page and "Trop d&#39;alertes" in page
    case = build_case(cases.patient(egfr=90, allergies=()), cases.orders("Cardionel", "Clarimyx"), tiny(), cases.AS_OF)
    (proposal,) = run(interactions.APPLICATION, case, web.state.services.ledger, program("scheduler"), cases.AS_OF)
    assert proposal.value is not None
    fates = {finding.key: finding.group for finding in proposal.value.findings if finding.key.startswith("pair-")}
    assert fates == {"pair-amiodarone_clarithromycine-5": "suppressed"}


def test_a_policy_that_hides_a_contraindication_is_refused(person: Enter, web: FastAPI) -> None:
    pharmacist = person("paul", Role.PHARMACIST)
    unsafe = shipped_policy().plain()
    unsafe["levels"]["contraindicated"] = "fold"
    answer = post(pharmacist, "/policy", policy=json.dumps(unsafe), reason="essai")
    assert answer.status_code == 422 and not web.state.services.ledger.entries(event="PolicyChanged")
    page = simulated(pharmacist, level_contraindicated="suppress")
    assert '"contraindicated":"show"' in policy_in(page)


@pytest.mark.parametrize(
    "wrong", [{"shown_at_most": "0"}, {"shown_at_most": "x"}, {"hours_inr": ""}, {"level_precaution": "?"}]
)
def test_a_form_with_a_wrong_value_is_refused_with_a_sentence(person: Enter, wrong: dict[str, str]) -> None:
    answer = post(person("paul", Role.PHARMACIST), "/policy/simulate", **fields(**wrong))
    assert answer.status_code == 422 and "Rien n&#39;a changé" in answer.text


def test_without_past_prescriptions_it_says_so(person: Enter) -> None:
    page = simulated(person("paul", Role.PHARMACIST))
    assert "Aucune prescription passée" in page


def test_an_offered_habit_is_switched_on_by_hand_and_offered_no_more(person: Enter, web: FastAPI, past: None) -> None:
    ledger, at = web.state.services.ledger, cases.AS_OF + timedelta(minutes=5)
    for number in range(10, 22):
        asked = cases.patient(subject=f"stay:{number}", egfr=90, allergies=())
        case = build_case(asked, cases.orders("Cardionel", "Clarimyx"), tiny(), cases.AS_OF)
        (proposal,) = run(interactions.APPLICATION, case, ledger, program("scheduler"), cases.AS_OF)
        review = Review(
            proposal=proposal.digest,
            element="pair-amiodarone_clarithromycine-5",
            verdict="overrule",
            reason="known-tolerated",
            shown_at=at,
            decided_at=at,
        )
        ledger.append(ReviewGiven(review=review), REVIEWER, at)
    pharmacist = person("paul", Role.PHARMACIST)
    assert "écartée 12 fois sur 12" in pharmacist.get("/policy").text
    tried = simulated(pharmacist, offer_0="1")
    assert '"rule":"ansm:amiodarone~clarithromycine"' in policy_in(tried)
    post(pharmacist, "/policy", policy=policy_in(tried), reason="Habitude du service")
    page = pharmacist.get("/policy").text
    assert "écartée 12 fois" not in page and "ansm:amiodarone~clarithromycine" in page
    assert "Rien ne changerait" in simulated(pharmacist, habit_0="1")
