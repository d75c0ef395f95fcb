"""The command line; one file a group of verbs."""

from cognoscope.cli.main import main

__all__ = ["main"]
