"""`apps`, `propose`, `evaluate`, `card` as typed."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import Result
from typer.testing import CliRunner

from cognoscope.apps import APPLICATIONS
from cognoscope.cli.apps import find, instant
from cognoscope.cli.main import app
from cognoscope.core.errors import InvalidInput
from cognoscope.core.evaluation import Evaluation
from cognoscope.core.home import Home
from cognoscope.core.proposal import Proposal


@pytest.fixture(autouse=True)
def no_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COGNOSCOPE_HOME", str(tmp_path / "nowhere"))


@pytest.fixture
def counts(tmp_path: Path) -> Path:
    """Half a year of one invented site, by day."""
    random = np.random.default_rng(4)
    days = pd.date_range(end="2026-11-20", periods=180)
    path = tmp_path / "counts.csv"
    pd.DataFrame({"site": "Nord", "timestamp": days, "arrivals": random.poisson(90, 180)}).to_csv(path, index=False)
    return path


def typed(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_apps_lists_every_application_without_an_installation():
    result = typed("apps", "--json")
    assert result.exit_code == 0
    listed = json.loads(result.output)
    assert [each["application"] for each in listed] == [each.name for each in APPLICATIONS]
    assert {each["state"] for each in listed} == {"not installed"}
    assert all(name in typed("apps").output for name in [each.name for each in APPLICATIONS])


def test_apps_says_the_state(home: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COGNOSCOPE_HOME", str(home.path))
    assert {each["state"] for each in json.loads(typed("apps", "--json").output)} == {"draft"}


def test_propose_prints_proposals_that_can_be_read_back(counts: Path):
    result = typed("propose", "emergency.arrivals", counts, "--as-of", "2026-11-21T08:00+01:00", "--json")
    assert result.exit_code == 0
    (proposal,) = [Proposal.model_validate(each) for each in json.loads(result.output)]
    assert proposal.value is not None and len(proposal.value.points) == 7
    again = typed("propose", "emergency.arrivals", counts, "--as-of", "2026-11-21T07:00+00:00", "--json")
    assert again.output == result.output


def test_propose_in_words(counts: Path):
    result = typed("propose", "emergency.arrivals", counts, "--as-of", "2026-11-21", "--language", "fr")
    assert result.exit_code == 0
    assert "Samedi 21/11 : " in result.output and "passages attendus, entre" in result.output


def test_propose_on_old_data_says_how_to_go_back(counts: Path):
    counts.write_text(counts.read_text().replace("2026-", "2016-"))
    result = typed("propose", "emergency.arrivals", counts)
    assert result.exit_code == 0
    assert "No forecast: the last known day is 20 November 2016" in result.output and "--as-of" in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("propose", "emergency.departures", "x.csv"), "no application 'emergency.departures'"),
        (("propose", "emergency.arrivals", "absent.csv"), "no such file"),
        (("propose", "emergency.arrivals", "absent.csv", "--as-of", "soon"), "not a day or a time"),
        (("evaluate", "emergency.arrivals", "--data", "/nowhere"), "/nowhere"),
        (("card", "nothing"), "no application"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(words: tuple[str, ...], said: str):
    result = typed(*words)
    assert result.exit_code == 1
    assert isinstance(result.exception, InvalidInput) and said in str(result.exception)


def test_evaluate_prints_one_object(monkeypatch: pytest.MonkeyPatch):
    evaluation = Evaluation.model_validate(
        {
            "application": "emergency.arrivals",
            "version": "1.0.0",
            "dataset": "flow",
            "rows": 365,
            "metrics": [{"name": "mape_h1", "value": 7.5, "low": 7.0, "high": 8.0, "baseline": 8.1, "reference": 6.8}],
            "seconds": 1.5,
            "detail": {"series": [{"series": "Nord", "mape_h1": 7.5}]},
        }
    )
    asked: list[Path] = []
    application = find("emergency.arrivals")
    monkeypatch.setattr(
        "cognoscope.cli.apps.find",
        lambda name: type(application)(
            **{**vars(application), "evaluate": lambda folder: asked.append(folder) or evaluation}  # type: ignore[func-returns-value]
        ),
    )
    monkeypatch.setenv("COGNOSCOPE_DATASETS", "/somewhere")
    printed = json.loads(typed("evaluate", "emergency.arrivals", "--json").output)
    assert asked == [Path("/somewhere/flow")]
    assert {"application", "version", "dataset", "rows", "metrics", "seconds", "series"} == set(printed)
    assert set(printed["metrics"][0]) == {"name", "value", "low", "high", "baseline", "reference", "reference_source"}
    words = typed("evaluate", "emergency.arrivals").output
    assert "mape_h1" in words and "7 to 8" in words and "8.1" in words


@pytest.mark.parametrize("language", ["fr", "en"])
def test_card_in_both_languages(language: str):
    card = find("emergency.arrivals").card
    result = typed("card", "emergency.arrivals", "--language", language)
    assert result.exit_code == 0
    assert card.purpose.in_language(language) in result.output
    assert all(limit.in_language(language) in result.output for limit in card.limits)
    assert json.loads(typed("card", "emergency.arrivals", "--json").output) == card.plain()


def test_a_day_typed_is_local():
    assert instant("2026-11-21").utcoffset() is not None
    assert instant("2026-11-21").isoformat() == "2026-11-21T00:00:00+01:00"
    assert instant("2026-07-01T08:00Z").isoformat() == "2026-07-01T08:00:00+00:00"
