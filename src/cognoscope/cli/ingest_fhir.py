"""`cognoscope ingest fhir PATH`."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from cognoscope.intake.fhir import Report

MEGABYTE = 1_000_000


def register(ingest: typer.Typer) -> None:
    """Add the verb."""
    ingest.command("fhir")(_fhir)


def _fhir(
    path: Path = typer.Argument(..., help="A file or folder of FHIR R4: bundles, resources or NDJSON, also gzipped."),
    at: str | None = typer.Option(None, help="The moment of the ingest, 2026-11-21T08:00+01:00; default: now."),
) -> None:
    """FHIR R4 resources: persons become pseudonyms, identities go to the vault, texts are pseudonymised."""
    from datetime import UTC, datetime

    from cognoscope.cli.apps import instant
    from cognoscope.cli.progress import Progress
    from cognoscope.core.actor import program
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger
    from cognoscope.intake.fhir import complain, ingest_fhir
    from cognoscope.intake.warehouse import open_warehouse

    home = default_home()
    moment = instant(at) if at else datetime.now(UTC)
    warehouse = open_warehouse(home, notice=lambda sentence: typer.echo(sentence, err=True))
    with Ledger.open(home.ledger_url) as ledger:
        report = ingest_fhir(
            path, warehouse=warehouse, ledger=ledger, actor=program("intake"), at=moment, progress=Progress(_line)
        )
    _say(report)
    complain(report)


def _line(done: int, total: int, rate: float) -> str:
    return f"{done / MEGABYTE:,.1f} of {total / MEGABYTE:,.1f} MB, {rate / MEGABYTE:.0f} MB/s"


def _say(report: "Report") -> None:
    whole = report.total
    before = "" if report.new else " (all of it was there before)"
    typer.echo(
        f"{whole.read} records read from {len(report.tallies)} files: {whole.written} written, "
        f"{whole.quarantined} in quarantine, {whole.ignored} not of interest{before}."
    )
    for what, count in report.ignored.most_common(8):
        typer.echo(f"  not of interest: {count} {what}")
    for reason, count in report.reasons.most_common(8):
        typer.echo(f"  in quarantine: {count} ({reason})")
    if whole.quarantined:
        typer.echo("The table `quarantine` of the warehouse says the file, the line and the reason of each.")
    if report.texts:
        typer.echo(f"{report.texts} documents have their text, pseudonymised.")
    if report.held_back:
        typer.echo(f"{report.held_back} texts are held back: they could not be pseudonymised with confidence.")
    if without := report.documents - (report.texts or 0):
        typer.echo(f"{without} documents are listed without their text, which stays outside the warehouse.")
    if report.passed_over:
        typer.echo(f"{report.passed_over} files of the folder were passed over: they do not end in .json or .ndjson.")
