"""Who was closer, the program or the people who corrected it, now that the outcomes are known."""

from dataclasses import dataclass

from sqlalchemy import Float, case, cast, func, select
from sqlalchemy.sql.elements import ColumnElement

from cognoscope.core.ledger import Ledger
from cognoscope.core.tables import LEDGER, amended, of


@dataclass(frozen=True)
class Closer:
    """Corrections of one application for one subject whose outcome is known.

    Errors are mean absolute differences from the outcome, in the value's unit, over the same `cases`.
    """

    application: str
    subject: str
    cases: int
    program_error: float
    people_error: float
    program_closer: int
    people_closer: int

    @property
    def ties(self) -> int:
        """Cases in which both were equally far."""
        return self.cases - self.program_closer - self.people_closer


def closer(ledger: Ledger, application: str | None = None, subject: str | None = None) -> list[Closer]:
    """Compare each last numeric correction of an element with what the program had said, where the outcome is known.

    Only corrections with a value of their own count: who accepted agrees with the program, who set aside said nothing.
    """
    review, later = LEDGER.alias("review"), LEDGER.alias("later")
    outcome, known = LEDGER.alias("outcome"), LEDGER.alias("known")
    last_outcome = (
        select(func.max(known.c.seq))
        .where(
            of("OutcomeKnown", known),
            known.c.application == review.c.application,
            known.c.subject == review.c.subject,
            known.c.measure == review.c.measure,
            known.c.element == review.c.element,
        )
        .correlate(review)
        .scalar_subquery()
    )
    last_review = (
        select(func.max(later.c.seq))
        .where(of("ReviewGiven", later), later.c.proposal == review.c.proposal, later.c.element == review.c.element)
        .correlate(review)
        .scalar_subquery()
    )
    program = func.abs(_number(review.c.expected) - _number(outcome.c.amount))
    people = func.abs(_number(review.c.amount) - _number(outcome.c.amount))
    query = (
        select(
            review.c.application,
            review.c.subject,
            func.count(),
            func.avg(program),
            func.avg(people),
            func.sum(case((program < people, 1), else_=0)),
            func.sum(case((people < program, 1), else_=0)),
        )
        .select_from(review)
        .join(outcome, outcome.c.seq == last_outcome)
        .where(
            amended(review),
            review.c.seq == last_review,
            review.c.expected != "",
            review.c.amount != "",
            outcome.c.amount != "",
        )
        .group_by(review.c.application, review.c.subject)
        .order_by(review.c.application, review.c.subject)
    )
    if application is not None:
        query = query.where(review.c.application == application)
    if subject is not None:
        query = query.where(review.c.subject == subject)
    with ledger.engine.connect() as connection:
        return [Closer(*row) for row in connection.execute(query)]


def _number(column: ColumnElement[str]) -> ColumnElement[float]:
    """The column as a number; PostgreSQL may look at rows that the condition leaves out, hence the empty ones."""
    return cast(func.nullif(column, ""), Float)
