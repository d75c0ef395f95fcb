"""What a policy would do to past prescriptions, beside another one and beside none: before it is switched on."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from cognoscope.apps.pharmacy.interactions.alerts import CONTRAINDICATED, LEVELS, Alert
from cognoscope.apps.pharmacy.interactions.deciding import Context, Decision, Fate, context_of, decide
from cognoscope.apps.pharmacy.interactions.model import detect
from cognoscope.apps.pharmacy.interactions.policy import Policy
from cognoscope.apps.pharmacy.interactions.prescription import Prescription
from cognoscope.apps.pharmacy.interactions.prescription_case import prescription_of
from cognoscope.core.errors import InvalidInput
from cognoscope.core.events import CaseOpened
from cognoscope.core.ledger import Ledger

FATES: tuple[Fate, ...] = ("shown", "folded", "suppressed")
CHANGES_KEPT = 200
PAST = 2000
"""Past prescriptions a simulation looks at: enough for stable shares, and done in a few seconds."""

OPENED = 10
"""Cases of any kind that are looked through for each of them."""


@dataclass(frozen=True)
class Past:
    """One past prescription, with what detection found in it."""

    subject: str
    alerts: tuple[Alert, ...]
    context: Context


@dataclass
class Counted:
    """What one policy does: alerts by fate and level, and by reason; contraindications kept from view (must be 0).

    `interrupting`: those shown for the first time; a contraindication that somebody decided stays in view without.
    """

    prescriptions: int = 0
    with_shown: int = 0
    interrupting: int = 0
    fates: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    contraindications_hidden: int = 0

    def add(self, decisions: Sequence[Decision]) -> None:
        """Count one prescription's decisions."""
        self.prescriptions += 1
        self.with_shown += any(each.fate == "shown" for each in decisions)
        for each in decisions:
            self.interrupting += each.interrupts
            self.fates[each.fate, each.alert.level] += 1
            if each.fate != "shown":
                self.reasons[each.reason] += 1
                self.contraindications_hidden += each.alert.level == CONTRAINDICATED

    def total(self, fate: str) -> int:
        """Alerts of that fate, of every level."""
        return sum(self.fates[fate, level] for level in LEVELS)

    def per_hundred(self, fate: str, level: str | None = None) -> float:
        """Alerts of that fate for each 100 prescriptions, of one level or of all."""
        if not self.prescriptions:
            return 0.0
        count = self.total(fate) if level is None else self.fates[fate, level]
        return 100 * count / self.prescriptions


@dataclass(frozen=True)
class Change:
    """An alert whose fate would change."""

    subject: str
    alert: Alert
    before: Decision
    after: Decision


@dataclass
class Simulation:
    """The new policy, the one in force, and none, on the same prescriptions."""

    after: Counted = field(default_factory=Counted)
    before: Counted = field(default_factory=Counted)
    none: Counted = field(default_factory=Counted)
    changes: list[Change] = field(default_factory=list)
    changed: int = 0

    @property
    def safe(self) -> bool:
        """Whether every contraindication stays in view."""
        return self.after.contraindications_hidden == 0


def past_of(asked: Prescription) -> Past:
    """What a simulation needs of a prescription: detection runs once, policies may then be tried many times."""
    return Past(asked.subject, detect(asked).alerts, context_of(asked))


def simulate(past: Iterable[Past], policy: Policy, in_force: Policy) -> Simulation:
    """Both policies, and none, on the same past prescriptions."""
    made = Simulation()
    for each in past:
        after = decide(each.alerts, each.context, policy)
        before = decide(each.alerts, each.context, in_force)
        made.after.add(after)
        made.before.add(before)
        made.none.add(decide(each.alerts, each.context, None))
        for one, other in zip(before, after, strict=True):
            if one.fate != other.fate:
                made.changed += 1
                if len(made.changes) < CHANGES_KEPT:
                    made.changes.append(Change(each.subject, one.alert, one, other))
    return made


def past_cases(ledger: Ledger, limit: int = PAST) -> Iterator[Prescription]:
    """The last kept prescriptions of the ledger, newest first, each person or stay at its latest state only."""
    seen: set[str] = set()
    for entry in ledger.entries(event="CaseOpened", newest_first=True, limit=limit * OPENED):
        event = entry.event
        if not isinstance(event, CaseOpened) or event.kind != "prescription" or event.subject in seen:
            continue
        try:
            asked = prescription_of(ledger.case(event.case))
        except InvalidInput:
            # Erased, or of a version that can no longer be read: it counts in no policy.
            continue
        seen.add(event.subject)
        yield asked
        if len(seen) >= limit:
            return
