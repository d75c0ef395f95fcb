"""The weeks before today, lived again: each morning counts arrive, outcomes are joined, forecasts made and reviewed."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from cognoscope.core.actor import program
from cognoscope.core.application import Application
from cognoscope.core.case import Case
from cognoscope.core.events import ReviewGiven, State
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.proposal import Proposal
from cognoscope.core.running import run
from cognoscope.demo.decisions import Truth, decide
from cognoscope.demo.sending import Sending
from cognoscope.demo.staff import MANAGER
from cognoscope.intake.mapping import read_mapping
from cognoscope.intake.tables import ingest_table
from cognoscope.intake.tables_commit import Ingested
from cognoscope.intake.warehouse import Warehouse

SHADOW_DAYS = 3
FILES_AT, PROPOSED_AT, READ_AT = time(6, 0), time(6, 10), time(7, 30)


Record = Callable[[Ingested, datetime], None]
"""What the command line does after an ingest of tables: enter it into the ledger and join outcomes."""


@dataclass(frozen=True)
class Morning:
    """What one day began with: what was taken in, and the cases built from it."""

    day: date
    taken_in: list[Ingested]
    cases: list[Case]
    proposals: list[Future[list[Proposal]]]


@dataclass(frozen=True)
class Life:
    """Everything that stays the same from one morning to the next. Without a seed nobody decides anything."""

    application: Application
    warehouse: Warehouse
    ledger: Ledger
    record: Record
    zone: ZoneInfo
    truth: Truth
    seed: int | None

    def at(self, day: date, hour: time) -> datetime:
        """A moment of a day at the hospital."""
        return datetime.combine(day, hour, self.zone)

    def take_in(self, sending: Sending, at: datetime) -> Ingested:
        """What `cognoscope ingest table FILE --map FILE --at INSTANT` does with a file."""
        mapping = None if sending.mapping is None else read_mapping(str(sending.mapping))
        return ingest_table(sending.path, mapping, self.warehouse, at)

    def prepare(self, day: date, sendings: Sequence[Sending], pool: Executor) -> Morning:
        """Take in what arrives on a morning, build its cases and let the application start thinking in the pool."""
        taken_in = [self.take_in(sending, self.at(day, FILES_AT)) for sending in sendings]
        cases = self.application.cases_from_warehouse(self.warehouse, self.at(day, PROPOSED_AT))
        return Morning(day, taken_in, cases, [pool.submit(self.application.propose, case) for case in cases])

    def live(self, mornings: Sequence[Morning], say: Callable[[str], None]) -> int:
        """Record the mornings one after the other, as they would have been; the last is today and waits for its reader.

        Returns:
            Number of proposals.
        """
        made = 0
        for number, morning in enumerate(mornings):
            for ingested in morning.taken_in:
                self.record(ingested, self.at(morning.day, FILES_AT))
            if number == 0:
                self._move("shadow", morning.day, "Démonstration : essai sans que personne ne voie.")
            if number == SHADOW_DAYS:
                self._move("advisory", morning.day, "Démonstration : évaluation locale lue, erreur acceptable.")
            proposals = [
                proposal
                for case, future in zip(morning.cases, morning.proposals, strict=True)
                for proposal in self._run(case, future.result(), morning.day)
            ]
            made += len(proposals)
            if self.seed is not None and SHADOW_DAYS <= number < len(mornings) - 1:
                self._review(proposals, morning.day)
            say(f"  {morning.day:%d/%m/%Y}: {len(proposals)} propositions")
        return made

    def _run(self, case: Case, proposals: list[Proposal], day: date) -> list[Proposal]:
        thought = replace(self.application, propose=lambda _: proposals)
        return run(thought, case, self.ledger, program("demo"), self.at(day, PROPOSED_AT))

    def _move(self, after: State, day: date, reason: str) -> None:
        change_state(self.ledger, self.application.name, after, MANAGER.actor, reason, self.at(day, time(6, 5)))

    def _review(self, proposals: Sequence[Proposal], day: date) -> None:
        rng = Random(f"{self.seed}-{day}")  # noqa: S311
        decisions = [
            decision
            for proposal in proposals
            for decision in decide(proposal, self.application.card, self.truth, self.at(day, READ_AT), rng)
        ]
        decisions.sort(key=lambda decision: decision.review.decided_at)
        self.ledger.append_many(
            [(ReviewGiven(review=each.review), each.actor, each.review.decided_at) for each in decisions]
        )


def days_before(today: date, count: int) -> list[date]:
    """The `count` days that end with today, oldest first."""
    return [today - timedelta(days=ago) for ago in range(count - 1, -1, -1)]
