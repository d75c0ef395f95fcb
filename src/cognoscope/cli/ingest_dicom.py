"""`cognoscope ingest dicom PATH`."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from cognoscope.intake.dicom.ingest import Report


def register(ingest: typer.Typer) -> None:
    """Add the verb."""
    ingest.command("dicom")(_dicom)


def _dicom(
    path: Path = typer.Argument(..., help="A DICOM file, or a folder of them."),
    at: str | None = typer.Option(None, help="The moment of the ingest, 2026-11-21T08:00+01:00; default: now."),
) -> None:
    """Images: identities are taken out on the way in; a damaged object is set aside with its reason."""
    from datetime import UTC, datetime

    from cognoscope.cli.apps import instant
    from cognoscope.cli.progress import Progress
    from cognoscope.core.actor import program
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger
    from cognoscope.intake.dicom.ingest import ingest_dicom
    from cognoscope.intake.warehouse import open_warehouse

    home, progress = default_home(), Progress(_line)
    moment = instant(at) if at else datetime.now(UTC)
    warehouse = open_warehouse(home, notice=lambda sentence: typer.echo(sentence, err=True))
    with Ledger.open(home.ledger_url) as ledger:
        report = ingest_dicom(
            path,
            warehouse=warehouse,
            ledger=ledger,
            actor=program("intake"),
            at=moment,
            progress=lambda read: progress(read, 0),
        )
    _say(report)


def _line(read: int, total: int, rate: float) -> str:
    return f"{read:,} objects read, {rate:.0f} a second"


def _say(report: "Report") -> None:
    fates = report.counts.fates
    typer.echo(
        f"{report.read} objects read: {fates['kept']} kept, {fates['known']} kept before, {fates['quarantined']} in "
        f"quarantine, {fates['passed over']} passed over; {report.series} series in the index."
    )
    for reason, count in report.counts.reasons.most_common(12):
        typer.echo(f"  {count}: {reason}")
    if report.counts.masked:
        typer.echo(f"Text burnt into the pixels was found and masked in {report.counts.masked} objects.")
