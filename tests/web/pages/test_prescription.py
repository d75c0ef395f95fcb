"""The prescription page: what is understood, the one alert, the decision; for those who may, and without JavaScript."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.apps.pharmacy.interactions.knowledge_examples import load_into, write
from tests.web.people import Clock, post, token

from cognoscope.apps.pharmacy.interactions.app import APPLICATION
from cognoscope.core.actor import Role
from cognoscope.core.actor import person as somebody
from cognoscope.core.events import ReviewGiven
from cognoscope.core.home import Home
from cognoscope.core.lifecycle import change_state
from cognoscope.intake import keys
from cognoscope.web.app import create_app
from cognoscope.web.prescription_form import FormRefused, Typed, question, typed
from cognoscope.web.services import Services

STATINS = "Clarimyx 500 mg, 1 matin et soir\nSimvax 20 mg"
CHIEF = somebody("chief", Role.PHARMACIST)


@pytest.fixture
def web(home: Home, clock: Clock, tmp_path: Path) -> Iterator[FastAPI]:
    """The application with the interactions in service, on a tiny knowledge."""
    keys.create(home)
    folder = tmp_path / "sources"
    folder.mkdir()
    load_into(home.knowledge, write(folder))
    app = create_app(home, (APPLICATION,), clock)
    for state in ("shadow", "advisory"):
        change_state(app.state.services.ledger, APPLICATION.name, state, CHIEF, "Test", clock())
    yield app
    app.state.services.close()


@pytest.fixture
def doctor(person: Callable[..., TestClient]) -> TestClient:
    """A signed-in prescriber."""
    return person("doctor", Role.CLINICIAN)


def check(client: TestClient, **fields: str) -> tuple[str, str]:
    """Send the form; the address of the answer and its page."""
    sent = post(client, "/prescription", **fields)
    assert sent.status_code == 303, sent.text
    address = sent.headers["location"].partition("#")[0]
    return address, client.get(address).text


def test_the_alert_comes_first_and_says_why_and_from_where(doctor: TestClient) -> None:
    _, page = check(doctor, drafts=STATINS, current="Cardionel\nSpirotone\nRamipax", age="82", sex="f")
    assert page.index("Contre-indication") < page.index("Prescrit maintenant")
    assert "rhabdomyolyse" in page
    assert "2026_01" in page
    assert "À savoir, sans urgence" in page
    assert "1 matin et soir" in page
    assert 'value="82"' in page


def test_what_is_folded_says_why(doctor: TestClient) -> None:
    _, page = check(doctor, drafts=STATINS, current="Cardionel\nFluidan")
    assert "Une alerte plus forte est montrée." in page


def test_nothing_to_say(doctor: TestClient) -> None:
    _, page = check(doctor, drafts="Doloprane")
    assert "Rien ne demande votre attention maintenant." in page


def test_accepting_and_setting_aside_in_one_click(doctor: TestClient, services: Services) -> None:
    address, page = check(doctor, drafts=STATINS)
    digest = address.partition("=")[2]
    accept = re.search(r'value="(accept\|[^"]+\|)"', page)
    aside = re.search(r'value="(overrule\|[^"]+\|already-monitored)"', page)
    assert accept and aside
    for choice, said in ((accept.group(1), "Acceptée"), (aside.group(1), "Déjà surveillé")):
        page = doctor.get(address).text
        shown = re.search(r'name="shown" value="([^"]+)"', page)
        assert shown
        form = {"choice": choice, "shown": shown.group(1), "csrf_token": token(page)}
        answer = doctor.post(f"/prescription/{digest}/reviews", data=form)
        assert answer.status_code == 303, answer.text
        assert said.casefold()[:7] in doctor.get(address).text.casefold()
    events = [entry.event for entry in services.ledger.entries(event="ReviewGiven", actor="doctor")]
    assert [event.review.verdict for event in events if isinstance(event, ReviewGiven)] == ["accept", "overrule"]


def test_a_decision_on_a_page_that_was_not_shown_is_refused(doctor: TestClient, services: Services) -> None:
    address, page = check(doctor, drafts=STATINS)
    digest = address.partition("=")[2]
    accept = re.search(r'value="(accept\|[^"]+\|)"', page)
    assert accept
    answer = post(doctor, f"/prescription/{digest}/reviews", choice=accept.group(1), shown="forged")
    assert answer.status_code == 409
    assert services.ledger.entries(event="ReviewGiven") == []


def test_lines_are_understood_while_typing(doctor: TestClient, services: Services) -> None:
    before = services.ledger.head()
    part = post(doctor, "/prescription/lines", drafts="Simvaxx 20\nWxyzine\nLuminax\nVieuxcor\nFLUIDAN").text
    assert "<html" not in part
    assert "simvastatine" in part
    assert "fluindione" in part
    for status in ("corrected", "unknown", "ambiguous", "withdrawn", "exact"):
        assert f"cg-rx-{status}" in part
    assert 'name="replace"' in part
    assert services.ledger.head() == before


def test_an_ambiguous_name_asks_and_the_choice_is_taken(doctor: TestClient) -> None:
    _, page = check(doctor, drafts="Luminax, 1 le soir\nDoloprane")
    assert "lequel ?" in page
    choices = re.findall(r'name="replace" value="([^"]+)"', page)
    assert len(choices) == 2
    _, page = check(doctor, drafts="Luminax, 1 le soir\nDoloprane", replace=choices[0])
    assert "lequel ?" not in page
    assert "1 le soir" in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "au moins un médicament"),
        ({"drafts": "\n , \n"}, "au moins un médicament"),
        ({"drafts": "Simvax", "age": "abc"}, "l&#39;âge"),
        ({"drafts": "Simvax", "age": "400"}, "l&#39;âge"),
        ({"drafts": "Simvax", "egfr": "-3"}, "débit de filtration"),
        ({"drafts": "Simvax", "conditions": "coeur"}, "CIM-10"),
        ({"drafts": "Simvax\n" * 61}, "Plus de 60 lignes"),
    ],
)
def test_what_cannot_be_checked_says_why_and_keeps_what_was_typed(
    doctor: TestClient, services: Services, fields: dict[str, str], sentence: str
) -> None:
    before = services.ledger.head()
    answer = post(doctor, "/prescription", **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert all(value.strip("\n ,")[:5] in answer.text for value in fields.values())
    assert services.ledger.head() == before


def test_an_enormous_form_and_markup_are_harmless(doctor: TestClient) -> None:
    _, page = check(doctor, drafts="<script>alert(1)</script>\nSimvax", allergies="<b>iode</b>")
    assert "<script>alert(1)" not in page
    assert "<b>iode" not in page
    assert post(doctor, "/prescription", drafts="x" * 1_000_000).status_code == 303


def test_a_stay_shows_its_last_check_and_an_unknown_one_says_so(doctor: TestClient) -> None:
    assert "Aucune ordonnance de ce séjour" in doctor.get("/prescription?stay=123").text
    assert doctor.get("/prescription?stay=../x").status_code == 422
    assert doctor.get(f"/prescription?checked={'0' * 64}").status_code == 404


def test_two_checks_of_one_person_are_about_two_subjects(doctor: TestClient, services: Services, clock: Clock) -> None:
    check(doctor, drafts=STATINS)
    clock.forward(minutes=1)
    check(doctor, drafts=STATINS)
    rows = services.ledger.rows(event="ProposalMade")
    assert len({row["subject"] for row in rows}) == 2


def test_out_of_service_nothing_is_checked(doctor: TestClient, services: Services, clock: Clock) -> None:
    change_state(services.ledger, APPLICATION.name, "shadow", CHIEF, "Test", clock())
    answer = post(doctor, "/prescription", drafts=STATINS)
    assert answer.status_code == 409
    assert services.ledger.entries(event="ProposalMade") == []
    assert "en observation" in doctor.get("/prescription").text


def test_without_the_public_database_the_page_says_what_is_missing(doctor: TestClient, services: Services) -> None:
    (services.home.knowledge / "bdpm" / "current.json").unlink()
    assert "n&#39;est pas chargée" in doctor.get("/prescription?drafts=Simvax").text
    _, page = check(doctor, drafts="Simvax")
    assert "cognoscope terminology load bdpm" in page


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CODER, Role.PATIENT, Role.ADMINISTRATOR])
def test_others_may_not(person: Callable[..., TestClient], role: Role) -> None:
    client = person("other", role)
    assert client.get("/prescription").status_code == 403
    assert post(client, "/prescription", drafts="Simvax").status_code == 403
    assert post(client, "/prescription/lines", drafts="Simvax").status_code == 403


def test_a_look_at_a_check_is_noted(doctor: TestClient, services: Services) -> None:
    check(doctor, drafts=STATINS)
    assert [look.what for look in services.access_log.entries(actor="doctor", what="prescription")] == ["prescription"]


@given(
    st.dictionaries(
        st.sampled_from(["drafts", "current", "age", "egfr", "allergies", "conditions"]), st.text(max_size=60)
    )
)
def test_no_form_whatever_makes_it_stumble(fields: dict[str, str]) -> None:
    form = typed(list(fields.items()))
    try:
        patient, orders = question(form, "stay:check-1")
    except FormRefused:
        return
    assert orders
    assert patient.subject == "stay:check-1"


def test_a_chosen_name_takes_the_place_of_its_line_only() -> None:
    form = Typed({"drafts": "A, 1 le soir\n\nB - 2", "current": "C"}).replaced("drafts", 1, "Z")
    assert form["drafts"] == "A, 1 le soir\nZ, 2"
    assert form["current"] == "C"
