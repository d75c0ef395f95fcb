"""What the ledger gives back: decisions of the stay, the policy in force, habits, and simulations of it all."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.apps.pharmacy.interactions.cases import AS_OF, happen, orders, patient, usable
from tests.apps.pharmacy.interactions.knowledge_examples import load_into, tiny, write

from cognoscope.apps.pharmacy.interactions import APPLICATION
from cognoscope.apps.pharmacy.interactions.case import build_case
from cognoscope.apps.pharmacy.interactions.habits import Decided, suggest, suggestions, wilson_low
from cognoscope.apps.pharmacy.interactions.outcomes import POTASSIUM, outcomes
from cognoscope.apps.pharmacy.interactions.policy import Policy, shipped_policy
from cognoscope.apps.pharmacy.interactions.prescription_case import prescription_of
from cognoscope.apps.pharmacy.interactions.recall import policy_in_force, recall
from cognoscope.apps.pharmacy.interactions.simulation import past_cases, past_of, simulate
from cognoscope.core.actor import Role, person, program
from cognoscope.core.case import Case
from cognoscope.core.events import PolicyChanged, ReviewGiven
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.proposal import Proposal
from cognoscope.core.review import Review
from cognoscope.core.running import run
from cognoscope.core.values import FINDING
from cognoscope.intake.knowledge.stopp_start import STOPP_START
from cognoscope.intake.warehouse import open_warehouse

PROGRAM, PHARMACIST = program("scheduler"), person("paul", Role.PHARMACIST)


@pytest.fixture
def advising(ledger: Ledger) -> Ledger:
    for state in ("shadow", "advisory"):
        chief = person("chief", Role.ADMINISTRATOR)
        change_state(ledger, APPLICATION.name, state, chief, "read", AS_OF - timedelta(days=9))  # type: ignore[arg-type]
    return ledger


def case(*names: str, hours: float = 0, subject: str = "stay:1") -> Case:
    about = patient(egfr=90, allergies=(), conditions=(), measurements=(), age=40, subject=subject)
    return build_case(about, orders(*names), tiny(), AS_OF + timedelta(hours=hours))


def proposed(ledger: Ledger, made: Case) -> Proposal:
    (proposal,) = run(APPLICATION, made, ledger, PROGRAM, made.as_of)
    return proposal


def groups(proposal: Proposal) -> dict[str, str]:
    assert proposal.value is not None and proposal.value.kind == "text"
    return {finding.key: finding.group for finding in proposal.value.findings}


def decide(ledger: Ledger, proposal: Proposal, element: str | None, reason: str = "known-tolerated") -> None:
    at = proposal.as_of + timedelta(minutes=5)
    review = Review(
        proposal=proposal.digest, element=element, verdict="overrule", reason=reason, shown_at=at, decided_at=at
    )
    ledger.append(ReviewGiven(review=review), PHARMACIST, at)


PAIR = "pair-amiodarone_clarithromycine-5"


def test_what_was_decided_is_not_said_again_until_something_changes(advising: Ledger) -> None:
    first = proposed(advising, case("Cardionel", "Clarimyx"))
    assert groups(first)[PAIR] == "alert"
    undecided = proposed(advising, case("Cardionel", "Clarimyx", hours=1))
    assert groups(undecided)[PAIR] == "alert", "proposed by a program and decided by nobody: nobody saw it"
    decide(advising, undecided, PAIR)
    again = proposed(advising, case("Cardionel", "Clarimyx", hours=2))
    assert groups(again)[PAIR] == "suppressed"
    changed = proposed(advising, case("Vieuxcor", "Clarimyx", hours=3))
    assert groups(changed)[PAIR] == "alert"
    other = proposed(advising, case("Cardionel", "Clarimyx", hours=3, subject="stay:2"))
    assert groups(other)[PAIR] == "alert"


def test_a_decision_on_the_whole_is_one_on_what_was_seen(advising: Ledger) -> None:
    first = proposed(advising, case("Cardionel", "Clarimyx", "Simvax"))
    key = "pair-clarithromycine_simvastatine-2"
    assert (groups(first)[key], groups(first)[PAIR]) == ("contraindicated", "folded")
    decide(advising, first, None)
    again = proposed(advising, case("Cardionel", "Clarimyx", "Simvax", hours=1))
    assert groups(again)[key] == "contraindicated", "a contraindication stays in view"
    assert again.headline is not None and again.headline.element == PAIR, "what nobody saw is said now"


def test_the_same_case_recalled_at_its_own_moment_is_itself(advising: Ledger) -> None:
    made = case("Cardionel", "Clarimyx")
    proposal = proposed(advising, made)
    decide(advising, proposal, PAIR)
    assert recall(made, advising).digest == made.digest
    assert recall(Case(kind="other", subject="stay:1", as_of=AS_OF), advising).kind == "other"


def test_the_last_policy_is_the_one_in_force(advising: Ledger) -> None:
    assert policy_in_force(advising) is None
    strict = shipped_policy().model_copy(update={"levels": dict(shipped_policy().levels) | {"discouraged": "fold"}})
    event = PolicyChanged(
        application=APPLICATION.name, content=strict.digest, policy=strict.canonical().decode(), reason="essai"
    )
    advising.append(event, PHARMACIST, AS_OF)
    advising.append(event.model_copy(update={"application": "pharmacy.other"}), PHARMACIST, AS_OF)
    assert policy_in_force(advising) == event
    proposal = proposed(advising, case("Cardionel", "Clarimyx"))
    assert groups(proposal)[PAIR] == "folded"
    kept = prescription_of(advising.case(proposal.case_digest))
    assert kept.policy == event.policy, "the policy is in the case, so that the proposal can be replayed"


def test_a_simulation_tells_what_would_change_and_keeps_contraindications(advising: Ledger) -> None:
    for number in range(3):
        proposed(advising, case("Cardionel", "Clarimyx", subject=f"stay:{number}"))
    proposed(advising, case("Simvax", "Clarimyx", hours=1, subject="stay:0"))
    past = [past_of(asked) for asked in past_cases(advising)]
    assert len(past) == 3, "each stay at its latest state"
    levels = dict.fromkeys(shipped_policy().levels, "suppress") | {"contraindicated": "show"}
    silent = Policy.model_validate(shipped_policy().plain() | {"levels": levels})
    made = simulate(past, silent, shipped_policy())
    assert made.safe and made.changed == 2
    assert made.after.per_hundred("shown", "contraindicated") == pytest.approx(100 / 3)
    assert made.before.per_hundred("shown", "discouraged") == pytest.approx(200 / 3)
    assert (made.none.total("shown"), made.after.total("suppressed"), made.after.with_shown) == (3, 2, 1)
    assert simulate([], silent, shipped_policy()).after.per_hundred("shown") == 0


def test_a_ward_that_nearly_always_sets_aside_is_offered_a_line(advising: Ledger) -> None:
    for number in range(12):
        proposal = proposed(advising, case("Cardionel", "Clarimyx", subject=f"stay:{number}"))
        decide(advising, proposal, PAIR)
    (offered,) = suggestions(advising)
    assert (offered.ward, offered.rule, offered.decided) == ("CARD", "ansm:amiodarone~clarithromycine", 12)
    assert policy_in_force(advising) is None, "nothing is switched on by itself"


def decided(count: int, **changes: str) -> list[Decided]:
    said = {"ward": "W", "rule": "r", "level": "precaution", "label": "l", "verdict": "overrule"}
    return [Decided(**(said | {"reason": "not-relevant"} | changes)) for _ in range(count)]


@pytest.mark.parametrize(
    "some",
    [
        decided(9),
        decided(20, level="contraindicated"),
        decided(20, ward=""),
        decided(20, reason="wrong-data"),
        decided(20, verdict="accept"),
        decided(12) + decided(8, verdict="accept"),
    ],
)
def test_too_few_mixed_or_contraindicated_is_never_offered(some: list[Decided]) -> None:
    assert suggest(some) == []


@given(st.integers(1, 200), st.data())
def test_the_wilson_bound_lies_under_the_share(count: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, count))
    assert -1e-12 <= wilson_low(hits, count) <= hits / count + 1e-12


def test_outcomes_wait_for_48_hours_and_know_stops_and_potassium(home: Home) -> None:
    (proposal,) = APPLICATION.propose(usable()[0])
    at = happen(home)
    warehouse = open_warehouse(home)
    assert outcomes(warehouse, [proposal], AS_OF + timedelta(hours=47)) == []
    known = outcomes(warehouse, [proposal], at)
    stopped = {one.element: one.value for one in known if one.measure == FINDING}
    assert stopped["pair-clarithromycine_simvastatine-2"] is True
    assert stopped["renal-metformin-metformine"] is False
    assert {one.element: one.value for one in known if one.measure == POTASSIUM} == {
        "pair-ramipril_spironolactone-4": 6.2
    }


def test_a_newer_edition_is_used_at_once(tmp_path: Path) -> None:
    knowledge = load_into(tmp_path / "home", written := write(tmp_path))
    before = build_case(patient(age=80), orders("Luminax 10 mg"), knowledge, AS_OF)
    text = written["stopp-start"].read_text(encoding="utf-8").replace("N05CF", "N05BA")
    written["stopp-start"].write_text(text, encoding="utf-8")
    knowledge.keep(STOPP_START, STOPP_START.load(written["stopp-start"]), AS_OF)
    after = build_case(patient(age=80), orders("Luminax 10 mg"), knowledge, AS_OF)
    assert before.table("criterion") != after.table("criterion")
    assert before.fact("edition_stopp_start") != after.fact("edition_stopp_start")
