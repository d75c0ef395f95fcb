"""`cognoscope terminology load|list`: an edition comes into force and the ledger knows."""

from pathlib import Path

import pytest
from tests.intake.knowledge.small_meddra import write_meddra
from typer.testing import CliRunner

from cognoscope.cli.main import app
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake.knowledge.sources import SOURCES
from cognoscope.intake.knowledge.store import open_knowledge
from cognoscope.intake.terminology import open_terminology


@pytest.fixture
def installed(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("COGNOSCOPE_HOME", str(home.path))
    return home


def test_a_hospital_loads_its_own_meddra(installed: Home, tmp_path: Path):
    done = CliRunner().invoke(app, ["terminology", "load", "meddra", str(write_meddra(tmp_path / "MedAscii"))])
    assert done.exit_code == 0 and "edition 99.1 Invented" in done.output
    assert open_terminology(open_knowledge(installed)).system == "MedDRA"
    with Ledger.open(installed.ledger_url) as ledger:
        (entry,) = ledger.entries(event="KnowledgeLoaded")
    assert (entry.event.name, entry.event.edition) == ("meddra", "99.1 Invented")
    listed = CliRunner().invoke(app, ["terminology", "list"]).output
    assert "edition 99.1 Invented" in listed and all(each.name in listed for each in SOURCES)


@pytest.mark.parametrize(("name", "says"), [("meddra", "is no folder"), ("nonsense", "There is no terminology")])
def test_what_cannot_be_loaded_is_a_sentence_and_changes_nothing(installed: Home, name: str, says: str):
    done = CliRunner().invoke(app, ["terminology", "load", name, "/nowhere/at/all"])
    assert isinstance(done.exception, InvalidInput) and says in str(done.exception)
    with Ledger.open(installed.ledger_url) as ledger:
        assert not ledger.entries(event="KnowledgeLoaded")
