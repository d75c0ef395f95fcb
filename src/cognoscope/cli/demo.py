"""Verbs of the group `demo`: a hospital to try everything on."""

import os
from pathlib import Path

import typer


def register(app: typer.Typer) -> None:
    """Add this group's verbs to the command line."""
    app.command("demo")(_demo)


def _demo(
    data: Path | None = typer.Option(
        None, help="Real series instead: a reference folder, or CSV files with columns site,timestamp,arrivals."
    ),
    home: Path = typer.Option(Path("var/demo"), help="Folder of the demonstration."),
    port: int = typer.Option(8000, min=0, max=65535, help="Port to listen on; 0 takes a free one."),
    serve: bool = typer.Option(True, "--serve/--no-serve", help="Start the web server once it is built."),
) -> None:
    """Build the demonstration hospital (once a day), start the web server, print the address and the logins."""
    # Several processes forecast at once below: threads within each would only wait for one another.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from datetime import UTC, datetime

    from cognoscope.cli import demo_home
    from cognoscope.core.home import Home

    started = datetime.now(UTC)
    place = Home(home.absolute())
    there = demo_home.built(place)
    wanted = demo_home.wanted(data, started)
    if not demo_home.is_current(there, wanted):
        there = demo_home.make(place, wanted, data, typer.echo)
        typer.echo(f"Built in {(datetime.now(UTC) - started).seconds} s: {there.proposals} propositions.")
    else:
        typer.echo(f"The demonstration in {place.path} is up to date.")
    for line in demo_home.logins(there):
        typer.echo(line)
    if serve:
        from cognoscope.cli.demo_server import serve_demonstration

        serve_demonstration(place, there, port, started)
