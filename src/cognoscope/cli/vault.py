"""`cognoscope vault open`: the identity behind a pseudonym, for the one role that may ask, and on record."""

import getpass
import sys

import typer


def register(app: typer.Typer) -> None:
    """Add the verbs of the vault."""
    group = typer.Typer(help="The encrypted identity vault.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("open")(_open)
    app.add_typer(group, name="vault")


def _open(
    pseudonym: str = typer.Argument(..., help="32 hexadecimal digits, as on the screens and in the warehouse."),
    account: str = typer.Option(..., help="Your account; it must hold the role data_protection_officer."),
    purpose: str = typer.Option(..., help="Why; it is kept in the ledger."),
) -> None:
    """Show who is behind a pseudonym; asks for the account's password, and records the opening first."""
    from datetime import UTC, datetime

    import msgspec

    from cognoscope.core.actor import person
    from cognoscope.core.errors import InvalidInput, NotAllowed
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger
    from cognoscope.intake.vault import OPENED_BY, Vault
    from cognoscope.web.accounts import Accounts

    home = default_home()
    with Ledger.open(home.ledger_url) as ledger:
        known = Accounts(ledger).verify(account.casefold(), password())
        if known is None or OPENED_BY not in known.roles:
            raise NotAllowed(f"The vault opens to an account of the role {OPENED_BY.value} with its password only.")
        actor = person(known.name, OPENED_BY)
        identity = Vault(home).open(pseudonym, actor=actor, purpose=purpose, ledger=ledger, at=datetime.now(UTC))
    if identity is None:
        raise InvalidInput(f"The vault holds nobody under {pseudonym}.")
    typer.echo(msgspec.json.format(msgspec.json.encode(identity), indent=2).decode())


def password() -> str:
    """Typed without an echo; where nobody sits at the terminal, the first line of the input."""
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\n")
