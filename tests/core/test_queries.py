"""What waits, what was proposed last, what turned out, who was closer; on SQLite and PostgreSQL."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event
from tests.core.ledger_examples import (
    AT,
    CHIEF,
    NURSE,
    ROBOT,
    make_case,
    make_outcome,
    make_proposal,
    make_review,
)

from cognoscope.core import queries
from cognoscope.core.events import OutcomeKnown, ProposalMade, ReviewGiven, State
from cognoscope.core.inbox import Count
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.noun import Sentence
from cognoscope.core.proposal import Abstention, Proposal

DAY = timedelta(days=1)


@pytest.fixture
def advisory(any_ledger: Ledger) -> Ledger:
    """A ledger in which test.counts gives advice."""
    for state in ("shadow", "advisory"):
        change_state(any_ledger, "test.counts", state, CHIEF, "essai", AT)  # type: ignore[arg-type]
    return any_ledger


def propose(
    ledger: Ledger,
    subject: str = "unit:north",
    as_of: datetime = AT,
    state: State = "advisory",
    question: str = "arrivals-daily",
    urgency: float = 0.5,
) -> Proposal:
    made = make_proposal(make_case(subject, as_of), question=question, urgency=urgency)
    ledger.append(ProposalMade(proposal=made, state=state), ROBOT, as_of)
    return made


def waiting(ledger: Ledger, as_of: datetime = AT, **conditions: object) -> list[str]:
    return [line.digest for line in queries.waiting(ledger, as_of, **conditions)]  # type: ignore[arg-type]


def test_the_most_urgent_comes_first(advisory: Ledger) -> None:
    calm = propose(advisory, "unit:north", urgency=0.1)
    urgent = propose(advisory, "unit:south", urgency=0.9)
    usual = propose(advisory, "unit:east", urgency=0.5)
    assert waiting(advisory) == [urgent.digest, usual.digest, calm.digest]
    assert waiting(advisory, limit=1, offset=1) == [usual.digest]
    assert waiting(advisory, subject="unit:east") == [usual.digest]
    assert waiting(advisory, applications=["other.name"]) == []
    assert waiting(advisory, applications=["test.counts"], limit=1) == [urgent.digest]
    assert queries.count_waiting(advisory, AT) == [
        Count("test.counts", f"unit:{name}", name, 1) for name in ("east", "north", "south")
    ]
    assert queries.count_waiting(advisory, AT, applications=[]) == []


def test_a_line_says_what_the_inbox_shows(advisory: Ledger) -> None:
    made = propose(advisory)
    for _ in range(2):  # once from the database, once from memory
        [line] = queries.waiting(advisory, AT)
        assert (line.digest, line.version, line.title, line.headline) == (
            made.digest,
            made.version,
            made.title,
            made.headline,
        )
        assert (line.application, line.subject, line.question, line.state) == (
            "test.counts",
            "unit:north",
            "arrivals-daily",
            "advisory",
        )
        assert (line.as_of, line.useful_until, line.made_at) == (made.as_of, made.useful_until, AT)
        assert line.abstention is None
        assert not line.deferred


def test_an_abstention_waits_with_its_reason(advisory: Ledger) -> None:
    abstention = Abstention(code="too-short", sentence=Sentence(fr="Série trop courte.", en="Series too short."))
    without = {"value": None, "headline": None, "evidence": (), "abstention": abstention}
    made = Proposal.model_validate(make_proposal(make_case()).model_dump() | without)
    advisory.append(ProposalMade(proposal=made, state="advisory"), ROBOT, AT)
    [line] = queries.waiting(advisory, AT)
    assert (line.abstention, line.headline) == (abstention, None)


def test_a_later_proposal_takes_the_place_of_an_earlier_one(advisory: Ledger) -> None:
    propose(advisory, as_of=AT)
    later = propose(advisory, as_of=AT + timedelta(hours=6))
    other = propose(advisory, as_of=AT, question="admissions-daily", urgency=0.2)
    filled_in_afterwards = propose(advisory, as_of=AT - DAY)
    assert waiting(advisory) == [later.digest, other.digest]
    latest = queries.latest(advisory, "test.counts", "unit:north", "arrivals-daily")
    assert latest is not None
    assert latest.proposal == later
    assert filled_in_afterwards.digest not in waiting(advisory)


def test_what_is_past_its_use_does_not_wait(advisory: Ledger) -> None:
    made = propose(advisory)
    assert waiting(advisory, made.useful_until - timedelta(seconds=1)) == [made.digest]
    assert waiting(advisory, made.useful_until) == []


@pytest.mark.parametrize(
    ("verdict", "whole", "waits"),
    [
        ("accept", True, False),
        ("overrule", True, False),
        ("amend", True, False),
        ("defer", True, True),
        ("accept", False, True),
        ("amend", False, True),
    ],
)
def test_a_review_of_the_whole_that_decides_closes(advisory: Ledger, verdict: str, whole: bool, waits: bool) -> None:
    made = propose(advisory)
    element = None if whole else "2026-11-22"
    amended = 90.0 if verdict == "amend" else None
    review = make_review(made, verdict, element=element, amended=amended)
    advisory.append(ReviewGiven(review=review), NURSE, AT)
    assert bool(waiting(advisory)) is waits
    assert [found.review for found in queries.reviews(advisory, made.digest)] == [review]
    assert queries.reviews(advisory, made.digest)[0].actor == NURSE
    if verdict == "defer":
        assert queries.waiting(advisory, AT)[0].deferred


def test_the_shadow_is_never_seen(advisory: Ledger) -> None:
    hidden = propose(advisory, state="shadow")
    assert waiting(advisory) == []
    assert queries.latest(advisory, "test.counts", "unit:north", "arrivals-daily") is None
    assert queries.recent_proposals(advisory) == []
    seen = queries.latest(advisory, "test.counts", "unit:north", "arrivals-daily", shadow=True)
    assert seen is not None
    assert (seen.proposal, seen.state) == (hidden, "shadow")
    assert [line.digest for line in queries.recent_proposals(advisory, shadow=True)] == [hidden.digest]


def test_what_was_advised_is_no_longer_shown_once_suspended(advisory: Ledger) -> None:
    propose(advisory)
    change_state(advisory, "test.counts", "suspended", CHIEF, "essai", AT)
    assert waiting(advisory) == []
    assert queries.count_waiting(advisory, AT) == []


def test_recent_proposals(advisory: Ledger) -> None:
    made = [propose(advisory, as_of=AT + DAY * day) for day in range(4)]
    south = propose(advisory, "unit:south", as_of=AT + DAY)

    def recent(**conditions: object) -> list[str]:
        return [line.digest for line in queries.recent_proposals(advisory, **conditions)]  # type: ignore[arg-type]

    assert recent(limit=2) == [south.digest, made[3].digest]
    assert recent(subject="unit:south") == [south.digest]
    assert recent(application="test.counts", since=AT + DAY * 2) == [made[3].digest, made[2].digest]
    assert recent(application="other.name") == []


def test_a_later_outcome_corrects_an_earlier_one(advisory: Ledger) -> None:
    made = propose(advisory)
    for element, value in (("2026-11-22", 110), ("2026-11-23", 90), ("2026-11-22", 112), ("2026-12-30", 1)):
        advisory.append(OutcomeKnown(outcome=make_outcome(made, element, value)), ROBOT, AT)
    known = queries.outcomes_of(advisory, made)
    assert {key: outcome.value for key, outcome in known.items()} == {"2026-11-22": 112, "2026-11-23": 90}
    every = queries.outcomes(advisory, "test.counts", "unit:north", "arrivals")
    assert set(every) == {"2026-11-22", "2026-11-23", "2026-12-30"}
    assert queries.outcomes(advisory, "test.counts", "unit:north", "admissions") == {}


def test_who_was_closer(advisory: Ledger) -> None:
    """The program had said 100, 101, 102 for the three days."""
    made = propose(advisory)

    def amend(element: str, value: float) -> None:
        review = make_review(made, "amend", element=element, amended=value)
        advisory.append(ReviewGiven(review=review), NURSE, AT)

    def know(element: str, value: float) -> None:
        advisory.append(OutcomeKnown(outcome=make_outcome(made, element, value)), ROBOT, AT)

    assert queries.closer(advisory) == []
    amend("2026-11-22", 500)
    amend("2026-11-22", 110)  # the last correction counts
    amend("2026-11-23", 91)
    amend("2026-11-24", 104)
    know("2026-11-22", 0)
    know("2026-11-22", 108)  # the last outcome counts: program off by 8, person by 2
    know("2026-11-23", 101)  # program right, person off by 10
    accepted = make_review(made, "accept", element="2026-11-22")
    south = propose(advisory, "unit:south")
    advisory.append(ReviewGiven(review=make_review(south, "accept", element="2026-11-22")), NURSE, AT)
    advisory.append(OutcomeKnown(outcome=make_outcome(south, "2026-11-22", 100)), ROBOT, AT)
    [found] = queries.closer(advisory)
    assert (found.application, found.subject, found.cases) == ("test.counts", "unit:north", 2)
    assert (found.program_error, found.people_error) == (4.0, 6.0)
    assert (found.program_closer, found.people_closer, found.ties) == (1, 1, 0)
    know("2026-11-24", 103)
    assert queries.closer(advisory, "test.counts", "unit:north")[0].ties == 1
    assert queries.closer(advisory, subject="unit:south") == []
    advisory.append(ReviewGiven(review=accepted), NURSE, AT)
    assert queries.closer(advisory)[0].cases == 2, "who accepts in the end has withdrawn the correction"


def test_a_proposal_is_found_by_its_digest(advisory: Ledger) -> None:
    made = propose(advisory)
    found = queries.proposal(advisory, made.digest)
    assert found is not None
    assert (found.proposal, found.actor, found.at, found.state) == (made, ROBOT, AT, "advisory")
    assert queries.proposal(advisory, "0" * 64) is None


def test_no_question_of_the_pages_walks_the_whole_ledger(ledger: Ledger) -> None:
    """SQLite's plan for each query uses an index; a walk along all entries would be slow with 200,000 of them."""
    made = propose(ledger)
    statements: list[tuple[str, object]] = []

    def note(_c: object, _cur: object, statement: str, parameters: object, _ctx: object, _many: object) -> None:
        if re.match(r"(?i)select", statement):
            statements.append((statement, parameters))

    event.listen(ledger.engine, "before_cursor_execute", note)
    queries.waiting(ledger, AT)
    queries.count_waiting(ledger, AT)
    queries.latest(ledger, "test.counts", "unit:north", "arrivals-daily")
    queries.proposal(ledger, made.digest)
    queries.reviews(ledger, made.digest)
    queries.outcomes_of(ledger, made)
    queries.closer(ledger)
    queries.closer(ledger, "test.counts", "unit:north")
    queries.recent_proposals(ledger)
    ledger.entries(event="ReviewGiven", newest_first=True, limit=50)
    ledger.entries(proposal=made.digest)
    event.remove(ledger.engine, "before_cursor_execute", note)
    assert len(statements) >= 11
    with ledger.engine.connect() as connection:
        for statement, parameters in statements:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()  # type: ignore[arg-type]
            for step in plan:
                assert not re.search(r"\bSCAN \w+$", step.detail), (statement, step.detail)
