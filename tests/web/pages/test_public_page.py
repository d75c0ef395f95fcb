"""The public page: four words, honest about what is not known, and nothing else."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.web.pages.ward import MODEL, RUNNER, SIGNER, case_at
from tests.web.people import START, Clock

from cognoscope.apps.emergency.arrivals import APPLICATION
from cognoscope.apps.emergency.arrivals.crowding import PARTS
from cognoscope.core.actor import Role, person
from cognoscope.core.events import ProposalMade, ReviewGiven
from cognoscope.core.evidence import RowsPointer
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Headline, Proposal
from cognoscope.core.review import Review
from cognoscope.core.values import Mark, SeriesPoint, SeriesValue
from cognoscope.web.app import create_app

TEXT = Sentence(fr="heures", en="hours")


@pytest.fixture
def web(home: Home, clock: Clock) -> Iterator[FastAPI]:
    app = create_app(home, (APPLICATION,), clock)
    yield app
    app.state.services.close()


@pytest.fixture
def visitor(web: FastAPI) -> TestClient:
    return TestClient(web)


def forecast(ledger: Ledger, first_hour_level: float = 2.0) -> Proposal:
    """Hours of two days: 12 a part of the day, which is usual, but `first_hour_level` * 6 in the mornings."""
    points = tuple(
        SeriesPoint(
            key=f"{(START + timedelta(days=day)).date()}T{hour:02}",
            expected=first_hour_level if hour in PARTS["morning"] else 2.0,
        )
        for day in range(2)
        for hour in range(24)
    )
    marks = tuple(
        Mark(name=f"{part}.{name}", amount=amount)
        for part in PARTS
        for name, amount in (("calm", 10.0), ("usual", 15.0), ("busy", 20.0))
    )
    case = case_at(START - timedelta(hours=3))
    ledger.keep_case(case)
    made = Proposal(
        application=APPLICATION.name,
        version="1.0.0",
        model_digest=MODEL,
        case_digest=case.digest,
        subject=case.subject,
        as_of=case.as_of,
        useful_until=case.as_of + timedelta(days=7),
        question="arrivals-hourly",
        title=TEXT,
        headline=Headline(text=TEXT),
        value=SeriesValue(measure="arrivals", unit=TEXT, step="hour", points=points, marks=marks),
        evidence=(RowsPointer(table="daily", start=0, stop=1),),
    )
    ledger.append(ProposalMade(proposal=made, state="advisory"), RUNNER, START)
    return made


def in_service(ledger: Ledger) -> None:
    change_state(ledger, APPLICATION.name, "shadow", SIGNER, "essai", START - timedelta(days=9))
    change_state(ledger, APPLICATION.name, "advisory", SIGNER, "évaluée", START - timedelta(days=8))


@pytest.mark.parametrize(
    ("expected", "word"), [(1.0, "calme"), (2.0, "habituel"), (3.0, "chargé"), (4.0, "très chargé")]
)
def test_four_words_for_now(visitor: TestClient, ledger: Ledger, expected: float, word: str) -> None:
    in_service(ledger)
    forecast(ledger, expected)
    page = visitor.get("/public").text
    now = re.search(r'class="cg-now-word">.*?</svg> ([^<]+)</span>', page, re.S)
    assert now
    assert now.group(1) == word
    assert "Calculé le 21/11/2026 07:00" in page
    assert "appelez le 15" in page


def test_no_number_of_the_forecast_is_told(visitor: TestClient, ledger: Ledger) -> None:
    in_service(ledger)
    made = forecast(ledger, 4.25)
    page = visitor.get("/public").text
    assert "25,5" not in page
    assert "4,25" not in page
    assert made.digest not in page


def test_what_is_not_known_is_said(visitor: TestClient, ledger: Ledger, clock: Clock) -> None:
    assert "Aucune prévision n'est publiée" in visitor.get("/public").text
    forecast(ledger)
    assert "Aucune prévision n'est publiée" in visitor.get("/public").text, "not in service yet"
    in_service(ledger)
    assert "habituel" in visitor.get("/public").text
    clock.forward(days=3)
    assert "les données manquent pour le dire honnêtement" in visitor.get("/public").text


def test_a_forecast_that_a_person_set_aside_is_not_told(visitor: TestClient, ledger: Ledger) -> None:
    in_service(ledger)
    made = forecast(ledger)
    assert "habituel" in visitor.get("/public").text
    review = Review(proposal=made.digest, verdict="overrule", reason="closure", shown_at=START, decided_at=START)
    ledger.append(ReviewGiven(review=review), person("lea", Role.BED_MANAGER), START)
    page = visitor.get("/public").text
    assert "habituel" not in page
    assert "non connu" in page


def test_a_hospital_may_switch_it_off(home: Home, clock: Clock) -> None:
    home.settings_file.write_text("public_page = false\n", encoding="utf-8")
    app = create_app(home, (APPLICATION,), clock)
    assert TestClient(app).get("/public").status_code == 404
    app.state.services.close()
