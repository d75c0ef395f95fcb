"""Verbs of the group `exports`."""

import typer


def register(app: typer.Typer) -> None:
    """Add this group's verbs to the command line."""
