"""Verbs that take data in, and those about whose data it is: `ingest`, `optout`, `vault`."""

import typer

from cognoscope.cli import (
    ingest_dicom,
    ingest_documents,
    ingest_fhir,
    ingest_omop,
    ingest_reports,
    ingest_results,
    ingest_table,
    optout,
    vault,
)

ingest = typer.Typer(help="Take data into the warehouse; identities stay outside it.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this group's verbs to the command line; each format and register is a module of its own."""
    ingest_fhir.register(ingest)
    ingest_omop.register(ingest)
    ingest_documents.register(ingest)
    ingest_table.register(ingest)
    ingest_reports.register(ingest)
    ingest_dicom.register(ingest)
    ingest_results.register(ingest)
    app.add_typer(ingest, name="ingest")
    optout.register(app)
    vault.register(app)
