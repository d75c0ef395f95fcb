"""The entry point: every verb, and one sentence instead of a stack trace for what a person can mend."""

import sys

import typer

from cognoscope.cli import (
    accounts,
    apps,
    backup,
    clients,
    cohort,
    datasets,
    demo,
    dicom,
    exports,
    ingest,
    ledger,
    models,
    read,
    run,
    search,
    serve,
    status,
    terminology,
)
from cognoscope.core.errors import CognoscopeError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for group in (
    demo,
    serve,
    status,
    ingest,
    terminology,
    read,
    search,
    cohort,
    run,
    apps,
    datasets,
    ledger,
    backup,
    accounts,
    clients,
    exports,
    dicom,
    models,
):
    group.register(app)


def main() -> None:
    """Run the command line; a CognoscopeError is printed as one sentence and the exit status is 1."""
    try:
        app()
    except CognoscopeError as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None
