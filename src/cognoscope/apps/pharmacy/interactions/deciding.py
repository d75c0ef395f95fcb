"""What becomes of each alert: a pure function of the alerts, of what chart and stay already know, and of a policy.

A contraindication is shown, whatever the policy: the invariant is in `decide`, not only in the policy's own check.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cognoscope.apps.pharmacy.interactions.alerts import CONTRAINDICATED, RANK, Alert, Words
from cognoscope.apps.pharmacy.interactions.knowledge import analytes
from cognoscope.apps.pharmacy.interactions.policy import Act, Monitoring, Policy
from cognoscope.apps.pharmacy.interactions.prescription import Drug, Earlier, Prescription, Result

Fate = Literal["shown", "folded", "suppressed"]
_FATES: dict[Act, Fate] = {"show": "shown", "fold": "folded", "suppress": "suppressed"}

REASONS: dict[str, Words] = {
    "level": ("Niveau replié par la politique d'alerte.", "Folded by the alert policy for its level."),
    "one-at-a-time": ("Une alerte plus forte est montrée.", "A stronger alert is shown."),
    "same-orders": (
        "Une alerte plus forte porte sur les mêmes médicaments.",
        "A stronger alert is about the same drugs.",
    ),
    "not-new": ("Ne porte pas sur ce qui est prescrit maintenant.", "Not about what is being prescribed now."),
    "monitored": ("Déjà surveillé", "Already monitored"),
    "local-route": ("Voie locale.", "Local route."),
    "seen": ("Déjà décidé pendant ce séjour", "Already decided in this stay"),
    "habit": ("Habitude du service, validée par la pharmacie", "The ward's habit, approved by the pharmacy"),
}
"""Every coded reason for not showing, and its words."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the chart and the stay already know."""

    as_of: datetime
    ward: str = ""
    drugs: tuple[Drug, ...] = ()
    results: tuple[Result, ...] = ()
    earlier: tuple[Earlier, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """An alert and what becomes of it. `interrupts`: it is new to who reads it; `detail` completes the reason."""

    alert: Alert
    fate: Fate
    reason: str = ""
    detail: Words = ("", "")
    interrupts: bool = False
    cited: tuple[tuple[str, int], ...] = ()


def context_of(asked: Prescription) -> Context:
    """The context that a prescription holds."""
    return Context(asked.as_of, asked.ward, tuple(asked.drugs), tuple(asked.results), tuple(asked.earlier))


def decide(alerts: Iterable[Alert], context: Context, policy: Policy | None) -> list[Decision]:
    """One decision an alert, strongest first; with no policy everything is shown."""
    ordered = sorted(alerts, key=lambda one: (RANK[one.level], not one.draft, one.kind, one.key))
    if policy is None:
        return [Decision(alert, "shown", interrupts=True) for alert in ordered]
    drafting = any(drug.draft for drug in context.drugs)
    shown: list[Decision] = []
    decisions = []
    for alert in ordered:
        decision = _decide(alert, context, policy, shown, drafting=drafting)
        if decision.fate == "shown":
            shown.append(decision)
        decisions.append(decision)
    return decisions


def _decide(alert: Alert, context: Context, policy: Policy, shown: Sequence[Decision], *, drafting: bool) -> Decision:
    seen = _seen(alert, context) if policy.once_per_stay else None
    if alert.level == CONTRAINDICATED:
        if seen is None:
            return Decision(alert, "shown", interrupts=True)
        return Decision(alert, "shown", "seen", _when(seen[1]), cited=(("earlier", seen[0]),))
    if seen is not None:
        return Decision(alert, "suppressed", "seen", _when(seen[1]), cited=(("earlier", seen[0]),))
    for habit in policy.habits:
        if habit.rule == alert.rule and habit.ward == context.ward and context.ward:
            return Decision(alert, _FATES[habit.act], "habit", (f" : {habit.reason}", f": {habit.reason}"))
    if alert.local and policy.local.get(alert.level, "show") != "show":
        return Decision(alert, _FATES[policy.local[alert.level]], "local-route")
    answered = _monitored(alert, context, policy)
    if answered:
        return Decision(alert, "folded", "monitored", _values(context, answered), cited=answered)
    act = policy.levels[alert.level]
    if act != "show":
        return Decision(alert, _FATES[act], "level")
    if drafting and policy.drafts_first and not alert.draft:
        return Decision(alert, "folded", "not-new")
    if policy.one_by_orders and any(set(alert.drugs) <= set(other.alert.drugs) for other in shown if alert.drugs):
        return Decision(alert, "folded", "same-orders")
    # A contraindication that somebody decided stays in view, but it no longer holds back what is new.
    fresh = [other for other in shown if other.interrupts]
    if len(fresh) >= policy.shown_at_most or any(other.alert.level == CONTRAINDICATED for other in fresh):
        return Decision(alert, "folded", "one-at-a-time")
    return Decision(alert, "shown", interrupts=True)


def _seen(alert: Alert, context: Context) -> tuple[int, Earlier] | None:
    """The last time somebody decided this alert, with the same drugs at the same doses."""
    for place in reversed(range(len(context.earlier))):
        earlier = context.earlier[place]
        if earlier.key == alert.key and earlier.signature == alert.signature:
            return place, earlier
    return None


def _when(earlier: Earlier) -> Words:
    day = earlier.at[:10]
    french = f"{day[8:10]}/{day[5:7]}/{day[:4]}" if len(day) == 10 else day
    return f" ({french}).", f" ({day})."


def _monitored(alert: Alert, context: Context, policy: Policy) -> tuple[tuple[str, int], ...]:
    """The results that answer every analyte the alert asks for; nothing where one is missing, old or out of limits."""
    if not alert.monitors:
        return ()
    rules = {each.analyte: each for each in policy.monitoring}
    cited = []
    for name in alert.monitors:
        place = _answering(rules.get(name), name, context)
        if place is None:
            return ()
        cited.append(("measurement", place))
    return tuple(cited)


def _answering(rule: Monitoring | None, name: str, context: Context) -> int | None:
    for place, result in enumerate(context.results):
        if rule is not None and result.analyte == name and result.at is not None:
            hours = _hours(result.at, context.as_of)
            if hours is not None and rule.answers(result.value, hours):
                return place
    return None


def _hours(at: str, as_of: datetime) -> float | None:
    try:
        return (as_of - datetime.fromisoformat(at)).total_seconds() / 3600
    except (ValueError, TypeError):
        return None


def _values(context: Context, cited: Iterable[tuple[str, int]]) -> Words:
    said = []
    for _, place in cited:
        result = context.results[place]
        names = analytes()[result.analyte].words
        value = f"{result.value:g} {result.unit}".strip()
        said.append((f"{names[0]} {value.replace('.', ',')}", f"{names[1]} {value}"))
    return " : " + ", ".join(fr for fr, _ in said) + ".", ": " + ", ".join(en for _, en in said) + "."


def words_of(decision: Decision) -> Words:
    """Why an alert is not shown, or why one that was decided already still is."""
    if not decision.reason:
        return "", ""
    french, english = REASONS[decision.reason]
    return french + decision.detail[0], english + decision.detail[1]
