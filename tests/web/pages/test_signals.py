"""The pages of signals: the list with its filters, one pair, a decision, and who may see them."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.web.people import Clock, token

from cognoscope.apps.pharmacy import signals
from cognoscope.apps.pharmacy.signals.words import headline
from cognoscope.core.actor import Role, program
from cognoscope.core.actor import person as actor
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.proposal import Proposal
from cognoscope.core.running import run
from cognoscope.web.app import create_app
from cognoscope.web.folded import folded
from cognoscope.web.forest import forest

RUNNER = program("scheduler")


def sample_cases() -> ModuleType:
    path = Path(__file__).parents[2] / "apps" / "pharmacy" / "signals" / "cases.py"
    spec = importlib.util.spec_from_file_location("cases_for_the_signals_page", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def web(home: Home, ledger: Ledger, clock: Clock) -> Iterator[FastAPI]:
    """The application with signals in service."""
    chief = actor("chief", Role.ADMINISTRATOR)
    for state in ("shadow", "advisory"):
        change_state(ledger, "pharmacy.signals", state, chief, "validated by the committee", clock())  # type: ignore[arg-type]
    app = create_app(home, applications=(signals.APPLICATION,), clock=clock)
    yield app
    app.state.services.close()


@pytest.fixture
def proposed(ledger: Ledger, clock: Clock) -> Proposal:
    """The proposal on the invented database, of today."""
    case = sample_cases().case().model_copy(update={"as_of": clock()})
    return run(signals.APPLICATION, case, ledger, RUNNER, clock())[0]


def test_before_anything_was_looked_for(person: Callable[..., TestClient]) -> None:
    answer = person("pharma", Role.PHARMACIST).get("/signals")
    assert answer.status_code == 200 and "cognoscope ingest reports" in answer.text


def test_only_those_who_read_signals(person: Callable[..., TestClient], proposed: Proposal) -> None:
    client = person("coder", Role.CODER)
    assert client.get("/signals").status_code == 403
    assert proposed.value is not None
    assert client.get(f"/signals/{proposed.value.rows[0].key}").status_code == 403  # type: ignore[union-attr]


def test_the_list_and_its_filters(person: Callable[..., TestClient], proposed: Proposal) -> None:
    client = person("pharma", Role.PHARMACIST)
    page = client.get("/signals").text
    assert "Drug C" in page and "Reaction 07" in page and "cg-forest" in page and "mesuré sans Drug A" in page
    few = client.get("/signals?drug=drug+c").text
    assert "Drug C" in few and "Drug E" not in few
    assert "Aucun couple ne correspond" in client.get("/signals?reaction=nowhere").text
    every = client.get("/signals?every=1").text
    assert every.count("data-row") > page.count("data-row") and "sous les seuils" in every


def test_one_pair(person: Callable[..., TestClient], proposed: Proposal) -> None:
    client = person("pharma", Role.PHARMACIST)
    assert proposed.value is not None and proposed.value.kind == "table"
    masked = next(row for row in proposed.value.rows if row.cells[-1])
    page = client.get(f"/signals/{masked.key}").text
    for words in ("Tableau de contingence", "femmes", "BCPNN", "Drug A porte la plupart", "Déclarations par trimestre"):
        assert words in page
    assert client.get("/signals/nobody--knows--it").status_code == 404
    english = client.get(f"/signals/{masked.key}?lang=en", follow_redirects=True).text
    assert "Contingency table" in english and "Q1 2024" in english and "T1 2024" not in english
    assert page.index("12 à 17 ans") < page.index("18 à 44 ans") < page.index("75 ans et plus") < page.index("Année : ")


def test_a_masked_pair_says_without_what_it_was_measured(person: Callable[..., TestClient], proposed: Proposal) -> None:
    client = person("pharma", Role.PHARMACIST)
    assert proposed.value is not None and proposed.value.kind == "table"
    masked = next(row for row in proposed.value.rows if row.cells[-1])
    reports, expected = masked.cells[1:3]
    assert isinstance(reports, int) and isinstance(expected, float)
    lead = client.get(f"/signals/{masked.key}").text.split('class="lead-in">')[1].split("</p>")[0]
    assert (
        lead.startswith("Mesuré sans Drug A")
        and f"{reports} déclarations pour {expected:.1f}".replace(".", ",") in lead
    )
    assert reports > 2 * expected, "what is said is what was measured"
    other = next(row for row in proposed.value.rows if not row.cells[-1])
    assert "Mesuré sans" not in client.get(f"/signals/{other.key}").text
    assert "Mesuré sans Drug A" in client.get(f"/proposals/{proposed.digest}").text
    said = headline("Drug E", "Reaction 11", 2, 24, 3.25, "Drug A")
    assert said.fr == "Drug E et reaction 11 : 24 déclarations, 3,2 fois l'attendu (mesuré sans Drug A) ; 1 autre."
    assert "(measured without Drug A)" in said.en


def test_sentences_of_the_list_are_apart(person: Callable[..., TestClient], proposed: Proposal) -> None:
    page = person("pharma", Role.PHARMACIST).get("/signals?lang=en", follow_redirects=True).text
    lead = page.split('class="lead-in">')[1].split("</p>")[0]
    assert "compared. Last month received: " in " ".join(lead.split())


def test_a_table_beside_a_plot_folds_its_bounds_and_words() -> None:
    value = signals.APPLICATION.propose(sample_cases().case())[0].value
    assert value is not None and value.kind == "table"
    headings, rows = folded(value, "fr")
    assert [one.text for one in headings] == [
        "Médicament et réaction",
        "Déclarations",
        "Attendues",
        "Fois l'attendu",
        "IC025",
    ]
    assert headings[3].under == "EB05 – EB95" and all(" – " in row[3].under and row[3].figure for row in rows)
    assert [row[0].under for row in rows].count("Mesuré sans Drug A") == 1
    plain = value.model_copy(update={"forest": None})
    headings, rows = folded(plain, "fr")
    assert len(headings) == len(plain.columns) and not any(cell.under for row in rows for cell in row)


def test_a_decision_on_a_pair_is_the_review_of_its_row(person: Callable[..., TestClient], proposed: Proposal) -> None:
    client = person("pharma", Role.PHARMACIST)
    assert proposed.value is not None and proposed.value.kind == "table"
    key = proposed.value.rows[1].key
    page = client.get(f"/signals/{key}").text
    shown = page.split('name="shown" value="')[1].split('"')[0]
    sent = {"csrf_token": token(page), "shown": shown, "choice": f"overrule|{key}|known"}
    assert client.post(f"/proposals/{proposed.digest}/reviews", data=sent).status_code == 303
    assert "Écartée" in client.get(f"/signals/{key}").text
    assert "Écartée" in client.get("/signals").text


def test_a_decided_pair_is_not_proposed_again(
    person: Callable[..., TestClient], proposed: Proposal, ledger: Ledger, clock: Clock
) -> None:
    client = person("pharma", Role.PHARMACIST)
    assert proposed.value is not None and proposed.value.kind == "table"
    key = proposed.value.rows[1].key
    page = client.get(f"/signals/{key}").text
    shown = page.split('name="shown" value="')[1].split('"')[0]
    sent = {"csrf_token": token(page), "shown": shown, "choice": f"accept|{key}|"}
    client.post(f"/proposals/{proposed.digest}/reviews", data=sent)
    clock.forward(days=1)
    case = sample_cases().case().model_copy(update={"as_of": clock()})
    again = run(signals.APPLICATION, case, ledger, RUNNER, clock())[0]
    assert again.value is not None and again.value.element(key) is None
    assert again.value.element(proposed.value.rows[0].key) is not None


def test_the_proposal_draws_its_forest(person: Callable[..., TestClient], proposed: Proposal) -> None:
    page = person("pharma", Role.PHARMACIST).get(f"/proposals/{proposed.digest}").text
    assert page.count('<svg class="cg-forest"') > 3 and "Estimation et intervalle" in page


def test_places_on_a_logarithmic_scale() -> None:
    drawn = forest(
        [(2.0, 1.0, 4.0), (1.0, 0.5, 2.0), (None, None, None), (3.0, float("nan"), float("inf"))],
        1.0,
        "fr",
        logarithmic=True,
    )
    assert drawn is not None
    one, two, none, open_ended = drawn.rows
    assert one and two and none is None and open_ended
    assert one.mark - one.low == pytest.approx(one.high - one.mark, abs=0.2)
    assert one.low == pytest.approx(two.mark, abs=0.1) and two.mark == drawn.reference
    assert open_ended.open_low and open_ended.open_high and open_ended.low == 0
    assert "1" in [tick.text for tick in drawn.ticks]
    assert forest([(0.0, 0.0, 0.0)], 1.0, "fr", logarithmic=True) is None
