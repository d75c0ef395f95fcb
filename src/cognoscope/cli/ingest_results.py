"""`cognoscope ingest results PATH`."""

from pathlib import Path

import typer


def register(ingest: typer.Typer) -> None:
    """Add the verb."""
    ingest.command("results")(_results)


def _results(
    path: Path = typer.Argument(..., help="A DICOM SR or SEG object, a FHIR JSON file, or a folder of them."),
    at: str | None = typer.Option(None, help="The moment of the ingest, 2026-11-21T08:00+01:00; default: now."),
) -> None:
    """Results of other makers' algorithms: each becomes an application, a draft until a person promotes it."""
    from datetime import UTC, datetime

    from cognoscope.cli.apps import instant
    from cognoscope.core import pixels
    from cognoscope.core.actor import program
    from cognoscope.core.errors import InvalidInput
    from cognoscope.core.events import IngestFinished
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger
    from cognoscope.core.lifecycle import states
    from cognoscope.core.running import run
    from cognoscope.intake.recording import record_once
    from cognoscope.intake.results.application import foreign_application
    from cognoscope.intake.results.ingest import ingest_results

    home = default_home()
    moment = instant(at) if at else datetime.now(UTC)
    pixels.look_in(home.pixels)
    with Ledger.open(home.ledger_url) as ledger:
        report = ingest_results(path, home, moment)
        new = sum(report.new.values())
        event = IngestFinished(
            source=report.source, format="results", read=report.read, written=new, quarantined=len(report.refused)
        )
        record_once(ledger, event, program("intake"), moment)
        typer.echo(
            f"{report.read} results read: {new} new, {report.known} there before, {len(report.refused)} refused."
        )
        if report.passed_over:
            typer.echo(f"{report.passed_over} files of the folder are no results and were passed over.")
        for name, sentence in report.refused[:20]:
            typer.echo(f"  {name}: {sentence}")
        for name, count in sorted(report.new.items()):
            application = foreign_application(home.models / name)
            state = states(ledger, [application])[name]
            if state in ("draft", "suspended"):
                first = " (seen for the first time)" if name in report.first_seen else ""
                typer.echo(
                    f"{name}{first}: {count} results wait; it is in the state {state} until a named person moves it."
                )
                continue
            cases = application.cases_from_warehouse(None, moment)
            made = [each for case in cases for each in run(application, case, ledger, program("intake"), moment)]
            typer.echo(f"{name}: {len(made)} proposals of the last thirty days are in the ledger.")
    if report.read and len(report.refused) == report.read:
        raise InvalidInput("No result could be taken in; the sentences above say why.")
