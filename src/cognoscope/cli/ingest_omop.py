"""`cognoscope ingest omop PATH`."""

from pathlib import Path

import typer


def register(ingest: typer.Typer) -> None:
    """Add the verb."""
    ingest.command("omop")(_omop)


def _omop(
    path: Path = typer.Argument(..., help="A folder or zip archive of CDM 5.4 tables as CSV or Parquet."),
    text_is_pseudonymised: bool = typer.Option(
        False, "--text-is-pseudonymised", help="Take free text too (notes, values in words): it holds no identity."
    ),
    at: str | None = typer.Option(None, help="The moment of the ingest, 2026-11-21T08:00+01:00; default: now."),
) -> None:
    """An export of another OMOP database: persons and keys are replaced, names and free text left out."""
    from datetime import UTC, datetime

    from cognoscope.cli.apps import instant
    from cognoscope.cli.ingest_end import finish
    from cognoscope.core.home import default_home
    from cognoscope.intake.omop import ingest_omop
    from cognoscope.intake.warehouse import open_warehouse

    home = default_home()
    moment = instant(at) if at else datetime.now(UTC)
    warehouse = open_warehouse(home, notice=lambda sentence: typer.echo(sentence, err=True))
    done = ingest_omop(path, warehouse, moment, text_is_pseudonymised=text_is_pseudonymised)
    finish(home, "omop", done, moment)
