"""Verbs of the group `account`: who may enter, and in which roles."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from cognoscope.core.actor import Role, program

if TYPE_CHECKING:
    from cognoscope.web.accounts import Accounts

ACTOR = program("command-line")
Roles = typer.Option(..., "--role", help="A role; repeat for several.")


def register(app: typer.Typer) -> None:
    """Add this group's verbs to the command line."""
    group = typer.Typer(no_args_is_help=True, help="Accounts: add, list, roles, password, disable, enable.")
    for name, verb in (
        ("add", _add),
        ("list", _list),
        ("roles", _roles),
        ("password", _password),
        ("disable", _disable),
        ("enable", _enable),
    ):
        group.command(name)(verb)
    app.add_typer(group, name="account")


@contextmanager
def _accounts() -> Iterator["Accounts"]:
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger
    from cognoscope.web.accounts import Accounts

    with Ledger.open(default_home().ledger_url) as ledger:
        yield Accounts(ledger)


def _now() -> datetime:
    return datetime.now(UTC)


def _add(
    name: str,
    role: list[Role] = Roles,
    display_name: str | None = typer.Option(None, help="Name shown on the pages; default: the account's name."),
) -> None:
    """Make an account and print its first password, once."""
    from cognoscope.web import passwords

    password = passwords.generate()
    with _accounts() as accounts:
        accounts.create(name.casefold(), display_name or name, role, ACTOR, _now(), password=password)
    _say_password(name.casefold(), password)


def _list() -> None:
    """Every account with its roles and state."""
    with _accounts() as accounts:
        for account in accounts.all():
            state = "disabled" if account.disabled else "password to change" if account.must_change else "open"
            print(f"{account.name:24} {state:20} {', '.join(account.roles)}")


def _roles(name: str, role: list[Role] = Roles) -> None:
    """Replace the roles of an account."""
    with _accounts() as accounts:
        accounts.set_roles(name.casefold(), role, ACTOR, _now())
    print(f"{name.casefold()} now acts as: {', '.join(sorted(set(role)))}")


def _password(name: str) -> None:
    """Give an account a new password, print it once, and end the account's sessions."""
    from cognoscope.web import passwords

    password = passwords.generate()
    with _accounts() as accounts:
        accounts.set_password(name.casefold(), password, ACTOR, _now(), must_change=True)
    _say_password(name.casefold(), password)


def _disable(name: str) -> None:
    """Close an account at once and end its sessions; what it did stays in the ledger."""
    with _accounts() as accounts:
        accounts.disable(name.casefold(), ACTOR, _now())
    print(f"{name.casefold()} is disabled.")


def _enable(name: str) -> None:
    """Open a disabled account again."""
    with _accounts() as accounts:
        accounts.enable(name.casefold(), ACTOR, _now())
    print(f"{name.casefold()} is open again.")


def _say_password(name: str, password: str) -> None:
    print(f"Account {name}, password (shown this once, to be changed at first sign-in): {password}")
