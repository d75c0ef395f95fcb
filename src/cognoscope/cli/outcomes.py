"""Joins what the warehouse has come to know to what was proposed, after every ingest."""

from collections.abc import Iterable
from datetime import datetime

from cognoscope.core.actor import program
from cognoscope.core.application import Application
from cognoscope.core.events import OutcomeKnown, ProposalMade
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake.warehouse import open_warehouse


def join_outcomes(home: Home, applications: Iterable[Application], at: datetime) -> int:
    """Record the outcomes that are new or that correct an earlier one; returns how many.

    An outcome that the ledger holds with the same value is not recorded again, so this may run at any time.

    Args:
        home: the installation.
        applications: those whose proposals are joined.
        at: the moment at which the outcomes became known.
    """
    warehouse = open_warehouse(home)
    recorded = 0
    # Under the writer's lock, so that two ingests that end together do not both record the same outcome.
    with warehouse.writing(), Ledger.open(home.ledger_url) as ledger:
        for application in applications:
            proposals = [
                entry.event.proposal
                for entry in ledger.entries(event="ProposalMade", application=application.name)
                if isinstance(entry.event, ProposalMade) and entry.event.proposal.value is not None
            ]
            if not proposals:
                continue
            known = {
                (each.subject, each.measure, each.element): each.value
                for entry in ledger.entries(event="OutcomeKnown", application=application.name)
                if isinstance(entry.event, OutcomeKnown)
                for each in (entry.event.outcome,)
            }
            fresh = [
                outcome
                for outcome in application.outcomes(warehouse, proposals, at)
                if known.get((outcome.subject, outcome.measure, outcome.element)) != outcome.value
            ]
            ledger.append_many([(OutcomeKnown(outcome=outcome), program("intake"), at) for outcome in fresh])
            recorded += len(fresh)
    return recorded
