"""`ingest table` and `ingest omop` as typed: what is recorded, what is joined, what is said."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from cognoscope.apps.emergency import arrivals
from cognoscope.cli.main import app
from cognoscope.cli.outcomes import join_outcomes
from cognoscope.core.actor import program
from cognoscope.core.errors import InvalidInput
from cognoscope.core.events import ProposalMade
from cognoscope.core.ledger import Ledger
from cognoscope.intake import keys
from cognoscope.intake.warehouse import open_warehouse

ORIGIN = datetime(2026, 11, 16, 6, tzinfo=UTC)


@pytest.fixture
def installed(home, monkeypatch):
    keys.create(home)
    monkeypatch.setenv("COGNOSCOPE_HOME", str(home.path))
    return home


def typed(*words):
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def counts(path, last, days, change=0):
    """Daily counts of one invented site up to a day."""
    index = pd.date_range(end=last, periods=days)
    level = np.random.default_rng(3).poisson(90 + 8 * (pd.date_range("2026-01-01", "2026-12-31").weekday == 0))
    arrivals_ = [int(level[day.dayofyear - 1]) for day in index]
    arrivals_[-1] += change
    pd.DataFrame({"site": "Nord", "timestamp": index, "arrivals": arrivals_}).to_csv(path, index=False)
    return path


def recorded(home, event):
    with Ledger.open(home.ledger_url) as ledger:
        return [entry.event for entry in ledger.entries(event=event)]


def test_an_ingest_is_recorded_once_and_says_what_came_of_it(installed, tmp_path):
    path = tmp_path / "counts.csv"
    path.write_text("site,timestamp,arrivals\nA,2026-01-01,12\nA,2026-01-02,x\n")
    assert "2 rows read, 1 written, 1 in quarantine." in typed("ingest", "table", path)
    assert "there before" in typed("ingest", "table", path)
    (event,) = recorded(installed, "IngestFinished")
    assert (event.format, event.read, event.written, event.quarantined) == ("table", 2, 1, 1)


def test_an_omop_export_goes_in_by_its_verb(installed, tmp_path):
    (tmp_path / "cdm").mkdir()
    (tmp_path / "cdm" / "PERSON.csv").write_text(
        "person_id,gender_concept_id,year_of_birth,race_concept_id,ethnicity_concept_id\n1,8507,1980,0,0\n"
    )
    (tmp_path / "cdm" / "NOTE.csv").write_text(
        "note_id,person_id,note_date,note_type_concept_id,note_class_concept_id,note_text,encoding_concept_id,"
        "language_concept_id\n1,1,2025-01-01,0,0,Monsieur CANARY,0,0\n"
    )
    said = typed("ingest", "omop", tmp_path / "cdm", "--at", "2026-01-01")
    assert "2 rows read, 2 written, 0 in quarantine." in said
    assert "Free text was left out" in said
    (event,) = recorded(installed, "IngestFinished")
    assert event.format == "omop"


def test_a_wrong_mapping_or_moment_is_one_sentence(installed, tmp_path):
    path = tmp_path / "counts.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InvalidInput, match="ships: isolates, sentinelles"):
        typed("ingest", "table", path, "--map", "nothing")
    with pytest.raises(InvalidInput, match="is not a day or a time"):
        typed("ingest", "table", path, "--at", "yesterday")
    assert not recorded(installed, "IngestFinished")


@pytest.mark.slow
def test_what_really_happened_is_joined_once_and_a_correction_once_more(installed, tmp_path):
    typed("ingest", "table", counts(tmp_path / "until.csv", "2026-11-15", 300), "--at", ORIGIN.isoformat())
    (case,) = arrivals.APPLICATION.cases_from_warehouse(open_warehouse(installed), ORIGIN)
    proposals = arrivals.APPLICATION.propose(case)
    assert any(proposal.value for proposal in proposals)
    with Ledger.open(installed.ledger_url) as ledger:
        ledger.keep_case(case)
        made = [(ProposalMade(proposal=each, state="shadow"), program("test"), ORIGIN) for each in proposals]
        ledger.append_many(made)
    later = ORIGIN + timedelta(days=3)
    # Three days are over: the 16th, 17th and 18th.
    said = typed("ingest", "table", counts(tmp_path / "after.csv", "2026-11-18", 3), "--at", later.isoformat())
    outcomes = {each.outcome.element: each.outcome.value for each in recorded(installed, "OutcomeKnown")}
    assert {"2026-11-17", "2026-11-18"} <= set(outcomes) <= {"2026-11-16", "2026-11-17", "2026-11-18"}
    assert f"{len(outcomes)} outcomes joined" in said
    assert join_outcomes(installed, (arrivals.APPLICATION,), later) == 0
    corrected = counts(tmp_path / "corrected.csv", "2026-11-18", 1, change=5)
    typed("ingest", "table", corrected, "--at", (later + timedelta(hours=1)).isoformat())
    again = [each.outcome for each in recorded(installed, "OutcomeKnown")]
    assert len(again) == len(outcomes) + 1
    assert (again[-1].element, again[-1].value) == ("2026-11-18", outcomes["2026-11-18"] + 5)
