"""`cognoscope export e2b`: one case in a file, and the export in the ledger."""

from pathlib import Path

import pytest
from tests.exports.declarations import case, declaration
from typer.testing import CliRunner

from cognoscope.cli.main import app
from cognoscope.core.actor import program
from cognoscope.core.errors import InvalidInput
from cognoscope.core.events import ProposalMade
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.exports.e2b import problems


@pytest.fixture
def digest(home: Home, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COGNOSCOPE_HOME", str(home.path))
    made = declaration()
    with Ledger.open(home.ledger_url) as ledger:
        ledger.keep_case(case())
        ledger.append(ProposalMade(proposal=made, state="advisory"), program("run"), made.as_of)
    return made.digest


def test_the_case_is_written_and_the_ledger_knows(home: Home, digest: str, tmp_path: Path):
    out = tmp_path / "case.xml"
    done = CliRunner().invoke(app, ["export", "e2b", digest, "--out", str(out), "--purpose", "CRPV"])
    assert done.exit_code == 0, done.output
    assert problems(out.read_bytes()) == []
    with Ledger.open(home.ledger_url) as ledger:
        (entry,) = ledger.entries(event="ExtractExported")
    assert entry.event.purpose == "CRPV"


def test_a_file_that_is_there_is_left_alone(digest: str, tmp_path: Path):
    out = tmp_path / "case.xml"
    out.write_text("mine")
    done = CliRunner().invoke(app, ["export", "e2b", digest, "--out", str(out)])
    assert isinstance(done.exception, InvalidInput) and out.read_text() == "mine"


def test_an_unknown_proposal_is_a_sentence(digest: str, tmp_path: Path):
    done = CliRunner().invoke(app, ["export", "e2b", "f" * 64, "--out", str(tmp_path / "a.xml")])
    assert isinstance(done.exception, InvalidInput) and "No proposal" in str(done.exception)
