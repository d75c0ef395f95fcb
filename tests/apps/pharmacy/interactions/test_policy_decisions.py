"""The policy: what is shown, folded or suppressed and why, and that a contraindication never leaves the view."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cognoscope.apps.pharmacy.interactions.alerts import CONTRAINDICATED, LEVELS, Alert
from cognoscope.apps.pharmacy.interactions.deciding import REASONS, Context, Decision, decide, words_of
from cognoscope.apps.pharmacy.interactions.policy import Habit, Monitoring, Policy, read_policy, shipped_policy
from cognoscope.apps.pharmacy.interactions.prescription import Drug, Earlier, Result
from cognoscope.core.errors import InvalidInput

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
NAMES = ("potassium", "inr", "qtc", "egfr")


def alert(level: str = "precaution", key: str = "k", **changes: object) -> Alert:
    said: dict[str, object] = {
        "key": key,
        "kind": "interaction",
        "level": level,
        "rule": f"ansm:{key}",
        "drugs": (0, 1),
        "label": (key, key),
        "reason": ("r", "r"),
        "signature": "a; b",
        "cited": (("drug", 0),),
    }
    return Alert(**(said | changes))  # type: ignore[arg-type]


def potassium(value: float = 4.2, hours: float = 10) -> Result:
    return Result("potassium", value, "mmol/L", (NOW - timedelta(hours=hours)).isoformat())


def fates(decisions: list[Decision]) -> dict[str, tuple[str, str]]:
    return {each.alert.key: (each.fate, each.reason) for each in decisions}


alerts = st.builds(
    alert,
    level=st.sampled_from(LEVELS),
    key=st.sampled_from([f"k{number}" for number in range(8)]),
    kind=st.sampled_from(["interaction", "duplicate", "age", "renal", "allergy"]),
    drugs=st.lists(st.integers(0, 4), min_size=0, max_size=2, unique=True).map(tuple),
    signature=st.sampled_from(["a; b", "a 2; b"]),
    monitors=st.lists(st.sampled_from(NAMES), max_size=2, unique=True).map(tuple),
    local=st.booleans(),
    draft=st.booleans(),
)
acts = st.sampled_from(["show", "fold", "suppress"])
weak = [level for level in LEVELS if level != CONTRAINDICATED]
policies = st.builds(
    Policy,
    shown_at_most=st.integers(1, 5),
    once_per_stay=st.booleans(),
    one_by_orders=st.booleans(),
    drafts_first=st.booleans(),
    levels=st.fixed_dictionaries(dict.fromkeys(weak, acts)).map(lambda some: some | {CONTRAINDICATED: "show"}),
    local=st.dictionaries(st.sampled_from(weak), acts),
    monitoring=st.just(shipped_policy().monitoring),
    habits=st.lists(
        st.builds(
            Habit,
            ward=st.just("CARD"),
            rule=st.sampled_from([f"ansm:k{number}" for number in range(8)]),
            act=st.sampled_from(["fold", "suppress"]),
            reason=st.just("not-relevant"),
        ),
        max_size=4,
        unique_by=lambda one: one.rule,
    ).map(tuple),
)
contexts = st.builds(
    Context,
    as_of=st.just(NOW),
    ward=st.sampled_from(["", "CARD"]),
    drugs=st.lists(st.booleans(), min_size=5, max_size=5).map(
        lambda drafts: tuple(Drug(f"o{place}", "x", "exact", draft=draft) for place, draft in enumerate(drafts))
    ),
    results=st.lists(st.just(potassium()), max_size=1).map(tuple),
    earlier=st.lists(
        st.builds(
            Earlier,
            key=st.sampled_from([f"k{number}" for number in range(8)]),
            signature=st.just("a; b"),
            at=st.just("2026-11-20T09:00:00+00:00"),
            verdict=st.just("overrule"),
        ),
        max_size=4,
    ).map(tuple),
)


@given(st.lists(alerts, max_size=12, unique_by=lambda one: one.key), contexts, policies)
def test_no_policy_ever_hides_a_contraindication(some: list[Alert], context: Context, policy: Policy) -> None:
    decisions = decide(some, context, policy)
    assert sorted(each.alert.key for each in decisions) == sorted(each.key for each in some), "nothing is lost"
    for each in decisions:
        if each.alert.level == CONTRAINDICATED:
            assert each.fate == "shown"
        if each.fate != "shown":
            assert each.reason in REASONS
            assert words_of(each)[0].endswith(".") or each.reason == "habit"
    weaker = [each for each in decisions if each.fate == "shown" and each.alert.level != CONTRAINDICATED]
    assert len(weaker) <= policy.shown_at_most
    assert decide(some, context, policy) == decisions
    assert fates(decide(list(reversed(some)), context, policy)) == fates(decisions), "the order of the list is nothing"


def test_one_alert_is_shown_and_the_others_wait_behind_it() -> None:
    some = [alert("precaution", "p", drugs=(2, 3)), alert("discouraged", "d"), alert("take-into-account", "t")]
    assert fates(decide(some, Context(NOW), shipped_policy())) == {
        "d": ("shown", ""),
        "p": ("folded", "one-at-a-time"),
        "t": ("folded", "level"),
    }


def test_several_contraindications_are_all_shown_and_nothing_beside_them() -> None:
    some = [
        alert(CONTRAINDICATED, "a"),
        alert(CONTRAINDICATED, "b", drugs=(2,)),
        alert("discouraged", "d", drugs=(3, 4)),
    ]
    found = fates(decide(some, Context(NOW), shipped_policy()))
    assert found["a"] == found["b"] == ("shown", "") and found["d"] == ("folded", "one-at-a-time")


def test_without_a_policy_everything_is_shown() -> None:
    some = [alert(level, level) for level in LEVELS]
    assert {each.fate for each in decide(some, Context(NOW), None)} == {"shown"}


@pytest.mark.parametrize(
    ("results", "fate"),
    [
        ((potassium(),), "folded"),
        ((potassium(hours=60),), "shown"),
        ((potassium(5.6),), "shown"),
        ((potassium(3.1),), "shown"),
        ((Result("potassium", 4.2, "mmol/L", None),), "shown"),
        ((Result("potassium", 4.2, "mmol/L", "hier"),), "shown"),
        ((), "shown"),
    ],
)
def test_a_recent_potassium_within_limits_answers_the_alert(results: tuple[Result, ...], fate: str) -> None:
    (decision,) = decide([alert(monitors=("potassium",))], Context(NOW, results=results), shipped_policy())
    assert decision.fate == fate
    if fate == "folded":
        assert words_of(decision)[0] == "Déjà surveillé : kaliémie 4,2 mmol/L."
        assert decision.cited == (("measurement", 0),)


def test_every_result_that_is_asked_must_be_there() -> None:
    both = alert(monitors=("potassium", "qtc"))
    assert decide([both], Context(NOW, results=(potassium(),)), shipped_policy())[0].fate == "shown"


def test_a_cream_weighs_less_but_not_where_it_is_contraindicated() -> None:
    some = [alert("precaution", "p", local=True), alert(CONTRAINDICATED, "c", local=True, drugs=(2,))]
    found = fates(decide(some, Context(NOW), shipped_policy()))
    assert found == {"c": ("shown", ""), "p": ("suppressed", "local-route")}


def test_what_was_decided_is_not_said_again_until_the_dose_changes() -> None:
    seen = Context(NOW, earlier=(Earlier("k", "a; b", "2026-11-20T09:00:00+00:00", "overrule", "known-tolerated"),))
    (again,) = decide([alert("discouraged")], seen, shipped_policy())
    assert (again.fate, again.reason) == ("suppressed", "seen")
    assert words_of(again) == (
        "Déjà décidé pendant ce séjour (20/11/2026).",
        "Already decided in this stay (2026-11-20).",
    )
    assert decide([alert("discouraged", signature="a 2; b")], seen, shipped_policy())[0].fate == "shown"
    (kept,) = decide([alert(CONTRAINDICATED)], seen, shipped_policy())
    assert (kept.fate, kept.interrupts, kept.reason) == ("shown", False, "seen")


def test_a_habit_counts_in_its_ward_only_and_never_for_a_contraindication() -> None:
    habit = Habit(ward="CARD", rule="ansm:k", act="suppress", reason="not-relevant")
    policy = shipped_policy().model_copy(update={"habits": (habit,)})
    assert decide([alert()], Context(NOW, ward="CARD"), policy)[0].reason == "habit"
    assert decide([alert()], Context(NOW, ward="GER"), policy)[0].fate == "shown"
    assert decide([alert(CONTRAINDICATED)], Context(NOW, ward="CARD"), policy)[0].fate == "shown"


def test_while_prescribing_what_is_only_about_older_lines_is_folded() -> None:
    drafting = Context(NOW, drugs=(Drug("n", "x", "exact", draft=True),))
    assert decide([alert("discouraged")], drafting, shipped_policy())[0].reason == "not-new"
    assert decide([alert("discouraged", draft=True)], drafting, shipped_policy())[0].fate == "shown"


def test_the_weaker_of_two_alerts_about_the_same_orders_is_folded() -> None:
    policy = shipped_policy().model_copy(update={"shown_at_most": 5})
    some = [alert("discouraged", "d"), alert("precaution", "p"), alert("precaution", "q", drugs=(2, 3))]
    assert fates(decide(some, Context(NOW), policy))["p"] == ("folded", "same-orders")
    assert fates(decide(some, Context(NOW), policy))["q"] == ("shown", "")


@pytest.mark.parametrize(
    "changes",
    [
        {"levels": dict(shipped_policy().levels) | {CONTRAINDICATED: "fold"}},
        {"levels": {"precaution": "show"}},
        {"local": {CONTRAINDICATED: "suppress"}},
        {"local": {"unheard": "suppress"}},
        {"shown_at_most": 0},
        {"monitoring": [Monitoring(analyte="inr", within_hours=1, source="x").plain()] * 2},
        {"habits": [Habit(ward="A", rule="b", act="fold", reason="c").plain()] * 2},
        {"surprise": 1},
    ],
)
def test_an_unsafe_or_broken_policy_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Policy.model_validate(shipped_policy().plain() | changes)


def test_a_policy_survives_its_json_and_nonsense_is_refused() -> None:
    assert read_policy(shipped_policy().canonical().decode()) == shipped_policy() == read_policy(None)
    for text in ("", "{}", "[]", "null", "\x00"):
        with pytest.raises(InvalidInput):
            read_policy(text)
