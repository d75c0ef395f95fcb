"""Verbs of the group `status`."""

import typer


def register(app: typer.Typer) -> None:
    """Add this group's verbs to the command line."""
