"""What pages and applications ask of the ledger: one import for single proposals, the inbox and the comparison."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, Select, func, select

from cognoscope.core.actor import Actor
from cognoscope.core.comparison import Closer, closer
from cognoscope.core.entry import read_entry
from cognoscope.core.events import OutcomeKnown, ProposalMade, ReviewGiven, State
from cognoscope.core.image_value import ImageValue
from cognoscope.core.inbox import ProposalLine, count_waiting, recent_proposals, waiting
from cognoscope.core.ledger import Ledger
from cognoscope.core.outcome import Outcome
from cognoscope.core.proposal import Proposal
from cognoscope.core.review import Review
from cognoscope.core.tables import LEDGER, of
from cognoscope.core.values import FINDING, SeriesValue, TableValue, TextValue

__all__ = [
    "Closer",
    "Made",
    "ProposalLine",
    "Reviewed",
    "closer",
    "count_waiting",
    "latest",
    "outcomes",
    "outcomes_of",
    "proposal",
    "recent_proposals",
    "reviews",
    "waiting",
]


@dataclass(frozen=True)
class Made:
    """A recorded proposal: its entry's number, when and by whom it was recorded, and the application's state then."""

    seq: int
    at: datetime
    actor: Actor
    state: State
    proposal: Proposal


@dataclass(frozen=True)
class Reviewed:
    """A recorded review with its reviewer."""

    seq: int
    at: datetime
    actor: Actor
    review: Review


def proposal(ledger: Ledger, digest: str) -> Made | None:
    """The recorded proposal of that digest, or None."""
    return _made(ledger, select(LEDGER).where(of("ProposalMade"), LEDGER.c.proposal == digest))


def latest(ledger: Ledger, application: str, subject: str, question: str, *, shadow: bool = False) -> Made | None:
    """The proposal on the latest case for this question; those made in the shadow only when asked for."""
    columns = LEDGER.c
    query = select(LEDGER).where(
        of("ProposalMade"), columns.application == application, columns.subject == subject, columns.question == question
    )
    if not shadow:
        query = query.where(columns.state != "shadow")
    query = query.order_by(columns.as_of.desc(), columns.seq.desc()).limit(1)
    return _made(ledger, query)


def reviews(ledger: Ledger, digest: str) -> list[Reviewed]:
    """Every review of the proposal of that digest, oldest first."""
    query = select(LEDGER).where(of("ReviewGiven"), LEDGER.c.proposal == digest).order_by(LEDGER.c.seq)
    found = []
    with ledger.engine.connect() as connection:
        for row in connection.execute(query).mappings():
            entry = read_entry(row)
            assert isinstance(entry.event, ReviewGiven)
            found.append(Reviewed(entry.seq, entry.at, entry.actor, entry.event.review))
    return found


def outcomes(
    ledger: Ledger, application: str, subject: str, measure: str, elements: Collection[str] | None = None
) -> dict[str, Outcome]:
    """What is known of each element, by its key; a later outcome corrects an earlier one."""
    columns = LEDGER.c
    where = [
        of("OutcomeKnown"),
        columns.application == application,
        columns.subject == subject,
        columns.measure == measure,
    ]
    if elements is not None:
        where.append(columns.element.in_(elements))
    last = select(func.max(columns.seq)).where(*where).group_by(columns.element)
    known = {}
    with ledger.engine.connect() as connection:
        for row in connection.execute(select(LEDGER).where(columns.seq.in_(last))).mappings():
            event = read_entry(row).event
            assert isinstance(event, OutcomeKnown)
            known[event.outcome.element] = event.outcome
    return known


def outcomes_of(ledger: Ledger, about: Proposal) -> dict[str, Outcome]:
    """What is known of the parts of a proposed value, by key: points of a series, findings in texts, rows."""
    match about.value:
        case SeriesValue() as series:
            measure, keys = series.measure, [point.key for point in series.points]
        case TextValue() as text:
            measure, keys = FINDING, [finding.key for finding in text.findings]
        case TableValue() as table:
            measure, keys = FINDING, [row.key for row in table.rows]
        case ImageValue() as image:
            # Each measurement is a measure of its own.
            each = [(one.key, one.key) for one in image.measurements] + [(FINDING, mark.key) for mark in image.marks]
            return {
                key: outcome
                for measure, key in each
                for outcome in outcomes(ledger, about.application, about.subject, measure, [key]).values()
            }
        case None:
            return {}
    return outcomes(ledger, about.application, about.subject, measure, keys)


def _made(ledger: Ledger, query: Select[tuple[object, ...]]) -> Made | None:
    with ledger.engine.connect() as connection:
        row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _read_made(row)


def _read_made(row: RowMapping) -> Made:
    entry = read_entry(row)
    assert isinstance(entry.event, ProposalMade)
    return Made(entry.seq, entry.at, entry.actor, entry.event.state, entry.event.proposal)
