"""`cognoscope export fhir`: everything but the shadow, valid, recorded, never over another file."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from fhir.resources.R4B import get_fhir_model_class
from typer.testing import CliRunner

from cognoscope.apps import APPLICATIONS
from cognoscope.cli.main import app
from cognoscope.core.actor import Role, person, program
from cognoscope.core.errors import InvalidInput
from cognoscope.core.events import ProposalMade, ReviewGiven
from cognoscope.core.ledger import Ledger
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Abstention, Proposal
from cognoscope.core.review import Review
from cognoscope.exports.fhir import proposal_from
from cognoscope.intake import keys

AT = datetime(2026, 11, 21, 6, tzinfo=UTC)


def proposal(question: str) -> Proposal:
    return Proposal(
        application="emergency.arrivals",
        version="1",
        model_digest="a" * 64,
        case_digest="b" * 64,
        subject="unit:nord",
        as_of=AT,
        useful_until=AT + timedelta(days=5),
        question=question,
        title=Sentence(fr="Passages", en="Arrivals"),
        abstention=Abstention(code="too-short", sentence=Sentence(fr="Trop court.", en="Too short.")),
    )


@pytest.fixture
def run(home, monkeypatch):
    monkeypatch.setenv("COGNOSCOPE_HOME", str(home.path))
    keys.create(home)
    with Ledger.open(home.ledger_url) as ledger:
        for question, state in (("shown", "advisory"), ("hidden", "shadow")):
            ledger.append(ProposalMade(proposal=proposal(question), state=state), program("demo"), AT)
            review = Review(proposal=proposal(question).digest, verdict="accept", shown_at=AT, decided_at=AT)
            ledger.append(ReviewGiven(review=review), person("claire", Role.CLINICIAN), AT)
    return lambda *words: CliRunner().invoke(app, ["export", "fhir", *words])


def test_the_extract_is_valid_and_in_the_ledger(run, home, tmp_path):
    out = tmp_path / "extract.ndjson"
    result = run("--out", str(out), "--purpose", "registre")

    assert result.exit_code == 0, result.exception
    resources = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    for resource in resources:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    devices, others = resources[: len(APPLICATIONS)], resources[len(APPLICATIONS) :]
    assert {each["resourceType"] for each in devices} == {"Device"}
    assert [each["resourceType"] for each in others] == ["Observation", "Provenance", "Provenance"]
    assert proposal_from(others[0]) == proposal("shown")
    assert others[0]["status"] == "final"
    assert "claire" not in out.read_text(encoding="utf-8")
    with Ledger.open(home.ledger_url) as ledger:
        (entry,) = ledger.entries(event="ExtractExported")
    assert (entry.event.what, entry.event.rows, entry.event.purpose) == ("fhir", len(resources), "registre")


def test_an_existing_file_is_not_overwritten(run, home, tmp_path):
    out = tmp_path / "extract.ndjson"
    out.write_text("mine")
    result = run("--out", str(out))
    assert isinstance(result.exception, InvalidInput) and "there already" in str(result.exception)
    assert out.read_text() == "mine"
    with Ledger.open(home.ledger_url) as ledger:
        assert ledger.entries(event="ExtractExported") == []


def test_a_folder_that_is_not_there_is_one_sentence(run, tmp_path):
    result = run("--out", str(tmp_path / "nowhere" / "extract.ndjson"))
    assert isinstance(result.exception, InvalidInput) and "cannot be written" in str(result.exception)
