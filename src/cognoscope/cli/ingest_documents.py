"""`cognoscope ingest documents PATH [--map FILE]`."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from cognoscope.intake.documents.ingest import Report


def register(ingest: typer.Typer) -> None:
    """Add the verb."""
    ingest.command("documents")(_documents)


def _documents(
    path: Path = typer.Argument(
        ..., help="A folder of text, HTML, RTF, DOCX and PDF files with a list (index.csv), or a table of texts."
    ),
    mapping: Path | None = typer.Option(
        None,
        "--map",
        help="Which columns say what (.toml); not needed where they have usual names.",
    ),
    at: str | None = typer.Option(None, help="The moment of the ingest, 2026-11-21T08:00+01:00; default: now."),
) -> None:
    """Reports: their text is pseudonymised on the way in; one where a doubt remains is held back."""
    from datetime import UTC, datetime

    from cognoscope.cli.apps import instant
    from cognoscope.cli.progress import Progress
    from cognoscope.core.actor import program
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger
    from cognoscope.intake.documents.ingest import ingest_documents
    from cognoscope.intake.documents.layout import read_documents_mapping
    from cognoscope.intake.warehouse import open_warehouse

    home, progress = default_home(), Progress(_line)
    moment = instant(at) if at else datetime.now(UTC)
    warehouse = open_warehouse(home, notice=lambda sentence: typer.echo(sentence, err=True))
    with Ledger.open(home.ledger_url) as ledger:
        report = ingest_documents(
            path,
            read_documents_mapping(mapping) if mapping else None,
            warehouse=warehouse,
            ledger=ledger,
            actor=program("intake"),
            at=moment,
            progress=lambda read: progress(read, 0),
        )
    _say(report)


def _line(read: int, total: int, rate: float) -> str:
    return f"{read:,} documents read, {rate:.0f} a second"


def _say(report: "Report") -> None:
    whole = report.tally
    before = "" if report.new else " (all of it was there before)"
    typer.echo(
        f"{whole.read} documents listed: {whole.written} written, {whole.quarantined} in quarantine, "
        f"{whole.ignored} unchanged{before}."
    )
    for reason, count in report.reasons.most_common(12):
        typer.echo(f"  in quarantine: {count} ({reason})")
    if report.held_back:
        typer.echo(f"{report.held_back} of them are held back: they could not be pseudonymised with confidence.")
    if whole.quarantined:
        typer.echo("The table `quarantine` of the warehouse says the line of the list and the reason of each.")
    if report.passed_over:
        typer.echo(f"{report.passed_over} files of the folder were passed over: the list does not name them.")
    if whole.written:
        typer.echo("Next: cognoscope read, cognoscope index, cognoscope run.")
