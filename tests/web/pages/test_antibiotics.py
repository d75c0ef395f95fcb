"""The page that asks for antibiotic options: its form, its refusals, and the proposal it leads to."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from tests.web.people import Clock, token

from cognoscope.apps.pharmacy import antibiotics
from cognoscope.core.actor import Role
from cognoscope.core.actor import person as actor
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.intake.knowledge.eucast import EUCAST
from cognoscope.intake.knowledge.store import open_knowledge
from cognoscope.web.antibiotics_form import FormRefused, question, typed
from cognoscope.web.app import create_app


def sample_cases() -> ModuleType:
    path = Path(__file__).parents[2] / "apps" / "pharmacy" / "antibiotics" / "cases.py"
    spec = importlib.util.spec_from_file_location("cases_for_the_antibiotics_page", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def web(home: Home, ledger: Ledger, clock: Clock, tmp_path: Path) -> Iterator[FastAPI]:
    """The application with antibiotics in service and the tiny EUCAST loaded."""
    cases = sample_cases()
    open_knowledge(home).keep(EUCAST, EUCAST.load(cases.write_eucast(tmp_path / "eucast")), clock())
    chief = actor("chief", Role.ADMINISTRATOR)
    for state in ("shadow", "advisory"):
        change_state(ledger, "pharmacy.antibiotics", state, chief, "validated by the committee", clock())  # type: ignore[arg-type]
    app = create_app(home, applications=(antibiotics.APPLICATION,), clock=clock)
    yield app
    app.state.services.close()


def ask(client: TestClient, **fields: str):  # type: ignore[no-untyped-def]
    fields["csrf_token"] = token(client.get("/antibiotics").text)
    return client.post("/antibiotics", data=fields)


def test_a_question_leads_to_its_proposal(person: Callable[..., TestClient]) -> None:
    client = person("dr.weber", Role.CLINICIAN)
    answer = ask(
        client,
        infection="bacteraemia",
        severity="moderate",
        germ="colibacille",
        results="AMX R\nCTX CMI 0,25",
        allergy="none",
    )
    assert answer.status_code == 303, answer.text
    shown = client.get(answer.headers["location"])
    assert shown.status_code == 200
    assert "Céfotaxime 2 g × 3/j" in shown.text
    assert "Résistance documentée" in shown.text
    assert "Cefotaxime 2 g × 3/day" in client.get(answer.headers["location"] + "?lang=en").text


def test_what_is_missing_is_asked(person: Callable[..., TestClient]) -> None:
    client = person("dr.weber", Role.CLINICIAN)
    answer = ask(client, infection="pneumonia-community")
    assert "À préciser, le plus utile d" in client.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choisissez une infection."),
        ({"infection": "bacteraemia", "germ": "Eschericha colli"}, "Escherichia coli"),
        ({"infection": "bacteraemia", "germ": "qqqqzzzz"}, "écrivez son nom latin"),
        ({"infection": "bacteraemia", "results": "AMX R"}, "sans son germe"),
        ({"infection": "bacteraemia", "germ": "E. coli", "results": "AMX peut-être"}, "par exemple"),
        ({"infection": "bacteraemia", "germ": "E. coli", "results": "XYZQ R"}, "pas reconnu"),
        ({"infection": "bacteraemia", "age_years": "400"}, "pas un nombre possible"),
        ({"infection": "bacteraemia", "egfr": "nan"}, "pas un nombre possible"),
        ({"infection": "not-one"}, "choix offerts"),
    ],
)
def test_a_wrong_form_gets_a_sentence(person: Callable[..., TestClient], fields: dict[str, str], said: str) -> None:
    answer = ask(person("dr.weber", Role.CLINICIAN), **fields)
    assert answer.status_code == 422
    assert said in answer.text.replace("&#39;", "'")


def test_it_does_not_answer_before_it_is_in_service(
    person: Callable[..., TestClient], ledger: Ledger, clock: Clock
) -> None:
    chief = actor("chief", Role.ADMINISTRATOR)
    change_state(ledger, "pharmacy.antibiotics", "suspended", chief, "under review", clock())
    answer = ask(person("dr.weber", Role.CLINICIAN), infection="bacteraemia")
    assert answer.status_code == 409 and "suspended" in answer.text


def test_only_those_who_prescribe_may_ask(person: Callable[..., TestClient]) -> None:
    assert person("mme.petit", Role.CODER).get("/antibiotics").status_code == 403


@given(
    st.dictionaries(
        st.sampled_from(
            ["infection", "germ", "results", "drugs", "age_years", "egfr", "allergy", "reaction", "sex", "pregnant"]
        ),
        st.text(max_size=40),
    )
)
def test_any_form_makes_a_question_or_is_refused(fields: dict[str, str]) -> None:
    form = typed(list(fields.items()))
    try:
        asked = question(form, "dr.weber", "2026-11-21T18:00:00")
    except (FormRefused, InvalidInput) as refused:
        assert str(refused)
    else:
        assert asked.subject.startswith("stay:ask-")
