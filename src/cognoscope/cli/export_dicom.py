"""`cognoscope export dicom PROPOSAL --to FOLDER`."""

from pathlib import Path

import typer


def register(export: typer.Typer) -> None:
    """Add the verb."""
    export.command("dicom")(_dicom)


def _dicom(
    digest: str = typer.Argument(..., metavar="PROPOSAL", help="A proposal about images, by its digest."),
    to: Path = typer.Option(..., help="Folder for the objects; it is made where there is none."),
    purpose: str = typer.Option("", help="Why, for the ledger."),
) -> None:
    """A proposal about images as SEG, SR and PDF: preliminary, or final once a person has reviewed it.

    The objects carry the patient's identity as the PACS knows it: they are for the PACS, and for nobody else.
    """
    from datetime import UTC, datetime

    from cognoscope.apps.installed import installed
    from cognoscope.cli.dicom_results import Results
    from cognoscope.core.actor import program
    from cognoscope.core.errors import InvalidInput
    from cognoscope.core.events import ExtractExported
    from cognoscope.core.home import default_home
    from cognoscope.core.ledger import Ledger
    from cognoscope.core.queries import reviews
    from cognoscope.intake.dicom.store import ImageStore

    home = default_home()
    applications = installed(home)
    with Ledger.open(home.ledger_url) as ledger:
        results = Results(home, ledger, ImageStore(home), applications)
        given = reviews(ledger, digest)
        objects = results(digest, given[-1].review.digest if given else "preliminary")
        if not objects:
            raise InvalidInput("There is nothing to write: the application abstained on this proposal.")
        paths = [to / f"{each.Modality}-{each.SOPInstanceUID}.dcm" for each in objects]
        # Told before the files are there: the ledger may know of an export that a crash undid, but never lacks one.
        event = ExtractExported(what=f"dicom {digest[:12]}", rows=len(objects), purpose=purpose)
        ledger.append(event, program("cli"), datetime.now(UTC))
        try:
            to.mkdir(parents=True, exist_ok=True, mode=0o700)
            for path, each in zip(paths, objects, strict=True):
                each.save_as(path, enforce_file_format=True)
        except OSError as error:
            raise InvalidInput(f"The folder {to} cannot be written: {error.strerror}.") from error
    typer.echo(f"{len(objects)} objects written to {to}.")
