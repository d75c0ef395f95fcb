"""Programs beside each other: what is compared, what is left out, what is simulated, and who may look."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.web import imaging
from tests.web.imaging_past import programs, read_for_months
from tests.web.people import Clock

from cognoscope.core.actor import Role, program
from cognoscope.core.database import migrate
from cognoscope.core.events import ModelAdded
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.methods.screening_settings import shipped
from cognoscope.web.app import create_app
from cognoscope.web.choices import ChoiceRefused
from cognoscope.web.image_scores import aligned, read_scores, read_truth
from cognoscope.web.screening_form import invented, read_form, values_of

Enter = Callable[..., TestClient]
MODEL = """name = "imaging.ours"
version = "2.0"
research_only = true
[[trained_on]]
name = "Un jeu public"
licence = "Recherche seulement"
ships = false
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which two programs read the same studies, to be copied."""
    home = imaging.settings(tmp_path_factory.mktemp("compared") / "home")
    migrate(home.ledger_url)
    migrate(home.access_url, "access")
    with Ledger.open(home.ledger_url) as ledger:
        read_for_months(ledger, 40)
    return home.path


@pytest.fixture
def home(prepared: Path, tmp_path: Path) -> Home:
    """A copy of that home."""
    return Home(Path(shutil.copytree(prepared, tmp_path / "home")))


@pytest.fixture
def web(home: Home, clock: Clock) -> Iterator[FastAPI]:
    """The application with the two programs."""
    app = create_app(home, programs(), clock)
    yield app
    app.state.services.close()


def test_both_are_laid_on_the_same_studies(web: FastAPI, ledger: Ledger) -> None:
    reads = [read_scores(ledger, name, shadow=False, decided_only=False) for name in ("imaging.ours", "imaging.theirs")]
    truth = read_truth(ledger, {"imaging.ours": "score"})
    data = aligned(reads[0], "score", reads[1], "score", truth)
    assert len(data.first) == len(data.second) == 40
    assert sorted(set(data.truth[data.truth == data.truth])) == [0.0, 1.0]
    assert int((data.truth == data.truth).sum()) == 36
    hidden = read_scores(ledger, "imaging.ours", shadow=False, decided_only=True)
    assert hidden.cases == {}


def test_scores_are_compared_with_roc_and_decisions(web: FastAPI, person: Enter) -> None:
    client = person("rita", Role.RADIOLOGIST)
    page = client.get("/compare?a=imaging.ours|score&b=imaging.theirs|score&ta=6&tb=6").text
    for words in ("40 études lues par les deux", "Aire sous la courbe ROC", "Sensibilité", "kappa", '"kind": "roc"'):
        assert words in page
    assert "Écrivez à partir de quel nombre" in client.get("/compare").text
    assert "n&#39;est pas un nombre" in client.get("/compare?ta=beaucoup").text
    assert page.count("/proposals/") >= 20


def test_measurements_are_compared_by_their_differences(web: FastAPI, person: Enter) -> None:
    page = person("sacha", Role.MANAGER).get("/compare?a=imaging.ours|volume&b=imaging.theirs|volume").text
    for words in ("Bland et Altman", "mL", "Erreur absolue moyenne", "Concordance de Lin"):
        assert words in page


def test_screening_is_simulated_on_the_hospital_s_own(web: FastAPI, person: Enter) -> None:
    client = person("rita", Role.RADIOLOGIST)
    page = client.get("/screening").text
    assert "36 examens d'ici" in page
    assert "IA en tri" in page
    assert "doit être entre" in client.get("/screening?sensitivity=2").text
    assert person("cora", Role.CODER).get("/screening").status_code == 403
    assert person("ana", Role.CODER).get("/compare").status_code == 403


def test_without_images_both_pages_say_what_to_do(home: Home, clock: Clock, browser: Enter, person: Enter) -> None:
    client = person("rita", Role.RADIOLOGIST)
    app = create_app(home, (), clock)
    try:
        bare = TestClient(app, follow_redirects=False)
        bare.cookies = client.cookies
        assert "Rien à comparer" in bare.get("/compare").text
        assert "Examens inventés" in bare.get("/screening").text
        assert "Aucune application installée ici ne lit" in bare.get("/worklist").text
    finally:
        app.state.services.close()


def test_the_form_of_the_simulator_keeps_what_is_published() -> None:
    programme = shipped().programme
    same, sliders = read_form(programme, {})
    assert same == programme
    assert {one.name for one in sliders} == set(values_of(programme))
    assert read_form(programme, {"prevalence": "8,0"})[0].prevalence == 0.008
    with pytest.raises(ChoiceRefused):
        read_form(programme, {"correlation": "3"})
    example = invented(500)
    assert example.invented
    assert set(example.scores) <= set(range(1, 11))


def test_an_application_says_which_weights_it_runs_with(
    web: FastAPI, home: Home, ledger: Ledger, person: Enter
) -> None:
    client = person("rita", Role.RADIOLOGIST)
    assert "Son modèle" not in client.get("/applications/imaging.ours").text
    folder = home.models / "imaging.ours"
    folder.mkdir(parents=True)
    (folder / "model.toml").write_text(MODEL, encoding="utf-8")
    added = ModelAdded(name="imaging.ours", content="c" * 64, licence="Lue et acceptée")
    ledger.append(added, program("command-line"), web.state.services.clock())
    page = client.get("/applications/imaging.ours").text
    for words in ("Pour la recherche seulement", "Ajouté par command-line", "Lue et acceptée", "Un jeu public"):
        assert words in page
