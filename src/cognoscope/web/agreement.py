"""How often people agreed with an application here: its reviews counted by verdict."""

from sqlalchemy import func, select

from cognoscope.core.ledger import Ledger
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
