"""Verbs of the group `exports`: what other systems take over."""

from pathlib import Path

import typer

from cognoscope.cli import export_dicom

export = typer.Typer(help="Write what other systems take over; each export is in the ledger.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this group's verbs to the command line."""
    export_dicom.register(export)
    app.add_typer(export, name="export")


@export.callback()
def _export() -> None:
    """Write what other systems take over; each export is in the ledger."""


@export.command("e2b")
def _e2b(
    digest: str = typer.Argument(..., metavar="PROPOSAL", help="A declaration's proposal, by its digest."),
    out: Path = typer.Option(..., help="File to write (XML); it must not exist yet."),
    purpose: str = typer.Option("", help="Why, for the ledger."),
) -> None:
    """One declared reaction as an ICH E2B(R3) case, as people decided on it; no name leaves."""
    from datetime import UTC, datetime

    from cognoscope.core.actor import program
    from cognoscope.core.errors import InvalidInput
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger
    from cognoscope.exports.e2b_extract import extract_case

    if out.exists():
        raise InvalidInput(f"{out} is there already: choose another name, or move it away.")
    home = default_home()
    with Ledger.open(home.ledger_url) as ledger:
        content = extract_case(ledger, digest, home.settings(), program("cli"), datetime.now(UTC), purpose)
    try:
        out.write_bytes(content)
    except OSError as error:
        raise InvalidInput(f"{out} cannot be written: {error.strerror}.") from error
    typer.echo(f"One case written to {out}.")


@export.command("fhir")
def _fhir(
    out: Path = typer.Option(..., help="File to write (NDJSON); it must not exist yet."),
    purpose: str = typer.Option("", help="Why, for the ledger."),
) -> None:
    """Proposals, reviews and outcomes as FHIR R4, one resource a line; people appear under pseudonyms."""
    from datetime import UTC, datetime

    from cognoscope.apps.installed import installed
    from cognoscope.core.actor import program
    from cognoscope.core.errors import InvalidInput
    from cognoscope.core.events import ExtractExported
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger
    from cognoscope.exports.fhir_extract import write_extract
    from cognoscope.exports.practitioners import practitioners

    home = default_home()
    pseudonym = practitioners(home)
    part = out.with_name(out.name + ".part")
    if out.exists():
        raise InvalidInput(f"{out} is there already: choose another name, or move it away.")
    with Ledger.open(home.ledger_url) as ledger:
        try:
            with part.open("w", encoding="utf-8") as stream:
                rows = write_extract(ledger, installed(home), pseudonym, stream)
        except OSError as error:
            raise InvalidInput(f"{out} cannot be written: {error.strerror}.") from error
        # Told before the file gets its name: the ledger may know of an export that a crash undid, but never lacks one.
        ledger.append(ExtractExported(what="fhir", rows=rows, purpose=purpose), program("cli"), datetime.now(UTC))
    part.rename(out)
    typer.echo(f"{rows} resources written to {out}.")
