"""Declaring a reaction: the live reading, sending with and without a script, what is kept, who may, what is refused."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.apps.pharmacy.reactions.cases import write_knowledge
from tests.web.pages.conftest import Enter
from tests.web.people import START, Clock, post, token

from cognoscope.apps.pharmacy.reactions import APPLICATION
from cognoscope.core.actor import Role
from cognoscope.core.actor import person as actor
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.queries import waiting
from cognoscope.intake import keys
from cognoscope.intake.knowledge.bdpm import BDPM
from cognoscope.intake.knowledge.ctcae import CTCAE
from cognoscope.intake.knowledge.store import open_knowledge
from cognoscope.web.app import create_app
from cognoscope.web.declaration_sending import PER_HOUR
from cognoscope.web.pages import declaration

TEXT = (
    "J'ai pris un ibuprofène et une heure après mes lèvres ont gonflé. Pas de fièvre. J'ai été hospitalisé deux jours."
)
HOSTILE = "<script>alert('x')</script>"


@pytest.fixture
def web(home: Home, clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The application in service, with a few invented medicines and terms loaded."""
    data = write_knowledge(tmp_path_factory.mktemp("knowledge")) / "drugs"
    knowledge = open_knowledge(home)
    knowledge.keep(BDPM, BDPM.load(data / "bdpm" / "2026-04"), START)
    knowledge.keep(CTCAE, CTCAE.load(data / "ctcae-v5"), START)
    keys.create(home)
    with Ledger.open(home.ledger_url) as ledger:
        chief = actor("chief", Role.ADMINISTRATOR)
        for state in ("shadow", "advisory"):
            change_state(ledger, APPLICATION.name, state, chief, "local evaluation read", START)
    declaration.COUNTER.sent.clear()
    app = create_app(home, (APPLICATION,), clock)
    yield app
    app.state.services.close()


@pytest.fixture
def patient(person: Enter) -> TestClient:
    return person("ana", Role.PATIENT)


def live(client: TestClient, **fields: str) -> str:
    """What the page shows while somebody types."""
    answer = client.post(
        "/declare/reading",
        data={"csrf_token": token(client.get("/profile").text), **fields},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200, answer.text
    return answer.text


def entries(services_app: FastAPI) -> int:
    return int(services_app.state.services.newest())


def test_a_patient_sees_what_is_understood_in_plain_words(patient: TestClient) -> None:
    shown = live(patient, text=TEXT)
    assert "IBUPROFENE" in shown.upper()
    assert "Gonflement du visage" in shown and "Hospitalisation" in shown
    assert re.search(r"<mark[^>]*>lèvres ont gonflé</mark>", shown)
    assert "nié" in shown and "10014222" not in shown and "CTCAE" not in shown


def test_a_clinician_sees_codes(person: Enter) -> None:
    assert "CTCAE 10014222" in live(person("sam", Role.CLINICIAN), text=TEXT)


def test_the_next_question_is_one(patient: TestClient) -> None:
    shown = live(patient, text="Depuis que je prends de l'amoxicilline j'ai des plaques rouges.")
    assert shown.count('id="next-question"') == 1
    assert "Quand avez-vous commencé ce médicament" in shown and 'for="started"' in shown
    answered = live(
        patient, text="Depuis que je prends de l'amoxicilline j'ai des plaques rouges.", started="2026-11-01"
    )
    assert "Quand avez-vous commencé ce médicament" not in answered


def test_typing_keeps_nothing(patient: TestClient, web: FastAPI) -> None:
    before = entries(web)
    live(patient, text=TEXT)
    assert (
        patient.post(
            "/declare", data={"csrf_token": token(patient.get("/declare").text), "text": TEXT, "choice": "read"}
        ).status_code
        == 200
    )
    assert entries(web) == before


def test_what_is_typed_is_never_markup(patient: TestClient) -> None:
    shown = live(patient, text=f"{HOSTILE} {TEXT}")
    assert "<script>alert" not in shown and "&lt;script&gt;" in shown


@pytest.mark.parametrize(
    "fields",
    [{"text": ""}, {"text": "x" * 21_000}, {"text": TEXT, "age": "abc"}, {"text": TEXT, "started": "2031-01-01"}],
)
def test_a_form_that_cannot_be_used_says_so_and_keeps_what_was_typed(
    patient: TestClient, web: FastAPI, fields: dict[str, str]
) -> None:
    before = entries(web)
    answer = post(patient, "/declare", **fields)
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert entries(web) == before


def test_a_form_larger_than_any_declaration_is_refused(patient: TestClient) -> None:
    assert post(patient, "/declare/reading", text="x" * 300_000).status_code == 413


@pytest.mark.parametrize("role", [Role.BED_MANAGER, Role.CODER, Role.ADMINISTRATOR])
def test_others_do_not_declare(person: Enter, role: Role) -> None:
    assert person("eve", role).get("/declare").status_code == 403


def test_sending_gives_a_number_and_reaches_the_pharmacist(patient: TestClient, person: Enter, web: FastAPI) -> None:
    pytest.importorskip("onnxruntime", reason="taking identities out needs the extra text")
    answer = post(patient, "/declare", text=f"{TEXT} Signé Ana.", choice="send", age="41")
    assert answer.status_code == 303, answer.text
    number = answer.headers["location"].removeprefix("/declare/")
    assert re.fullmatch(r"EI-[2-9A-Z]{4}-[2-9A-Z]{4}", number)
    assert number in patient.get(answer.headers["location"]).text
    services = web.state.services
    (line,) = [one for one in waiting(services.ledger, START) if one.application == APPLICATION.name]
    assert line.subject == f"report:{number}"
    shown = person("phil", Role.PHARMACIST).get(f"/proposals/{line.digest}").text
    assert "Gonflement du visage" in shown and "41" in shown and "Signé Ana" not in shown


def test_too_many_in_an_hour_wait(patient: TestClient, clock: Clock) -> None:
    for _ in range(PER_HOUR):
        declaration.COUNTER.count("ana", clock())
    refused = post(patient, "/declare", text=TEXT)
    assert (
        refused.status_code == 409
        and "beaucoup de déclarations" in refused.text
        and "lèvres ont gonflé" in refused.text
    )
    clock.forward(minutes=61)
    assert not declaration.COUNTER.full("ana", clock())


def test_closed_while_on_trial(patient: TestClient, web: FastAPI) -> None:
    chief = actor("chief", Role.ADMINISTRATOR)
    change_state(web.state.services.ledger, APPLICATION.name, "suspended", chief, "a test", START)
    assert "signalement.social-sante.gouv.fr" in patient.get("/declare").text
    before = entries(web)
    assert post(patient, "/declare", text=TEXT).status_code == 409
    assert entries(web) == before


def test_in_english(patient: TestClient) -> None:
    page = patient.get("/declare?lang=en").text
    assert "What happened?" in page and "Send to the pharmacist" in page
