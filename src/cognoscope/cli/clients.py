"""Verbs of the group `client`: programs that may call our services, such as prescription software over CDS Hooks."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cognoscope.core.actor import Role, program

if TYPE_CHECKING:
    from cognoscope.web.machine_clients import MachineClients

ACTOR = program("command-line")
Origins = typer.Option([], "--origin", help="Where its pages come from, if a browser calls; repeat for several.")


def register(app: typer.Typer) -> None:
    """Add this group's verbs to the command line."""
    group = typer.Typer(no_args_is_help=True, help="Programs that may call over CDS Hooks: add, list, remove.")
    for name, verb in (("add", _add), ("list", _list), ("remove", _remove)):
        group.command(name)(verb)
    app.add_typer(group, name="client")


@contextmanager
def _clients() -> Iterator["MachineClients"]:
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger
    from cognoscope.web.machine_clients import MachineClients

    with Ledger.open(default_home().ledger_url) as ledger:
        yield MachineClients(ledger)


def _add(
    name: str,
    issuer: str = typer.Option(..., help="What it writes as `iss` into its tokens: a URI."),
    jwks: Path = typer.Option(..., help="File with its public keys (JSON Web Key Set)."),
    origin: list[str] = Origins,
    role: Role = typer.Option(Role.CLINICIAN, help="In which role its users decide: clinician or pharmacist."),
) -> None:
    """Register a program with its public keys; nothing is fetched from the network."""
    with _clients() as clients:
        added = clients.add(name, issuer, jwks, ACTOR, datetime.now(UTC), origins=origin, role=role)
    print(f"{added.name} may call, signing as {added.issuer} with {len(added.keys.keys)} key(s), for a {added.role}.")


def _list() -> None:
    """Every registered program with its issuer, role and keys."""
    with _clients() as clients:
        for client in clients.all():
            kids = ", ".join(str(key.kid) for key in client.keys.keys)
            print(
                f"{client.name:24} {client.role:12} {client.issuer}  keys: {kids}  {' '.join(client.origins)}".rstrip()
            )


def _remove(name: str) -> None:
    """Take a program off the list; its next call is refused."""
    with _clients() as clients:
        clients.remove(name, ACTOR, datetime.now(UTC))
    print(f"{name} may no longer call.")
