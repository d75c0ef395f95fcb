"""Verbs about what is on record: `ledger verify|replay|export` and `access list|purge`."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import typer

from cognoscope.core.actor import program

ACTOR = program("command-line")


def register(app: typer.Typer) -> None:
    """Add this group's verbs to the command line."""
    ledger = typer.Typer(no_args_is_help=True, help="The ledger: verify it, replay a proposal, export it.")
    ledger.command("verify")(_verify)
    ledger.command("replay")(_replay)
    ledger.command("export")(_export)
    app.add_typer(ledger, name="ledger")
    access = typer.Typer(no_args_is_help=True, help="The access log: who looked at what, purged after its time.")
    access.command("list")(_list_access)
    access.command("purge")(_purge_access)
    app.add_typer(access, name="access")


def _verify(
    head: str | None = typer.Option(None, help="A head noted earlier: without it a cut-off end cannot be noticed."),
) -> None:
    """Recompute every hash of the chain; exits 1 at the first row that does not hold."""
    from cognoscope.core.errors import LedgerDamaged
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger

    with Ledger.open(default_home().ledger_url) as ledger:
        verification = ledger.verify(head)
    if verification.problem is not None:
        raise LedgerDamaged(verification.problem)
    typer.echo(f"{verification.events} entries verified, head {verification.head.hash}")
    if head is None:
        typer.echo("Note this head elsewhere: 'cognoscope ledger verify --head HASH' then also finds a cut-off end.")


def _replay(digest: str = typer.Argument(..., metavar="ID", help="Digest of the proposal.")) -> None:
    """Compute a proposal again from its kept case and compare it byte for byte; exits 1 unless identical."""
    from cognoscope.apps.installed import installed
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger
    from cognoscope.core.replay import replay

    home = default_home()
    with Ledger.open(home.ledger_url) as ledger:
        result = replay(ledger, installed(home), digest)
    typer.echo(result.sentence, err=not result.identical)
    if not result.identical:
        raise typer.Exit(1)


def _export(
    file: Path | None = typer.Argument(None, help="File to write, which must not exist; default: standard output."),
) -> None:
    """Write every entry as one line of JSON, with all that its hash covers; the export itself is recorded."""
    from cognoscope.core.errors import InvalidInput
    from cognoscope.core.events import ExtractExported
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger

    with Ledger.open(default_home().ledger_url) as ledger:
        if file is None:
            rows = ledger.export(sys.stdout)
        else:
            try:
                handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "w", encoding="utf-8") as stream:
                    rows = ledger.export(stream)
            except OSError as error:
                raise InvalidInput(f"The export cannot be written to {file}: {error.strerror}.") from error
            typer.echo(f"{rows} entries written to {file}")
        ledger.append(ExtractExported(what="ledger", rows=rows), ACTOR, datetime.now(UTC))


def _list_access(
    actor: str | None = typer.Option(None, help="Only what this account looked at."),
    subject: str | None = typer.Option(None, help="Only looks at this subject: unit:north, person:PSEUDONYM."),
    limit: int = typer.Option(100, min=1, help="How many, newest first."),
) -> None:
    """Who looked at what, newest first."""
    from cognoscope.core.access import AccessLog
    from cognoscope.core.home import default_home

    with AccessLog.open(default_home().access_url) as log:
        for look in log.entries(actor=actor, subject=subject, limit=limit, newest_first=True):
            role = f" ({look.actor.role})" if look.actor.role else ""
            typer.echo(f"{look.at.isoformat(timespec='seconds')}  {look.actor.id}{role}  {look.what}  {look.subject}")


def _purge_access() -> None:
    """Delete the lines older than the setting `access_log_months`; recorded in the ledger."""
    from cognoscope.core.access import AccessLog, months_before
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger

    home, now = default_home(), datetime.now(UTC)
    before = months_before(now, home.settings().access_log_months)
    with AccessLog.open(home.access_url) as log, Ledger.open(home.ledger_url) as ledger:
        rows = log.purge(before, ledger, ACTOR, now)
    typer.echo(f"{rows} lines from before {before.date().isoformat()} deleted.")
