"""What follows an ingest of tables: the ledger's entry, the outcomes joined, and one line for the person."""

from datetime import datetime
from typing import Literal

import typer

from cognoscope.apps.installed import installed
from cognoscope.cli.outcomes import join_outcomes
from cognoscope.core.actor import program
from cognoscope.core.events import IngestFinished
from cognoscope.core.home import Home
from cognoscope.core.ledger import Ledger
from cognoscope.intake.recording import record_once
from cognoscope.intake.tables_commit import Ingested


def finish(home: Home, form: Literal["omop", "table", "reports"], done: Ingested, at: datetime) -> None:
    """Record the ingest once, join outcomes, and say what came of it."""
    with Ledger.open(home.ledger_url) as ledger:
        event = IngestFinished(
            source=done.source, format=form, read=done.read, written=done.written, quarantined=done.quarantined
        )
        record_once(ledger, event, program("intake"), at)
    outcomes = join_outcomes(home, installed(home), at)
    before = "" if done.new else " (all of it was there before)"
    typer.echo(f"{done.read} rows read, {done.written} written, {done.quarantined} in quarantine{before}.")
    if done.quarantined:
        typer.echo("The table `quarantine` of the warehouse says the file, the line and the reason of each.")
    for remark in done.remarks:
        typer.echo(remark)
    if outcomes:
        typer.echo(f"{outcomes} outcomes joined to proposals.")
