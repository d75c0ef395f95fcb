"""Cohorts: the form, what is saved and by whom, what is shown in numbers, two side by side."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.web import records
from tests.web.pages.conftest import Enter
from tests.web.pages.test_document import READERS
from tests.web.people import START, TEST, Clock, post

from cognoscope.core.actor import Role
from cognoscope.core.home import Home
from cognoscope.intake.cohorts import AllOf, Cohort, Event, Mentioned, Not, Sex, TextFound
from cognoscope.intake.cohorts_counts import Count
from cognoscope.intake.cohorts_saved import latest, saved
from cognoscope.intake.optout import change
from cognoscope.web.app import create_app
from cognoscope.web.cohort_chart import months
from cognoscope.web.cohort_form import FormRefused, Typed, definition, slug
from cognoscope.web.cohort_words import in_words

TODAY = date(2026, 11, 21)


@pytest.fixture
def web(home: Home, clock: Clock) -> Iterator[FastAPI]:
    records.fill_warehouse(home, crowded=True)
    app = create_app(home, (records.application(),), clock)
    yield app
    app.state.services.close()


@pytest.fixture
def coder(person: Enter) -> TestClient:
    return person("camille", Role.CODER)


def kept(web: FastAPI) -> list[Cohort]:
    return [one.cohort for one in saved(web.state.services.ledger)]


def test_the_form_counts_then_saves_the_question_and_not_the_persons(coder: TestClient, web: FastAPI) -> None:
    page = coder.get("/cohorts/new?condition=diabetes&atc=A10BA*").text
    assert "21 personnes" in page
    assert "Lu dans les documents : diabète" in page
    assert kept(web) == []
    answer = post(coder, "/cohorts/new", name="Diabète & metformine", condition="diabetes", atc="A10BA*")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cohorts/diabete-metformine")
    (cohort,) = kept(web)
    assert isinstance(cohort.criterion, AllOf)
    page = coder.get("/cohorts/diabete-metformine").text
    assert "Enregistrée par camille" in page
    assert "21 personnes" in page
    assert "cognoscope cohort export diabete-metformine" in page
    (entry,) = web.state.services.ledger.entries(event="CohortSaved")
    assert "a" * 32 not in entry.event.definition


def test_without_our_token_or_a_name_nothing_is_saved(coder: TestClient, web: FastAPI) -> None:
    assert coder.post("/cohorts/new", data={"name": "x", "condition": "diabetes"}).status_code == 403
    for fields, words in (
        ({"condition": "diabetes"}, "Donnez-lui un nom"),
        ({"name": "new", "condition": "diabetes"}, "Donnez un nom"),
        ({"name": "!!!", "condition": "diabetes"}, "Donnez un nom"),
        ({"name": "x"}, "Dites au moins une chose"),
    ):
        answer = post(coder, "/cohorts/new", **fields)
        assert answer.status_code == 422
        assert words in answer.text
    assert kept(web) == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("atc=%3Cscript%3E", "n&#39;est pas un code"),
        ("condition=diabetes&since=2026-02-30", "n&#39;est pas une date"),
        ("condition=diabetes&since=2026-02-01&until=2026-01-01", "Le début est après la fin"),
        ("measure=creatinine&low=12,5&high=3", "borne basse"),
        ("measure=creatinine&low=beaucoup", "n&#39;est pas un nombre"),
        ("measure=creatinine&low=nan", "n&#39;est pas un nombre"),
        ("age_from=900", "n&#39;est pas un nombre"),
        ("age_from=50&age_to=40", "Le début est après la fin"),
        ("name=x&text=%3Cscript%3Ealert(1)%3C/script%3E&atc=%22%3E", "n&#39;est pas un code"),
    ],
)
def test_what_cannot_be_understood_is_said(coder: TestClient, query: str, words: str) -> None:
    answer = coder.get(f"/cohorts/new?{query}")
    assert answer.status_code == 422
    assert words in answer.text
    assert "<script>alert" not in answer.text


def test_every_field_of_the_form_has_its_place_in_the_definition() -> None:
    fields = {
        "condition": "diabetes,copd",
        "cim10": "e11.9, I50*",
        "atc": "A10BA02",
        "without": "A10A*",
        "measure": "creatinine",
        "low": "12,5",
        "high": "300",
        "text": "œdème",
        "since": "2025-01-01",
        "until": "2025-12-31",
        "sex": "female",
        "age_from": "18",
        "age_to": "64",
        "name": "Tout",
    }
    cohort = definition(Typed(fields), TODAY)
    assert cohort.name == "tout"
    assert Cohort.from_json(cohort.canonical()) == cohort
    said = in_words(cohort.criterion, "fr")
    assert len(said.below) == 8
    flat = str(said)
    for words in (
        "diabète, bronchopneumopathie" if "bronchopneumopathie" in flat else "diabète",
        "E11.9, I50*",
        "A10BA02",
        "Sauf :",
        "créatinine ≥ 12,50, ≤ 300",
        "« œdème »",
        "depuis le 01/01/2025, jusqu'au 31/12/2025",
        "Sexe : femme",
        "de 18 à 64 ans le 21/11/2026",
    ):
        assert words in flat
    with pytest.raises(FormRefused):
        definition(Typed({}), TODAY)


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        (Event(kind="visit", at_least=2), "Venue : n'importe quoi, au moins 2 fois"),
        (Sex(concepts=(8507, 8532)), "Sexe : homme, femme"),
        (Mentioned(labels=("diabetes",), include_negated=True, history="only"), "nié compris, seulement du passé"),
        (TextFound(text="<b>"), "Documents où se lit « <b> »"),
        (Not(of=Sex(concepts=(8507,))), "Sexe : homme"),
    ],
)
def test_definitions_in_words(criterion: Event | Sex | Mentioned | TextFound | Not, words: str) -> None:
    assert words in str(in_words(criterion, "fr"))
    assert str(in_words(criterion, "en")) != str(in_words(criterion, "fr"))


def test_small_numbers_are_masked(coder: TestClient, web: FastAPI, home: Home) -> None:
    post(coder, "/cohorts/new", name="seul", condition="diabetes", text="insuline")
    assert "&lt;10 personnes" in coder.get("/cohorts/seul").text
    assert "&lt;10</td>" in coder.get("/cohorts").text
    assert "0 personnes" in coder.get("/cohorts/new?text=xylophone").text


def test_who_refuses_is_no_longer_counted(coder: TestClient, web: FastAPI, home: Home) -> None:
    services = web.state.services
    assert "42 personnes" in coder.get("/cohorts/new?condition=diabetes").text
    change(home, "c" * 32, refuses=True, ledger=services.ledger, actor=TEST, at=START)
    assert "41 personnes" in coder.get("/cohorts/new?condition=diabetes").text


def test_two_side_by_side(coder: TestClient, web: FastAPI) -> None:
    post(coder, "/cohorts/new", name="avec", condition="diabetes", atc="A10BA02")
    post(coder, "/cohorts/new", name="sans", condition="diabetes", without="A10BA02")
    page = coder.get("/cohorts/compare?a=avec&b=sans").text
    assert "21 personnes" in page
    assert page.count("21 personnes") == 2
    assert "dans les deux : 0" in page
    (row,) = re.findall(r'<tr><th scope="row">A10BA.*?</tr>', page, re.S)
    assert "100\u202f% (21)" in row
    assert "0\u202f% (0)" in row
    assert row.count("<circle") == row.count('<rect class="cg-dot-b"') == 1
    assert "Première" in coder.get("/cohorts/compare").text
    assert coder.get("/cohorts/compare?a=avec").status_code == 200
    assert coder.get("/cohorts/compare?a=avec&b=absente").status_code == 404


def test_what_does_not_exist(coder: TestClient) -> None:
    assert coder.get("/cohorts/absente").status_code == 404
    assert coder.get("/cohorts/Pas%20un%20nom").status_code == 422
    assert "Aucune cohorte n'est enregistrée" in coder.get("/cohorts").text.replace("&#39;", "'")


@pytest.mark.parametrize("role", list(Role))
def test_who_reads_and_who_saves(person: Enter, web: FastAPI, role: Role) -> None:
    client = person("somebody", role)
    reads, saves = READERS | {Role.MANAGER}, READERS - {Role.DATA_PROTECTION_OFFICER}
    assert client.get("/cohorts").status_code == (200 if role in reads else 403)
    assert client.get("/cohorts/compare").status_code == (200 if role in reads else 403)
    assert client.get("/cohorts/new?condition=diabetes").status_code == (200 if role in saves else 403)
    answer = post(client, "/cohorts/new", name="x", condition="diabetes")
    assert answer.status_code == (303 if role in saves else 403)
    assert (latest(web.state.services.ledger, "x") is not None) == (role in saves)


def test_months_without_anybody_are_empty_bars_and_masked_ones_are_outlines() -> None:
    found = months((Count("2024-11", 40, "40"), Count("2025-02", None, "<10")), "fr")
    assert found is not None
    assert [(bar.label, bar.shown, bar.height, bar.masked) for bar in found.bars] == [
        ("nov. 2024", "40", 100.0, False),
        ("déc. 2024", "0", 0.0, False),
        ("janv. 2025", "0", 0.0, False),
        ("févr. 2025", "<10", 25.0, True),
    ]
    assert months((), "fr") is None


def test_names() -> None:
    assert slug("  Œdème, sans   insuline ! ") == "oedeme-sans-insuline"
    assert slug("★") == ""
    assert len(slug("a" * 200)) == 80
