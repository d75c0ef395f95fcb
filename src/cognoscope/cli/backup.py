"""Verbs of the group `backup`: `backup` and `restore`."""

from datetime import UTC, datetime
from pathlib import Path

import typer

from cognoscope.core.actor import program

ACTOR = program("command-line")


def register(app: typer.Typer) -> None:
    """Add this group's verbs to the command line."""
    app.command("backup")(_backup)
    app.command("restore")(_restore)


def _backup(folder: Path = typer.Argument(..., metavar="DIR", help="New or empty folder for the backup.")) -> None:
    """Copy the whole installation into DIR while it runs: ledger, warehouse, vault, keys, settings."""
    from cognoscope.core.home import default_home
    from cognoscope.intake.backup import back_up

    manifest = back_up(default_home(), folder, ACTOR, datetime.now(UTC))
    typer.echo(f"{len(manifest.files)} files in {folder}, ledger of {manifest.entries} entries, head {manifest.head}")
    typer.echo("The backup holds the keys: keep it where only those may read it who may open the identity vault.")


def _restore(
    folder: Path = typer.Argument(..., metavar="DIR", help="Folder that 'cognoscope backup' wrote."),
    home: Path | None = typer.Option(None, help="Folder of the installation; default: $COGNOSCOPE_HOME."),
) -> None:
    """Make the installation anew from DIR, after verifying every file and the whole ledger."""
    from cognoscope.core.home import Home, default_home
    from cognoscope.intake.restore import restore

    place = Home(home.absolute()) if home else default_home()
    manifest = restore(folder, place, ACTOR, datetime.now(UTC))
    typer.echo(f"{len(manifest.files)} files restored to {place.path}, ledger of {manifest.entries} entries verified.")
