"""States, running, replay: what runs is recorded once, and can be computed again byte for byte."""

from collections.abc import Callable

import pytest
from tests.core.ledger_examples import AT, CHIEF, ROBOT, make_application, make_case, make_proposal

from cognoscope.core.case import Case
from cognoscope.core.errors import InvalidInput, LedgerDamaged, NotAllowed
from cognoscope.core.events import CaseOpened, ProposalMade, State, StateChanged
from cognoscope.core.evidence import RowsPointer
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import NEXT, change_state, states
from cognoscope.core.proposal import Proposal
from cognoscope.core.replay import replay
from cognoscope.core.running import run

APPLICATION = make_application()


def move(ledger: Ledger, *path: State) -> None:
    for state in path:
        change_state(ledger, APPLICATION.name, state, CHIEF, "essai", AT)


PATHS: dict[State, tuple[State, ...]] = {
    "draft": (),
    "shadow": ("shadow",),
    "advisory": ("shadow", "advisory"),
    "suspended": ("shadow", "suspended"),
}


@pytest.mark.parametrize("before", PATHS)
@pytest.mark.parametrize("after", PATHS)
def test_only_the_drawn_ways_lead_from_state_to_state(ledger: Ledger, before: State, after: State) -> None:
    move(ledger, *PATHS[before])
    assert states(ledger, [APPLICATION]) == {"test.counts": before}
    if after in NEXT[before]:
        move(ledger, after)
        assert states(ledger, [APPLICATION]) == {"test.counts": after}
        last = ledger.entries()[-1].event
        assert last == StateChanged(application="test.counts", before=before, after=after, reason="essai")
    else:
        with pytest.raises(InvalidInput, match=f"in the state {before}, which leads to"):
            move(ledger, after)
        assert states(ledger, [APPLICATION]) == {"test.counts": before}


def test_a_state_is_changed_by_a_named_person_with_a_reason(ledger: Ledger) -> None:
    with pytest.raises(NotAllowed, match="only a named person"):
        change_state(ledger, APPLICATION.name, "shadow", ROBOT, "essai", AT)
    with pytest.raises(InvalidInput, match="needs a reason"):
        change_state(ledger, APPLICATION.name, "shadow", CHIEF, "  ", AT)
    assert ledger.head().seq == 0


def test_a_run_is_recorded_once(any_ledger: Ledger) -> None:
    move(any_ledger, "shadow")
    case = make_case()
    proposals = run(APPLICATION, case, any_ledger, ROBOT, AT)
    assert run(APPLICATION, case, any_ledger, ROBOT, AT) == proposals == [make_proposal(case)]
    recorded = [entry.event for entry in any_ledger.entries(after_seq=1)]
    assert recorded == [
        CaseOpened(case=case.digest, kind=case.kind, subject=case.subject, as_of=case.as_of),
        ProposalMade(proposal=proposals[0], state="shadow"),
    ]
    assert any_ledger.case(case.digest) == case


@pytest.mark.parametrize("path", [(), ("shadow", "suspended")])
def test_what_is_not_in_use_does_not_run(ledger: Ledger, path: tuple[State, ...]) -> None:
    move(ledger, *path)
    asked: list[Case] = []

    def propose(case: Case) -> list[Proposal]:
        asked.append(case)
        return []

    with pytest.raises(NotAllowed, match="does not run in the state"):
        run(make_application(propose), make_case(), ledger, ROBOT, AT)
    assert asked == []


def test_a_suspension_during_a_run_wins(ledger: Ledger) -> None:
    move(ledger, "shadow")

    def propose(case: Case) -> list[Proposal]:
        move(ledger, "suspended")
        return [make_proposal(case)]

    with pytest.raises(NotAllowed, match="suspended"):
        run(make_application(propose), make_case(), ledger, ROBOT, AT)
    assert ledger.entries(event="ProposalMade") == []
    with pytest.raises(InvalidInput, match="No case"):
        ledger.case(make_case().digest)


def elsewhere(case: Case) -> list[Proposal]:
    return [make_proposal(make_case(level=1))]


def under_another_name(case: Case) -> list[Proposal]:
    return [make_proposal(case).model_copy(update={"application": "other.name"})]


def without_its_evidence(case: Case) -> list[Proposal]:
    pointer = RowsPointer(table="counts", start=0, stop=8)
    return [make_proposal(case).model_copy(update={"evidence": (pointer,)})]


@pytest.mark.parametrize("propose", [elsewhere, under_another_name, without_its_evidence])
def test_an_answer_that_does_not_fit_is_not_recorded(ledger: Ledger, propose: Callable[[Case], list[Proposal]]) -> None:
    move(ledger, "shadow")
    with pytest.raises(InvalidInput, match="nothing was recorded"):
        run(make_application(propose), make_case(), ledger, ROBOT, AT)
    assert ledger.head().seq == 1


@pytest.fixture
def recorded(ledger: Ledger) -> str:
    """The digest of a recorded proposal."""
    move(ledger, "shadow")
    return run(APPLICATION, make_case(), ledger, ROBOT, AT)[0].digest


def test_a_replay_gives_the_same_bytes(ledger: Ledger, recorded: str) -> None:
    found = replay(ledger, [make_application()], recorded)
    assert found.identical
    assert found.again is not None
    assert found.again.canonical() == found.recorded.canonical()
    assert "byte for byte the same" in found.sentence


def other_bytes(case: Case) -> list[Proposal]:
    return [make_proposal(case, urgency=0.4)]


def test_a_replay_says_what_has_changed(ledger: Ledger, recorded: str) -> None:
    def find(*arguments: object) -> tuple[str, str]:
        found = replay(ledger, [make_application(*arguments)], recorded)  # type: ignore[arg-type]
        assert not found.identical
        return found.finding, found.sentence

    finding, sentence = find(None, "2")
    assert finding == "other_version"
    assert "made by version 1 of test.counts; version 2 is installed" in sentence
    finding, sentence = find(other_bytes, "1", "cd" * 32)
    assert finding == "other_model"
    assert "made with model abababababab; model cdcdcdcdcdcd" in sentence
    finding, sentence = find(other_bytes)
    assert finding == "different"
    assert "not deterministic" in sentence
    finding, sentence = find(lambda case: [])
    assert finding == "different"


def test_a_replay_without_application_or_case(ledger: Ledger, recorded: str) -> None:
    assert replay(ledger, [], recorded).finding == "not_installed"
    ledger.erase_case(make_case().digest, CHIEF, AT, "demande")
    found = replay(ledger, [APPLICATION], recorded)
    assert found.finding == "case_erased"
    assert "was erased" in found.sentence
    with pytest.raises(InvalidInput, match="No proposal"):
        replay(ledger, [APPLICATION], "0" * 64)


def test_a_replay_on_a_case_that_was_changed(ledger: Ledger, recorded: str) -> None:
    with ledger.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE cases SET content = x'00'")
    with pytest.raises(LedgerDamaged, match="cannot be read"):
        replay(ledger, [APPLICATION], recorded)
