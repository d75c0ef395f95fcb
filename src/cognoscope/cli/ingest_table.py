"""`cognoscope ingest table PATH --map FILE`."""

from pathlib import Path

import typer


def register(ingest: typer.Typer) -> None:
    """Add the verb."""
    ingest.command("table")(_table)


def _table(
    path: Path = typer.Argument(..., help="CSV (gzip too), XLSX or Parquet."),
    mapping: str | None = typer.Option(
        None,
        "--map",
        help="A mapping (.toml), or the name of one that ships (sentinelles); "
        "not needed where the columns are site, timestamp, arrivals and perhaps admissions.",
    ),
    at: str | None = typer.Option(None, help="The moment of the ingest, 2026-11-21T08:00+01:00; default: now."),
) -> None:
    """A table of the hospital's own, as its mapping says; what really happened is then joined to what was proposed."""
    from datetime import UTC, datetime

    from cognoscope.cli.apps import instant
    from cognoscope.cli.ingest_end import finish
    from cognoscope.core.home import default_home
    from cognoscope.intake.mapping import read_mapping
    from cognoscope.intake.tables import ingest_table
    from cognoscope.intake.warehouse import open_warehouse

    home = default_home()
    moment = instant(at) if at else datetime.now(UTC)
    warehouse = open_warehouse(home, notice=lambda sentence: typer.echo(sentence, err=True))
    done = ingest_table(path, read_mapping(mapping) if mapping else None, warehouse, moment)
    finish(home, "table", done, moment)
