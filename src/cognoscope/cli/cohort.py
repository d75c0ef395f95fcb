"""`cognoscope cohort save|list|count|compare|export`: groups of persons, kept as questions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from cognoscope.core.actor import Actor, Role
    from cognoscope.core.home import Home
    from cognoscope.core.ledger import Ledger
    from cognoscope.intake.cohorts_text import TextFinder

JSON = typer.Option(False, "--json", help="One JSON object.")
ACCOUNT = typer.Option(..., help="Your account; its password is asked for.")


def register(app: typer.Typer) -> None:
    """Add the verbs of cohorts."""
    group = typer.Typer(help="Groups of persons, kept as questions and not as lists.", no_args_is_help=True)
    for name, verb in (("save", _save), ("list", _list), ("count", _count), ("compare", _compare), ("export", _export)):
        group.command(name)(verb)
    app.add_typer(group, name="cohort")


def _save(
    file: Path = typer.Argument(..., help="The definition as JSON; docs/search.md describes it."),
    account: str = ACCOUNT,
) -> None:
    """Save a definition under its name; an earlier one of that name stays in the ledger."""
    from datetime import UTC, datetime

    from pydantic import ValidationError

    from cognoscope.core.errors import InvalidInput
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger
    from cognoscope.intake.cohorts import Cohort
    from cognoscope.intake.cohorts_saved import save
    from cognoscope.web.permissions import Permission, allowed

    try:
        cohort = Cohort.from_json(file.read_bytes())
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        raise InvalidInput(f"{file} is no definition of a cohort (see docs/search.md): {error}") from error
    with Ledger.open(default_home().ledger_url) as ledger:
        actor = _signed_in(ledger, account, lambda role: allowed(role, Permission.SAVE_COHORT))
        done = save(ledger, cohort, actor, datetime.now(UTC))
    typer.echo(f"The cohort {cohort.name} is saved as entry {done.seq} of the ledger, digest {cohort.digest[:12]}.")


def _list(as_json: bool = JSON) -> None:
    """Every saved cohort, newest first."""
    import json

    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger
    from cognoscope.intake.cohorts_saved import saved

    with Ledger.open(default_home().ledger_url) as ledger:
        every = saved(ledger)
    if as_json:
        lines = [{"at": each.at.isoformat(), "by": each.actor.id, **each.cohort.plain()} for each in every]
        typer.echo(json.dumps(lines, ensure_ascii=False))
        return
    for each in every:
        typer.echo(f"{each.cohort.name}  {each.at:%Y-%m-%d %H:%M}  {each.actor.id}  {each.cohort.digest[:12]}")
    if not every:
        typer.echo("No cohort is saved: `cognoscope cohort save FILE` keeps one.")


def _count(
    name: str = typer.Argument(..., help="A saved cohort."),
    as_of: str | None = typer.Option(None, help="The day on which ages are taken, 2026-11-21; default: today."),
    as_json: bool = JSON,
) -> None:
    """How many persons and reports, by sex, age and month; small numbers are masked."""
    from datetime import UTC, datetime

    from cognoscope.cli.days import day
    from cognoscope.intake.cohorts_figures import figures
    from cognoscope.intake.cohorts_saved import named

    with _opened() as (_, ledger, backend, find_text):
        cohort = named(ledger, name).cohort
        shown = figures(cohort, backend, day(as_of) or datetime.now(UTC).date(), find_text=find_text)
    if as_json:
        return _print_json(shown)
    typer.echo(f"{shown.persons.shown} persons, {shown.documents.shown} reports.")
    for heading, counts in (("Sex", shown.sexes), ("Age", shown.ages), ("Month of the first record", shown.months)):
        if counts:
            typer.echo(f"{heading}: " + ", ".join(f"{count.key} {count.shown}" for count in counts) + ".")


def _compare(
    a: str = typer.Argument(..., help="A saved cohort."),
    b: str = typer.Argument(..., help="Another one."),
    most: int = typer.Option(15, help="So many conditions and so many drugs."),
    as_json: bool = JSON,
) -> None:
    """Conditions and drugs of two cohorts side by side, widest apart first."""
    from cognoscope.intake.cohorts_compare import compare
    from cognoscope.intake.cohorts_saved import named

    with _opened() as (_, ledger, backend, find_text):
        one, other = named(ledger, a).cohort, named(ledger, b).cohort
        shown = compare(one, other, backend, most=most, find_text=find_text)
    if as_json:
        return _print_json(shown)
    typer.echo(f"{a}: {shown.persons_a} persons; {b}: {shown.persons_b}; in both: {shown.both}.")
    for row in shown.rows:
        shares = "  ".join(
            each.shown if each.share is None else f"{each.shown} ({each.share:.1%}, {each.low:.1%}-{each.high:.1%})"
            for each in (row.a, row.b)
        )
        apart = "" if row.difference is None else f"  difference {row.difference:+.2f}"
        typer.echo(f"{row.kind} {row.key} ({row.source})  {shares}{apart}")


def _export(
    name: str = typer.Argument(..., help="A saved cohort."),
    folder: Path = typer.Argument(..., help="Where to write; a new or an empty folder."),
    purpose: str = typer.Option(..., help="Why; it is kept in the ledger."),
    account: str = typer.Option(..., help="Your account: a manager's or the data protection officer's."),
    notes: bool = typer.Option(False, "--notes", help="The reports' pseudonymised texts too."),
    csv: bool = typer.Option(False, "--csv", help="CSV instead of Parquet."),
) -> None:
    """Write the rows of a cohort's persons, pseudonymised; the ledger is told first."""
    from datetime import UTC, datetime

    from cognoscope.intake.cohorts_extract import EXTRACTED_BY, export
    from cognoscope.intake.cohorts_saved import named
    from cognoscope.intake.warehouse import open_warehouse

    with _opened() as (home, ledger, _, find_text):
        cohort = named(ledger, name).cohort
        actor = _signed_in(ledger, account, EXTRACTED_BY.__contains__)
        done = export(
            cohort,
            open_warehouse(home),
            folder,
            purpose=purpose,
            actor=actor,
            ledger=ledger,
            at=datetime.now(UTC),
            notes=notes,
            form="csv" if csv else "parquet",
            find_text=find_text,
        )
    typer.echo(f"{sum(done.rows.values())} rows about {done.persons} persons written to {done.folder}.")
    if done.warning:
        typer.echo(done.warning, err=True)


