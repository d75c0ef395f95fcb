"""What an application's forecasts were worth here: how often the outcome fell within the interval, and how far off."""

import math
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import select

from cognoscope.core.ledger import Ledger
from cognoscope.core.noun import Sentence
from cognoscope.core.tables import LEDGER, of

PROPOSALS = 400
"""How many of the last proposals are judged."""


@dataclass(frozen=True)
class Coverage:
    """Of `points` forecast values whose outcome is known, those within the interval; mean absolute error."""

    measure: str
    step: str
    unit: Sentence
    points: int
    inside: int
    error: float

    @property
    def share(self) -> float:
        """The observed coverage, between 0 and 1."""
        return self.inside / self.points

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the share (E. B. Wilson, 1927); points of one forecast are not independent, so it is
        a little too narrow."""
        z, n, p = 1.96, self.points, self.share
        centre, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)


class _Body(msgspec.Struct):
    """The few fields of a ProposalMade that are compared; the decoder skips the rest."""

    class Proposal(msgspec.Struct):
        class Value(msgspec.Struct):
            class Point(msgspec.Struct):
                class Interval(msgspec.Struct):
                    level: float
                    low: float
                    high: float

                key: str
                expected: float
                intervals: list[Interval]

            measure: str = ""
            step: str = ""
            unit: dict[str, Any] = msgspec.field(default_factory=dict)
            points: list[Point] = msgspec.field(default_factory=list)

        subject: str
        value: Value | None = None

    proposal: Proposal


def coverage(ledger: Ledger, application: str, level: float = 0.8) -> list[Coverage]:
    """The last forecasts against what is known, one result for each measure and step; none where nothing is known yet.

    Every forecast point counts, whatever its horizon; proposals made in the shadow count too: nobody saw them, and
    they were just as right or wrong.
    """
    made = (
        select(LEDGER.c.seq, LEDGER.c.body)
        .where(of("ProposalMade"), LEDGER.c.application == application)
        .order_by(LEDGER.c.seq.desc())
        .limit(PROPOSALS)
    )
    tallies: dict[tuple[str, str], _Tally] = {}
    with ledger.engine.connect() as connection:
        rows = connection.execute(made).all()
        known = (
            select(LEDGER.c.subject, LEDGER.c.measure, LEDGER.c.element, LEDGER.c.amount)
            .where(of("OutcomeKnown"), LEDGER.c.application == application, LEDGER.c.amount != "")
            .where(LEDGER.c.seq > (rows[-1].seq if rows else 0))
            .order_by(LEDGER.c.seq)
        )
        truth = {(one.subject, one.measure, one.element): float(one.amount) for one in connection.execute(known)}
    for row in rows if truth else ():
        proposal = msgspec.json.decode(row.body, type=_Body).proposal
        value = proposal.value
        for point in value.points if value else ():
            assert value is not None
            real = truth.get((proposal.subject, value.measure, point.key))
            within = next((one for one in point.intervals if one.level == level), None)
            if real is not None and within is not None:
                tally = tallies.setdefault((value.measure, value.step), _Tally(Sentence.model_validate(value.unit)))
                tally.count(real, point.expected, within.low, within.high)
    return [
        Coverage(measure, step, tally.unit, tally.points, tally.inside, tally.error / tally.points)
        for (measure, step), tally in sorted(tallies.items())
    ]


@dataclass
class _Tally:
    unit: Sentence
    points: int = 0
    inside: int = 0
    error: float = 0.0

    def count(self, real: float, expected: float, low: float, high: float) -> None:
        self.points += 1
        self.inside += low <= real <= high
        self.error += abs(real - expected)
