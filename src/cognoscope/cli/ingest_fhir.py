"""`cognoscope ingest fhir PATH`."""

import typer


def register(ingest: typer.Typer) -> None:
    """Add the verb."""
