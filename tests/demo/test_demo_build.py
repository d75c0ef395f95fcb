"""A small demonstration, built whole: the same twice, complete, replaced only by itself."""

import functools
import json
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from cognoscope.apps import APPLICATIONS
from cognoscope.cli import demo_home
from cognoscope.core.errors import InvalidInput
from cognoscope.core.home import Home
from cognoscope.core.ledger import Entry, Ledger
from cognoscope.core.lifecycle import states
from cognoscope.core.queries import closer, waiting
from cognoscope.demo.build import build_invented
from cognoscope.demo.hospital import hospital
from cognoscope.intake.warehouse import open_warehouse
from cognoscope.web.accounts import Accounts

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
DAYS = 6

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demonstration")]


def small() -> object:
    whole = hospital()
    return whole.model_copy(update={"years": 1, "sites": whole.sites[1:]})


@pytest.fixture(scope="module")
def patched():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        patch.setattr(demo_home, "hospital", small)
        patch.setattr(demo_home, "build_invented", functools.partial(build_invented, days=DAYS, patients=25))
        patch.setattr(demo_home, "REAL_DAYS", 3)
        # The reports have their own tests: under two homes' keys their persons differ.
        patch.setattr(demo_home, "APPLICATIONS", APPLICATIONS[:1])
        yield


def make(path: Path, data: Path | None = None) -> tuple[Home, demo_home.Demonstration]:
    home = Home(path)
    return home, demo_home.make(home, demo_home.wanted(data, NOW), data, lambda _: None)


@pytest.fixture(scope="module")
def twice(patched, tmp_path_factory) -> list[tuple[Home, demo_home.Demonstration]]:
    folder = tmp_path_factory.mktemp("demo")
    return [make(folder / name) for name in ("first", "second")]


def entries(home: Home, event: str | None = None) -> list[Entry]:
    with Ledger.open(home.ledger_url) as ledger:
        return ledger.entries(event=event)


def test_the_same_day_and_seed_give_the_same_proposals_reviews_and_outcomes(twice):
    (first, _), (second, _) = twice
    for event in ("CaseOpened", "ProposalMade", "ReviewGiven", "OutcomeKnown", "StateChanged"):
        here, there = ([entry.event.digest for entry in entries(home, event)] for home in (first, second))
        assert here == there and here, event


def test_the_ledger_verifies_and_runs_forward(twice):
    home, _ = twice[0]
    with Ledger.open(home.ledger_url) as ledger:
        assert ledger.verify().intact
    lived = [entry.at for entry in entries(home)]
    assert lived == sorted(lived)


def test_every_page_will_have_something_to_show(twice):
    home, made = twice[0]
    with Ledger.open(home.ledger_url) as ledger:
        assert states(ledger, APPLICATIONS[:1]) == {"emergency.arrivals": "advisory"}
        lines = waiting(ledger, NOW)
        assert {line.question for line in lines} >= {"arrivals-daily", "admissions-daily", "arrivals-hourly"}
        assert any(line.as_of.date() == NOW.date() for line in lines)
        assert closer(ledger)
    verdicts = {entry.event.review.verdict for entry in entries(home, "ReviewGiven")}
    assert "accept" in verdicts and "amend" in verdicts
    assert all(entry.actor.id.startswith("demo-") for entry in entries(home, "ReviewGiven"))
    assert any(entry.event.proposal.abstention for entry in entries(home, "ProposalMade"))
    assert made.proposals == len(entries(home, "ProposalMade"))
    counts = open_warehouse(home).counts()
    assert counts["person"] == 25
    assert all(counts[name] for name in ("visit_occurrence", "condition_occurrence", "measurement", "drug_exposure"))
    assert counts["quarantine"] == 0


def test_no_forecast_knew_what_came_after_it(twice):
    home, _ = twice[0]
    with Ledger.open(home.ledger_url) as ledger:
        for entry in entries(home, "CaseOpened"):
            case = ledger.case(entry.event.case)
            assert max(str(day) for day in case.table("daily").column("date").values) < str(case.as_of.date())


def test_it_says_that_it_is_synthetic_and_its_password_opens_every_account(twice):
    home, made = twice[0]
    assert home.settings().synthetic
    with Ledger.open(home.ledger_url) as ledger:
        for account in Accounts(ledger).all():
            assert account.name.startswith("demo-") and not account.must_change
        assert Accounts(ledger).verify("demo-medecin", made.password)
    mark = home.path / demo_home.MARK
    assert stat.S_IMODE(mark.stat().st_mode) == 0o600 and json.loads(mark.read_text())["password"] == made.password


def test_today_it_is_kept_and_tomorrow_built_anew(twice):
    home, made = twice[0]
    assert demo_home.is_current(demo_home.built(home), demo_home.wanted(None, NOW))
    assert not demo_home.is_current(demo_home.built(home), demo_home.wanted(None, NOW.replace(day=22)))
    _, again = make(home.path)
    assert again == made
    assert not home.path.with_name("first.building").exists()


def test_a_folder_that_holds_something_else_is_never_touched(patched, tmp_path):
    mine = tmp_path / "home" / "thesis.txt"
    mine.parent.mkdir()
    mine.write_text("years of work")
    with pytest.raises(InvalidInput, match="not the home of a demonstration"):
        make(mine.parent)
    assert mine.read_text() == "years of work"


def test_real_series_are_shown_on_their_own_clock_without_invented_decisions(patched, tmp_path):
    stamps = pd.date_range("2024-01-01", "2025-03-09")
    arrivals = 80 + 10 * (stamps.dayofweek == 0) + (stamps.dayofyear * 7919 % 13)
    pd.DataFrame({"site": "Nord", "timestamp": stamps, "arrivals": arrivals}).to_csv(tmp_path / "nord.csv", index=False)
    home, made = make(tmp_path / "home", tmp_path / "nord.csv")

    assert datetime.fromisoformat(made.clock).date() == date(2025, 3, 10)
    assert not home.settings().synthetic and "nord.csv" in home.settings().hospital
    assert entries(home, "ReviewGiven") == []
    assert {entry.event.proposal.subject for entry in entries(home, "ProposalMade")} == {"unit:Nord"}
    assert entries(home, "OutcomeKnown")
    with Ledger.open(home.ledger_url) as ledger:
        assert waiting(ledger, datetime.fromisoformat(made.clock)) == []  # still in the shadow