@contextmanager
def _opened() -> "Iterator[tuple[Home, Ledger, Any, TextFinder | None]]":
    """Home, ledger, warehouse, and a finder of words where there is an index."""
    from cognoscope.core.errors import NotInstalled
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger
    from cognoscope.intake.cohorts_text import through
    from cognoscope.intake.search import open_index
    from cognoscope.intake.warehouse import open_warehouse

    home = default_home()
    backend = open_warehouse(home).connect()
    try:
        index = open_index(home)
        find_text = through(index) if index.documents else None
    except NotInstalled:
        find_text = None
    try:
        with Ledger.open(home.ledger_url) as ledger:
            yield home, ledger, backend, find_text
    finally:
        backend.disconnect()


def _signed_in(ledger: "Ledger", account: str, may: "Any") -> "Actor":
    from cognoscope.cli.vault import password
    from cognoscope.core.actor import person
    from cognoscope.core.errors import NotAllowed
    from cognoscope.web.accounts import Accounts

    known = Accounts(ledger).verify(account.casefold(), password())
    roles: list[Role] = [] if known is None else [role for role in known.roles if may(role)]
    if known is None or not roles:
        raise NotAllowed("This needs an account with its password, in a role that may do it: ask the administrator.")
    return person(known.name, roles[0])


def _print_json(shown: Any) -> None:
    import json
    from dataclasses import asdict

    typer.echo(json.dumps(asdict(shown), ensure_ascii=False))
