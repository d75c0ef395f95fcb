"""`cognoscope optout add|remove`: a person refuses, or allows again, the reuse of their data."""

import sys
from datetime import UTC, datetime

import typer

optout = typer.Typer(help="Persons who refuse the reuse of their data.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the verbs of the register."""
    app.add_typer(optout, name="optout")


@optout.command()
def add(identifier: str = typer.Argument(help="The person's identifier in the source, or '-' to read it.")) -> None:
    """Enter a person: from now on nothing of theirs enters a case."""
    _change(identifier, refuses=True)


@optout.command()
def remove(identifier: str = typer.Argument(help="The person's identifier in the source, or '-' to read it.")) -> None:
    """Strike a person from the register: their data may be used again."""
    _change(identifier, refuses=False)


def _change(identifier: str, *, refuses: bool) -> None:
    from cognoscope.core.actor import program
    from cognoscope.core.errors import InvalidInput
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger
    from cognoscope.intake import optout as register_of
    from cognoscope.intake.warehouse import open_warehouse

    home = default_home()
    # Read from the terminal, the identifier does not stay in the shell's history.
    identifier = sys.stdin.readline().strip() if identifier == "-" else identifier.strip()
    if not identifier:
        raise InvalidInput("No identifier was given: type the one that the source knows the person by.")
    person = open_warehouse(home).pseudonymiser().person(identifier)
    with Ledger.open(home.ledger_url) as ledger:
        changed = register_of.change(
            home, person, refuses=refuses, ledger=ledger, actor=program("cli"), at=datetime.now(UTC)
        )
    state = "is in" if refuses else "is not in"
    print(f"The person {person} {state} the opt-out register{'' if changed else ' already'}.")
