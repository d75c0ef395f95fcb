"""The pharmacy of the demonstration: what must be seen is first, and what was planted is found."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cognoscope.apps import APPLICATIONS
from cognoscope.cli.installation import install
from cognoscope.core.home import Home
from cognoscope.core.inbox import ProposalLine
from cognoscope.core.ledger import Ledger
from cognoscope.core.queries import proposal, waiting
from cognoscope.core.values import TableValue
from cognoscope.demo.pharmacy import take_in
from cognoscope.demo.pharmacy.knowledge import EDITION
from cognoscope.demo.records import can_read_reports
from cognoscope.intake.knowledge.ansm import ANSM
from cognoscope.intake.knowledge.store import open_knowledge

TODAY = date(2026, 11, 22)
LATER = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    home = Home(tmp_path_factory.mktemp("demo") / "home")
    with pytest.MonkeyPatch.context() as patch:
        # The extract, whatever this machine holds; fewer reports, of which the planted signals still stand out.
        patch.setenv("COGNOSCOPE_DATASETS", str(tmp_path_factory.mktemp("nothing")))
        patch.setattr(take_in, "REPORTS", 5_000)
        install(home, {"hospital": "Essai", "synthetic": True})
        take_in.take_in_pharmacy(home, APPLICATIONS, TODAY, 1, lambda sentence: None)
    assert open_knowledge(home).edition(ANSM).edition == EDITION
    with Ledger.open(home.ledger_url) as opened:
        yield opened


def lines(ledger: Ledger, application: str) -> list[ProposalLine]:
    return list(waiting(ledger, LATER, applications=[application]))


def test_contraindications_come_first_and_quiet_stays_do_not_wait(ledger: Ledger):
    said = [line.headline.text.fr for line in lines(ledger, "pharmacy.interactions") if line.headline]
    assert any(text.startswith("Contre-indication") and "CORDARONE" in text for text in said[:5])
    assert not [text for text in said if text.startswith("Rien")]
    assert len(said) < take_in.STAYS / 2


def test_planted_signals_are_found(ledger: Ledger):
    (line,) = lines(ledger, "pharmacy.signals")
    made = proposal(ledger, line.digest)
    assert made is not None and isinstance(made.proposal.value, TableValue)
    keys = " ".join(row.key for row in made.proposal.value.rows)
    assert "tendon" in keys and "cough" in keys and "hyperkal" in keys


@pytest.mark.skipif(not can_read_reports(), reason="the extra `text` is not installed")
def test_no_name_of_a_declaration_is_kept(ledger: Ledger):
    declared = lines(ledger, "pharmacy.reactions")
    assert len(declared) >= 5
    for line in declared:
        made = proposal(ledger, line.digest)
        assert made is not None
        kept = ledger.case(made.proposal.case_digest).canonical().decode() + made.proposal.canonical().decode()
        assert not any(name in kept for name in ("Perrot", "Josiane", "06 39 98 12 34"))


def test_without_an_application_of_the_pharmacy_nothing_comes_in(tmp_path: Path):
    assert take_in.take_in_pharmacy(Home(tmp_path), APPLICATIONS[:1], TODAY, 1, print) == 0
