"""Who was closer, the program or the people who corrected it, now that the outcomes are known."""

from dataclasses import dataclass

from sqlalchemy import Float, case, cast, func, select
from sqlalchemy.sql.elements import ColumnElement

from cognoscope.core.ledger import Ledger
from cognoscope.core.tables import LEDGER, amended, of

_REVIEW, _LATER = LEDGER.alias("review"), LEDGER.alias("later")
_OUTCOME, _KNOWN = LEDGER.alias("outcome"), LEDGER.alias("known")


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
    last_outcome = (
        select(func.max(_KNOWN.c.seq))
        .where(
            of("OutcomeKnown", _KNOWN),
            _KNOWN.c.application == _REVIEW.c.application,
            _KNOWN.c.subject == _REVIEW.c.subject,
            _KNOWN.c.measure == _REVIEW.c.measure,
            _KNOWN.c.element == _REVIEW.c.element,
        )
        .correlate(_REVIEW)
        .scalar_subquery()
    )
    last_review = (
        select(func.max(_LATER.c.seq))
        .where(
            of("ReviewGiven", _LATER), _LATER.c.proposal == _REVIEW.c.proposal, _LATER.c.element == _REVIEW.c.element
        )
        .correlate(_REVIEW)
        .scalar_subquery()
    )
    program = func.abs(_number(_REVIEW.c.expected) - _number(_OUTCOME.c.amount))
    people = func.abs(_number(_REVIEW.c.amount) - _number(_OUTCOME.c.amount))
    query = (
        select(
            _REVIEW.c.application,
            _REVIEW.c.subject,
            func.count(),
            func.avg(program),
            func.avg(people),
            func.sum(case((program < people, 1), else_=0)),
            func.sum(case((people < program, 1), else_=0)),
        )
        .select_from(_REVIEW)
        .join(_OUTCOME, _OUTCOME.c.seq == last_outcome)
        .where(
            amended(_REVIEW),
            _REVIEW.c.seq == last_review,
            _REVIEW.c.expected != "",
            _REVIEW.c.amount != "",
            _OUTCOME.c.amount != "",
        )
        .group_by(_REVIEW.c.application, _REVIEW.c.subject)
        .order_by(_REVIEW.c.application, _REVIEW.c.subject)
    )
    if application is not None:
        query = query.where(_REVIEW.c.application == application)
    if subject is not None:
        query = query.where(_REVIEW.c.subject == subject)
    with ledger.engine.connect() as connection:
        return [Closer(*row) for row in connection.execute(query)]


def _number(column: ColumnElement[str]) -> ColumnElement[float]:
    """The column as a number; PostgreSQL may look at rows that the condition leaves out, hence the empty ones."""
    return cast(func.nullif(column, ""), Float)
