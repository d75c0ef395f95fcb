"""Verbs of the group `serve`: the web server."""

import os
from pathlib import Path

import typer


def register(app: typer.Typer) -> None:
    """Add this group's verbs to the command line."""
    app.command("serve")(_serve)


def _serve(
    host: str = typer.Option("127.0.0.1", help="Address to listen on."),
    port: int = typer.Option(8000, min=0, max=65535, help="Port to listen on; 0 takes a free one."),
    workers: int = typer.Option(1, min=1, max=64, help="Processes; one a core is enough."),
    proxy: str | None = typer.Option(
        None, help="Address of the reverse proxy whose X-Forwarded-* headers are believed."
    ),
    certificate: Path | None = typer.Option(None, help="TLS certificate (PEM), where no proxy does TLS."),
    private_key: Path | None = typer.Option(None, help="TLS private key (PEM)."),
) -> None:
    """Start the web server."""
    from cognoscope.core.home import default_home
    from cognoscope.web.serve import run

    home = default_home()
    os.environ["COGNOSCOPE_HOME"] = str(home.path)
    run(home, host, port, workers=workers, proxy=proxy, certificate=certificate, private_key=private_key)
