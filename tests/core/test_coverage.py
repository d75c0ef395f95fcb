"""How often outcomes fell within the interval, counted over the last forecasts."""

import pytest
from tests.core.ledger_examples import AT, ROBOT, make_case, make_outcome, make_proposal

from cognoscope.core.coverage import Coverage, coverage
from cognoscope.core.events import OutcomeKnown, ProposalMade
from cognoscope.core.ledger import Ledger
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Proposal

DAYS = ("2026-12-01", "2026-12-02")


@pytest.fixture
def forecast(ledger: Ledger) -> Proposal:
    """Two days, 100 expected, between 90 and 110, recorded in the shadow."""
    plain = make_proposal(make_case()).plain()
    interval = {"level": 0.8, "low": 90.0, "high": 110.0}
    plain["value"]["points"] = [{"key": day, "expected": 100.0, "intervals": [interval]} for day in DAYS]
    plain["headline"]["element"] = DAYS[0]
    proposal = Proposal.model_validate(plain)
    ledger.append(ProposalMade(proposal=proposal, state="shadow"), ROBOT, AT)
    return proposal


def tell(ledger: Ledger, proposal: Proposal, day: str, value: float) -> None:
    ledger.append(OutcomeKnown(outcome=make_outcome(proposal, day, value)), ROBOT, AT)


def test_nothing_is_said_before_an_outcome_is_known(ledger: Ledger, forecast: Proposal) -> None:
    assert coverage(ledger, forecast.application) == []


def test_what_fell_within_is_counted_by_measure_and_step(ledger: Ledger, forecast: Proposal) -> None:
    tell(ledger, forecast, DAYS[0], 110)
    tell(ledger, forecast, DAYS[1], 130)
    (found,) = coverage(ledger, forecast.application)
    assert (found.measure, found.step, found.unit.fr) == ("arrivals", "day", "passages")
    assert (found.points, found.inside, found.share, found.error) == (2, 1, 0.5, 20.0)
    assert coverage(ledger, forecast.application, level=0.5) == []
    assert coverage(ledger, "other.app") == []


def test_a_later_outcome_corrects_an_earlier_one(ledger: Ledger, forecast: Proposal) -> None:
    for value in (300, 98):
        tell(ledger, forecast, DAYS[0], value)
    (found,) = coverage(ledger, forecast.application)
    assert (found.points, found.inside, found.error) == (1, 1, 2.0)


def test_the_interval_of_a_share_is_wilson_s() -> None:
    unit = Sentence(fr="passages", en="visits")
    low, high = Coverage("arrivals", "day", unit, 100, 80, 1.0).interval
    assert (low, high) == (pytest.approx(0.7112, abs=1e-4), pytest.approx(0.8666, abs=1e-4))
    assert Coverage("arrivals", "day", unit, 3, 3, 1.0).interval[1] == pytest.approx(1.0)
