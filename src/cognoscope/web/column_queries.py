"""Small questions that pages ask of the ledger's columns, without opening an event."""

from sqlalchemy import func, select

from cognoscope.core.ledger import Ledger
from cognoscope.core.proposal import Proposal
from cognoscope.core.tables import LEDGER, of


def verdicts(ledger: Ledger, application: str) -> dict[str, int]:
    """How many reviews gave each verdict, on whole proposals and on single elements alike."""
    columns = LEDGER.c
    query = (
        select(columns.verdict, func.count().label("total"))
        .where(of("ReviewGiven"), columns.application == application)
        .group_by(columns.verdict)
    )
    with ledger.engine.connect() as connection:
        return {row.verdict: row.total for row in connection.execute(query)}


def latest_digest(ledger: Ledger, about: Proposal) -> str | None:
    """The digest of the proposal on the latest case for the same question, those made in the shadow left out."""
    columns = LEDGER.c
    query = (
        select(columns.proposal)
        .where(
            of("ProposalMade"),
            columns.application == about.application,
            columns.subject == about.subject,
            columns.question == about.question,
            columns.state != "shadow",
        )
        .order_by(columns.as_of.desc(), columns.seq.desc())
        .limit(1)
    )
    with ledger.engine.connect() as connection:
        return connection.scalar(query)


def newest_entry(ledger: Ledger, proposal: str | None = None) -> int:
    """The number of the last entry, or of the last about the subject of a proposal; 0 when there is none."""
    query = select(func.max(LEDGER.c.seq))
    if proposal is not None:
        made = LEDGER.alias("made")
        subject = select(made.c.subject).where(of("ProposalMade", made), made.c.proposal == proposal)
        query = query.where(LEDGER.c.subject == subject.scalar_subquery())
    with ledger.engine.connect() as connection:
        return connection.scalar(query) or 0
