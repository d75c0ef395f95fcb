"""An invented emergency department in a ledger: two sites with forecasts, decisions and outcomes, one too new."""

import csv
import math
import random
from datetime import datetime, timedelta
from pathlib import Path

from tests.web.people import START

from cognoscope.apps.emergency.arrivals import APPLICATION
from cognoscope.core.actor import Role, person, program
from cognoscope.core.events import OutcomeKnown, ProposalMade, ReviewGiven
from cognoscope.core.ledger import Ledger
from cognoscope.core.lifecycle import change_state
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.core.review import Review
from cognoscope.core.running import run
from cognoscope.core.values import SeriesValue

RUNNER = program("cognoscope")
MANAGER = person("directrice", Role.MANAGER)
BED_MANAGER = person("karim.b", Role.BED_MANAGER)
EARLIER = START - timedelta(days=9)
_WEEK = (1.12, 1.0, 0.97, 0.96, 0.99, 1.0, 0.96)


def counts(path: Path, days: int = 420, until: datetime = START) -> None:
    """Hourly counts of two sites up to a moment, and of a third that only began; seeded, so always the same."""
    chance = random.Random(20261121)
    start = (until - timedelta(days=days)).replace(hour=0, tzinfo=None)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["site", "timestamp", "arrivals", "admissions"])
        for site, mean, known in (
            ("Urgences adultes", 190.0, days),
            ("Urgences pédiatriques", 64.0, days),
            ("Site neuf", 40.0, 30),
        ):
            for hour in range((days - known) * 24, days * 24):
                stamp = start + timedelta(hours=hour)
                if stamp.month == 3 and stamp.hour == 2 and stamp.weekday() == 6:
                    continue  # the hour that the clocks may skip
                level = (
                    mean / 24 * _WEEK[stamp.weekday()] * (1 + 0.75 * math.sin((stamp.hour - 9.5) / 24 * 2 * math.pi))
                )
                arrivals = max(0, round(chance.gauss(level, math.sqrt(level))))
                writer.writerow([site, stamp.isoformat(" "), arrivals, round(0.22 * arrivals)])


def fill(ledger: Ledger, folder: Path) -> None:
    """Forecasts of nine days ago with decisions and outcomes, and this morning's that wait."""
    path = folder / "counts.csv"
    counts(path)
    change_state(
        ledger, APPLICATION.name, "shadow", MANAGER, "Essai à blanc de trois mois", EARLIER - timedelta(days=90)
    )
    change_state(
        ledger, APPLICATION.name, "advisory", MANAGER, "Erreur mesurée ici : 6,4 %", EARLIER - timedelta(days=1)
    )
    for at in (EARLIER, START - timedelta(hours=3)):
        for case in APPLICATION.cases_from_file(path, at):
            made = run(APPLICATION, case, ledger, RUNNER, at)
            if at == EARLIER:
                for proposal in made:
                    _live_through(ledger, proposal)


def waiting_proposal(ledger: Ledger, question: str = "arrivals-daily", site: str = "Urgences-adultes") -> Proposal:
    """This morning's proposal on a question."""
    found = ledger.entries(event="ProposalMade", subject=f"unit:{site}", newest_first=True)
    made = [entry.event.proposal for entry in found if isinstance(entry.event, ProposalMade)]
    return next(proposal for proposal in made if proposal.question == question)


def _live_through(ledger: Ledger, proposal: Proposal) -> None:
    """What a bed manager decided on an old forecast, and what then happened."""
    if not isinstance(proposal.value, SeriesValue) or proposal.value.step != "day":
        return
    chance = random.Random(proposal.subject)
    for rank, point in enumerate(proposal.value.points):
        decided = EARLIER + timedelta(hours=1, minutes=rank)
        if rank in (1, 4):
            review = Review(
                proposal=proposal.digest,
                element=point.key,
                verdict="amend",
                amended=float(round(point.expected * (1.08 if rank == 1 else 0.97))),
                shown_at=decided - timedelta(minutes=1),
                decided_at=decided,
            )
            ledger.append(ReviewGiven(review=review), BED_MANAGER, decided)
        outcome = Outcome(
            application=proposal.application,
            subject=proposal.subject,
            measure=proposal.value.measure,
            element=point.key,
            value=float(round(point.expected + chance.gauss(0, math.sqrt(point.expected)))),
            known_at=START - timedelta(days=1),
            source="comptage",
        )
        ledger.append(OutcomeKnown(outcome=outcome), RUNNER, START - timedelta(days=1))
