"""`cognoscope ingest reports PATH [--layout faers|vigibase|pairs]`."""

from pathlib import Path

import typer


def register(ingest: typer.Typer) -> None:
    """Add the verb."""
    ingest.command("reports")(_reports)


def _reports(
    path: Path = typer.Argument(
        ..., help="A folder of FAERS quarterly files or of a VigiBase extract, or a table CASEID, DRUG, AE."
    ),
    layout: str | None = typer.Option(None, help="faers, vigibase or pairs; found out where it is not given."),
    at: str | None = typer.Option(None, help="The moment of the ingest, 2026-11-21T08:00+01:00; default: now."),
) -> None:
    """Spontaneous reports of adverse reactions; age band, sex, month and country are all that is kept of a person."""
    from datetime import UTC, datetime

    from cognoscope.cli.apps import instant
    from cognoscope.cli.ingest_end import finish
    from cognoscope.core.home import default_home
    from cognoscope.intake.reports.ingest import ingest_reports
    from cognoscope.intake.warehouse import open_warehouse

    home = default_home()
    moment = instant(at) if at else datetime.now(UTC)
    warehouse = open_warehouse(home, notice=lambda sentence: typer.echo(sentence, err=True))
    finish(home, "reports", ingest_reports(path, warehouse, moment, layout), moment)
